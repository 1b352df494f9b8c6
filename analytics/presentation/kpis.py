"""The strip of figures at the head of a page, each with its change and its course."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from analytics import formatting
from analytics.formatting import NBSP, Change, Number
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result, Row
from analytics.models import Target
from analytics.presentation.sparkline import Sparkline, sparkline

# A figure read from a row; None is unknown.
Read = Callable[[Row], Number | None]

# How a kind of figure is written: the figure, and the size of its change.
KINDS: dict[str, tuple[Callable[[Number | None], str], Callable[[Number | None], str]]] = {
    "count": (formatting.count, formatting.share),
    "share": (formatting.share, formatting.points),
    "seconds": (formatting.duration, formatting.duration),
    "minutes": (formatting.minutes, formatting.number),
    "average": (
        lambda value: formatting.number(value, 2),
        lambda value: formatting.number(value, 2),
    ),
    "number": (formatting.number, formatting.number),
}


@dataclass(frozen=True)
class Kpi:
    """A declared figure of a strip.

    ``metric`` is a slug; ``value`` reads its row, ``footnotes`` words from it. ``trend`` is the
    slug of a metric by day (or month) and ``course`` reads its rows. ``target`` names a row of
    ``Target``, drawn up to ``most``.
    """

    label: str
    metric: str
    value: Read
    kind: str = "count"
    unit: str = ""
    better: Literal["up", "down"] | None = None
    footnotes: Callable[[Row], Sequence[str]] = lambda row: ()
    trend: str = ""
    course: Read | None = None
    target: str = ""
    most: float = 1.0


@dataclass(frozen=True)
class Bullet:
    """A bar against a target: both as shares of the whole length."""

    share: float
    mark: float


@dataclass(frozen=True)
class RenderedKpi:
    """A figure as the template ``portal/figures.html`` shows it.

    ``part``: "review" for the review tool's figures, "report" for the engagement report's.
    """

    label: str
    value: str
    unit: str = ""
    change: Change | None = None
    against: str = ""
    footnotes: Sequence[str] = field(default_factory=tuple)
    sparkline: Sparkline | None = None
    target: Bullet | None = None
    part: str = "report"


def of_row(name: str) -> Read:
    """Return what reads a column of numbers."""

    def read(row: Row) -> Number | None:
        value = row.get(name)
        return value if isinstance(value, int | float) else None

    return read


def quotient(numerator: str, denominator: str) -> Read:
    """Return what reads one column over another; unknown over nothing."""

    def read(row: Row) -> Number | None:
        above, below = of_row(numerator)(row), of_row(denominator)(row)
        return above / below if above is not None and below else None

    return read


def shown(
    figure: Kpi,
    results: Mapping[str, Result],
    before: Mapping[str, Result],
    targets: Mapping[str, Target],
) -> RenderedKpi | None:
    """Return a figure with what its metrics gave now and ``before``; None when it failed."""
    result = results.get(figure.metric)
    if result is None:
        return None
    row = result.rows[0] if result.rows else {}
    now = figure.value(row)
    write, size = KINDS[figure.kind]
    value, _, unit = write(now).partition(NBSP)
    earlier = before.get(figure.metric)
    then = figure.value(earlier.rows[0]) if earlier is not None and earlier.rows else None
    change = formatting.change(
        now,
        then,
        size=size,
        better=figure.better,
        relative=figure.kind == "count",
    )
    notes = list(figure.footnotes(row)) if row else []
    target = targets.get(figure.target)
    if target is not None:
        # On the line of n, which is the last.
        notes[-1:] = [" · ".join([f"Target {plain(write(target.value))}", *notes[-1:]])]
    return RenderedKpi(
        label=figure.label,
        value=value,
        unit=figure.unit or unit.replace(NBSP, " "),
        change=change,
        against=write(then) if change is not None else "",
        footnotes=notes,
        sparkline=course_of(figure, results),
        target=bullet(now, target, figure.most),
        part="review" if METRICS[figure.metric].group == "review" else "report",
    )


def plain(text: str) -> str:
    """Return a number without decimals that say nothing: ``10 min`` for ``10.0 min``."""
    amount, space, unit = text.partition(NBSP)
    if "." in amount:
        amount = amount.rstrip("0").rstrip(".")
    return f"{amount}{space}{unit}"


def course_of(figure: Kpi, results: Mapping[str, Result]) -> Sparkline | None:
    """Return the small line of a figure over time."""
    trend = results.get(figure.trend)
    if trend is None or figure.course is None:
        return None
    return sparkline([figure.course(row) for row in trend.rows])


def bullet(now: Number | None, target: Target | None, most: float) -> Bullet | None:
    """Return the bar of a figure against its target."""
    if now is None or target is None:
        return None
    return Bullet(share=now / most, mark=target.value / most)


def strip(
    figures: Sequence[Kpi], results: Mapping[str, Result], before: Mapping[str, Result]
) -> list[RenderedKpi]:
    """Return the figures of a strip, those left out whose metric failed."""
    names = [figure.target for figure in figures if figure.target]
    targets: Mapping[str, Target] = Target.objects.in_bulk(names) if names else {}
    found = (shown(figure, results, before, targets) for figure in figures)
    return [figure for figure in found if figure is not None]


def plain_figures(slug: str) -> list[Kpi]:
    """Return a figure for each column of a metric: what a strip has unless it is declared."""
    kinds: dict[str, str] = {"integer": "count", "share": "share", "seconds": "seconds"}
    kinds["minutes"] = "minutes"
    return [
        Kpi(
            label=column.label,
            metric=slug,
            value=of_row(column.name),
            kind=kinds.get(column.type, "number"),
        )
        for column in METRICS[slug].columns
    ]


def decided(row: Row) -> int | None:
    """How many views were decided; None where a team's totals leave one of the two out."""
    accepted, rejected = of_row("accepted")(row), of_row("rejected")(row)
    return None if accepted is None or rejected is None else int(accepted + rejected)


def share_of_decided(name: str) -> Callable[[Row], Sequence[str]]:
    """Return the footnote that tells a decision's share of the decided."""

    def words(row: Row) -> Sequence[str]:
        n = decided(row)
        if n is None:
            return []
        if not n:
            return ["nothing decided"]
        share = formatting.share((of_row(name)(row) or 0) / n)
        return [f"{share} of {formatting.count(n)} decided"]

    return words


def amount(name: str, one: str, many: str = "") -> Callable[[Row], Sequence[str]]:
    """Return the footnote that counts something else: ``42 moderators``."""

    def words(row: Row) -> Sequence[str]:
        value: Any = of_row(name)(row)
        return [] if value is None else [formatting.plural(int(value), one, many or None)]

    return words


def idle_words(row: Row) -> Sequence[str]:
    """Return the footnote ``49 h 52 min of 437 h``."""
    idle, logged = of_row("idle_seconds")(row), of_row("logged_seconds")(row)
    return [f"{formatting.duration(idle)} of {formatting.duration(logged)}"] if logged else []


REVIEW_FIGURES = (
    Kpi(
        "Sessions",
        "review-summary",
        of_row("sessions"),
        footnotes=amount("moderators", "moderator"),
        trend="review-by-day",
        course=of_row("sessions"),
    ),
    Kpi(
        "Videos viewed",
        "review-summary",
        of_row("videos"),
        footnotes=lambda row: (
            [f"{formatting.count(n)} unique"]
            if (n := of_row("unique_videos")(row)) is not None
            else []
        ),
        trend="review-by-day",
        course=of_row("videos"),
    ),
    Kpi(
        "Accepted",
        "review-summary",
        of_row("accepted"),
        footnotes=share_of_decided("accepted"),
        trend="review-by-day",
        course=of_row("accepted"),
    ),
    Kpi(
        "Rejected",
        "review-summary",
        of_row("rejected"),
        footnotes=share_of_decided("rejected"),
        trend="review-by-day",
        course=of_row("rejected"),
    ),
    Kpi(
        "Handle time",
        "review-summary",
        of_row("handle_seconds"),
        kind="seconds",
        better="down",
        footnotes=lambda row: ["active time per decision"],
        trend="review-by-day",
        course=of_row("handle_seconds"),
    ),
    Kpi(
        "Idle time",
        "review-summary",
        quotient("idle_seconds", "logged_seconds"),
        kind="share",
        better="down",
        footnotes=idle_words,
    ),
)
