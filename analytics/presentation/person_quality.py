"""What checks say of one person's decisions, as the person's page shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analytics import formatting
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.formatting import NBSP, plural
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row, number_or_none
from analytics.metrics.team_spread import spread_of_others
from analytics.presentation.ladder import Ladder, ladder
from analytics.presentation.row_links import link_to_rows
from analytics.scope import Scope

BY_MODERATOR, SUMMARY = "quality-by-moderator", "quality-summary"
ACCURACY = "accuracy"


@dataclass(frozen=True)
class CheckedCount:
    """How many checked decisions are so, and the address of their checks."""

    label: str
    text: str
    rows_url: str


@dataclass(frozen=True)
class CheckedWork:
    """The checked decisions of a person. Without accuracy nothing of a random sample counts.

    ``basis``: what the accuracy rests on; ``counts``: of the mistakes, and of what was checked
    otherwise; ``verdict``: where it lies, with its ``level``; ``note``: why that is not said.
    """

    accuracy: str = ""
    accuracy_url: str = ""
    interval: str = ""
    basis: str = "nothing of a random sample counts yet"
    checked_url: str = ""
    ladder: Ladder | None = None
    counts: Sequence[CheckedCount] = ()
    level: str = "none"
    verdict: str = "Not judged"
    note: str = ""


def checked_work(scope: Scope, today: date) -> CheckedWork | None:
    """What checks say of the scope's moderator; None where no check counts."""
    rows = METRICS[BY_MODERATOR](scope).rows
    if not rows:
        return None
    row = rows[0]
    accuracy = number_or_none(row[ACCURACY])
    if accuracy is None:
        return CheckedWork(counts=list(counts_of(row, scope, ["targeted"])))
    level, verdict, note = judged_words(row)
    return CheckedWork(
        accuracy=formatting.share(accuracy),
        accuracy_url=link_to_rows(SUMMARY, ACCURACY, scope),
        interval=interval_of(row),
        basis=basis_of(row),
        checked_url=link_to_rows(SUMMARY, "checked", scope),
        ladder=accuracy_ladder(accuracy, row, scope, today),
        counts=list(counts_of(row, scope, ["wrongly_accepted", "wrongly_rejected", "targeted"])),
        level=level,
        verdict=verdict,
        note=note,
    )


def interval_of(row: Row) -> str:
    """``95 %: 80.1–97.4``."""
    low, high = number_or_none(row["low"]), number_or_none(row["high"])
    return f"95{NBSP}%: {formatting.share_interval(low, high)}"


def basis_of(row: Row) -> str:
    """``37 of 40 checked decisions right, weighted``."""
    checked, right = count_in(row, "checked"), count_in(row, "correct")
    return f"{formatting.count(right)} of {plural(checked, 'checked decision')} right, weighted"


def counts_of(row: Row, scope: Scope, names: list[str]) -> Iterator[CheckedCount]:
    """Yield how many checked decisions each of some columns counts."""
    labels = {column.name: column.label for column in METRICS[SUMMARY].columns}
    for name in names:
        count = count_in(row, name)
        address = link_to_rows(SUMMARY, name, scope) if count else ""
        yield CheckedCount(labels[name], formatting.count(count), address)


def accuracy_ladder(accuracy: float, row: Row, scope: Scope, today: date) -> Ladder | None:
    """The accuracy beside its limits and the others; None where neither may be told."""
    others = spread_of_others(scope, today).get(ACCURACY)
    low, high = (number_or_none(row[f"{ACCURACY}_{end}"]) for end in ("low", "high"))
    limits = None if low is None or high is None else (low, high)
    if limits is None and others is None:
        return None
    return ladder(
        accuracy,
        formatting.share,
        limits=limits,
        expected=number_or_none(row[f"{ACCURACY}_expected"]),
        others=others,
        level="watch" if row[f"{ACCURACY}_outside"] else "",
    )


def judged_words(row: Row) -> tuple[str, str, str]:
    """The level and the words of the verdict; without one, what limits take."""
    outside = row[f"{ACCURACY}_outside"]
    if outside is not None:
        return ("watch", "Outside", "") if outside else ("plain", "Within limits", "")
    note = (
        f"Limits take {MIN_TRIALS} checked decisions in {MIN_SESSIONS} sessions, and enough others"
        " with as many in the same queues and weeks."
    )
    if count_in(row, "checked") < MIN_TRIALS:
        return "few", "Too few", note
    return "none", "Not judged", note


def count_in(row: Row, name: str) -> int:
    """A count of a row."""
    return int(number_or_none(row[name]) or 0)
