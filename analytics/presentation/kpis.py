"""The strip of figures at the head of a page, each with its change and its trend."""

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
ReadValue = Callable[[Row], Number | None]

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

    ``metric`` is a slug; ``value`` and ``footnotes`` read its row. ``trend`` is the slug of a
    metric by day (or month) and ``trend_value`` reads its rows. ``target`` names a row of
    ``Target``, drawn up to ``most``.
    """

    label: str
    metric: str
    value: ReadValue
    kind: str = "count"
    unit: str = ""
    better: Literal["up", "down"] | None = None
    footnotes: Callable[[Row], Sequence[str]] = lambda row: ()
    trend: str = ""
    trend_value: ReadValue | None = None
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


def column_value(name: str) -> ReadValue:
    """A reader of a column; what is not a number is unknown."""

    def read(row: Row) -> Number | None:
        value = row.get(name)
        return value if isinstance(value, int | float) else None

    return read


def ratio_of(numerator: str, denominator: str) -> ReadValue:
    """A reader of one column divided by another; unknown over zero."""

    def read(row: Row) -> Number | None:
        above, below = column_value(numerator)(row), column_value(denominator)(row)
        return above / below if above is not None and below else None

    return read


def render_kpi(
    figure: Kpi,
    results: Mapping[str, Result],
    before: Mapping[str, Result],
    targets: Mapping[str, Target],
) -> RenderedKpi | None:
    """A figure with its change since ``before``; None when its metric failed."""
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
        notes[-1:] = [
            " · ".join([f"Target {drop_trailing_zeros(write(target.value))}", *notes[-1:]])
        ]
    return RenderedKpi(
        label=figure.label,
        value=value,
        unit=figure.unit or unit.replace(NBSP, " "),
        change=change,
        against=write(then) if change is not None else "",
        footnotes=notes,
        sparkline=trend_line(figure, results),
        target=bullet(now, target, figure.most),
        part="review" if METRICS[figure.metric].group == "review" else "report",
    )


def drop_trailing_zeros(text: str) -> str:
    """Drop decimals that are zero: ``10 min`` for ``10.0 min``."""
    amount, space, unit = text.partition(NBSP)
    if "." in amount:
        amount = amount.rstrip("0").rstrip(".")
    return f"{amount}{space}{unit}"


def trend_line(figure: Kpi, results: Mapping[str, Result]) -> Sparkline | None:
    """The sparkline of a figure; None without a trend or with fewer than two known values."""
    trend = results.get(figure.trend)
    if trend is None or figure.trend_value is None:
        return None
    return sparkline([figure.trend_value(row) for row in trend.rows])


def bullet(now: Number | None, target: Target | None, most: float) -> Bullet | None:
    """A figure and its target as shares of ``most``."""
    if now is None or target is None:
        return None
    return Bullet(share=now / most, mark=target.value / most)


def render_kpis(
    figures: Sequence[Kpi], results: Mapping[str, Result], before: Mapping[str, Result]
) -> list[RenderedKpi]:
    """The figures of a strip, without those whose metric failed."""
    names = [figure.target for figure in figures if figure.target]
    targets: Mapping[str, Target] = Target.objects.in_bulk(names) if names else {}
    found = (render_kpi(figure, results, before, targets) for figure in figures)
    return [figure for figure in found if figure is not None]


def decided(row: Row) -> int | None:
    """How many views were decided; None where a team's totals leave out one of the two."""
    accepted, rejected = column_value("accepted")(row), column_value("rejected")(row)
    return None if accepted is None or rejected is None else int(accepted + rejected)


def decided_share_footnote(name: str) -> Callable[[Row], Sequence[str]]:
    """A footnote with a decision's share of all decisions: ``64.9 % of 1,204 decided``."""

    def footnotes(row: Row) -> Sequence[str]:
        n = decided(row)
        if n is None:
            return []
        if not n:
            return ["no decisions"]
        share = formatting.share((column_value(name)(row) or 0) / n)
        return [f"{share} of {formatting.count(n)} decided"]

    return footnotes


def count_footnote(name: str, one: str, many: str = "") -> Callable[[Row], Sequence[str]]:
    """A footnote that counts another column: ``42 moderators``."""

    def footnotes(row: Row) -> Sequence[str]:
        value: Any = column_value(name)(row)
        return [] if value is None else [formatting.plural(int(value), one, many or None)]

    return footnotes


def idle_footnote(row: Row) -> Sequence[str]:
    """A footnote with idle and logged time: ``49 h 52 min of 437 h``."""
    idle, logged = column_value("idle_seconds")(row), column_value("logged_seconds")(row)
    return [f"{formatting.duration(idle)} of {formatting.duration(logged)}"] if logged else []


REVIEW_FIGURES = (
    Kpi(
        "Sessions",
        "review-summary",
        column_value("sessions"),
        footnotes=count_footnote("moderators", "moderator"),
        trend="review-by-day",
        trend_value=column_value("sessions"),
    ),
    Kpi(
        "Videos viewed",
        "review-summary",
        column_value("videos"),
        footnotes=lambda row: (
            [f"{formatting.count(n)} unique"]
            if (n := column_value("unique_videos")(row)) is not None
            else []
        ),
        trend="review-by-day",
        trend_value=column_value("videos"),
    ),
    Kpi(
        "Accepted",
        "review-summary",
        column_value("accepted"),
        footnotes=decided_share_footnote("accepted"),
        trend="review-by-day",
        trend_value=column_value("accepted"),
    ),
    Kpi(
        "Rejected",
        "review-summary",
        column_value("rejected"),
        footnotes=decided_share_footnote("rejected"),
        trend="review-by-day",
        trend_value=column_value("rejected"),
    ),
    Kpi(
        "Handle time",
        "review-summary",
        column_value("handle_seconds"),
        kind="seconds",
        better="down",
        footnotes=lambda row: ["active time per decision"],
        trend="review-by-day",
        trend_value=column_value("handle_seconds"),
    ),
    Kpi(
        "Idle time",
        "review-summary",
        ratio_of("idle_seconds", "logged_seconds"),
        kind="share",
        better="down",
        footnotes=idle_footnote,
    ),
)
