"""The strip of figures at the head of a page, each with its change and its trend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analytics import formatting
from analytics.formatting import NBSP, Change, Number
from analytics.metrics.changes import ColumnChange, change_of
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result, Row, number_in
from analytics.models import Target
from analytics.presentation.row_links import link_to_number, passport_address
from analytics.presentation.sparkline import Sparkline, sparkline
from analytics.reads import read
from analytics.scope import Scope

# A figure read from a row; None is unknown.
ReadValue = Callable[[Row], Number | None]


@dataclass(frozen=True)
class Kind:
    """How a figure is written: the figure, the size of its change, and the unit of either.

    ``places``: the decimals that are shown of ``scale`` times the figure; None: not rounded. A
    change is that of the figures as they are shown.
    """

    write: Callable[[Number | None], str]
    write_change: Callable[[Number | None], str]
    unit: str = ""
    places: int | None = None
    scale: int = 1

    def as_shown(self, value: Number | None) -> Number | None:
        """The figure rounded as it is shown."""
        if value is None or self.places is None:
            return value
        return round(value * self.scale, self.places) / self.scale

    def interval(self, low: float, high: float) -> str:
        """The interval of a change, whose direction an arrow says: ``95 %: 0.7–3.1 s``."""
        low, high = low * self.scale, high * self.scale
        if high <= 0:
            low, high = -high, -low
        if low < 0:
            ends = (formatting.number(end, self.places or 0) for end in (low, high))
            words = " to ".join(ends)
        else:
            words = formatting.interval(low, high, self.places or 0)
        return f"95{NBSP}%: {formatting.with_unit(words, self.unit)}"


def two_places(value: Number | None) -> str:
    """A number with two decimals."""
    return formatting.number(value, 2)


KINDS = {
    "count": Kind(formatting.count, formatting.share),
    "share": Kind(formatting.share, formatting.points, "pts", 1, 100),
    "seconds": Kind(formatting.duration, formatting.duration, "s", 1),
    "minutes": Kind(formatting.minutes, formatting.number, "min", 1),
    "average": Kind(two_places, two_places, "", 2),
    "number": Kind(formatting.number, formatting.number, "", 1),
}


@dataclass(frozen=True)
class Kpi:
    """A declared figure of a strip.

    ``metric`` is a slug; ``value`` and ``footnotes`` read its first row, or the one that has
    ``row``, a column and its value. ``measure`` names the figure in ``MEASURES``, by which its
    change is judged. ``trend`` is the slug of a metric by day (or month) and ``trend_value`` reads
    its rows. ``target`` names a row of ``Target``, drawn up to ``maximum``. ``opens``: the metric
    and the column whose records are behind it, where ``value`` reads no column. ``foot_columns``:
    the metric's columns whose numbers are in the last footnotes, and open there; "" for none.
    """

    label: str
    metric: str
    value: ReadValue
    kind: str = "count"
    unit: str = ""
    row: tuple[str, str] | None = None
    measure: str = ""
    footnotes: Callable[[Row], Sequence[str]] = lambda row: ()
    trend: str = ""
    trend_value: ReadValue | None = None
    target: str = ""
    maximum: float = 1.0
    opens: tuple[str, str] | None = None
    foot_columns: tuple[str, ...] = ()

    @property
    def opened(self) -> tuple[str, str] | None:
        """The metric and the column whose records are behind the figure, if any are."""
        if self.opens is None and isinstance(self.value, ColumnValue):
            return self.metric, self.value.name
        return self.opens


@dataclass(frozen=True)
class Bullet:
    """A bar against a target: both as shares of the whole length."""

    share: float
    mark: float


@dataclass(frozen=True)
class Footnote:
    """A line under a figure; ``url`` leads to the records behind its number, or its passport."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class RenderedKpi:
    """A figure as the template ``portal/kpis.html`` shows it.

    ``note`` stands in the place of a change. ``part``: "review" for the review tool's figures,
    "report" for the engagement report's. ``rows_url`` and ``against_url`` lead to the records
    behind the figure, and behind the one before; ``passport_url`` to what the figure is made of.
    """

    label: str
    value: str
    unit: str = ""
    rows_url: str = ""
    passport_url: str = ""
    change: Change | None = None
    against: str = ""
    against_url: str = ""
    note: str = ""
    footnotes: Sequence[Footnote] = ()
    sparkline: Sparkline | None = None
    target: Bullet | None = None
    part: str = "report"


@dataclass(frozen=True)
class ColumnValue:
    """A reader of a column; what is not a number is unknown."""

    name: str

    def __call__(self, row: Row) -> Number | None:
        """The column's number in a row."""
        return number_in(row, self.name)


def column_value(name: str) -> ColumnValue:
    """A reader of a column."""
    return ColumnValue(name)


def ratio_of(numerator: str, denominator: str) -> ReadValue:
    """A reader of one column divided by another; unknown over zero."""

    def read(row: Row) -> Number | None:
        above, below = column_value(numerator)(row), column_value(denominator)(row)
        return above / below if above is not None and below else None

    return read


@dataclass(frozen=True)
class Periods:
    """The results of a strip, now and before, by slug; ``before`` holds what can be compared.

    ``scope`` is what they were computed for, ``reasons`` why there is nothing to compare with.
    """

    scope: Scope
    now: Mapping[str, Result]
    before: Mapping[str, Result] = field(default_factory=dict)
    previous: Mapping[str, Scope] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


def render_kpi(figure: Kpi, periods: Periods, targets: Mapping[str, Target]) -> RenderedKpi | None:
    """A figure with its change since the period before; None when its metric failed."""
    result = periods.now.get(figure.metric)
    if result is None:
        return None
    kind = KINDS[figure.kind]
    row = row_of(figure, result)
    value, value_before = figure.value(row), None
    if figure.metric in periods.before:
        value_before = figure.value(row_of(figure, periods.before[figure.metric]))
    judged = change_of_kpi(figure, periods, value, value_before)
    change = formatting.change(
        kind.as_shown(value),
        kind.as_shown(value_before),
        write=kind.write_change,
        better=judged.better,
        beyond_chance=judged.beyond_chance,
        relative=figure.kind == "count",
    )
    target = targets.get(figure.target)
    reason = periods.reasons.get(figure.metric, "")
    opened = rows_url(figure, value, periods.scope)
    passport = passport_address(opened)
    footnotes = kpi_footnotes(figure, row, target, periods.scope)
    if judged.low is not None and judged.high is not None:
        footnotes.insert(0, Footnote(kind.interval(judged.low, judged.high), passport))
    if reason:
        footnotes.insert(0, Footnote(reason))
    text, _, unit = kind.write(value).partition(NBSP)
    return RenderedKpi(
        label=figure.label,
        value=text,
        unit=figure.unit or unit.replace(NBSP, " "),
        rows_url=opened,
        passport_url=passport,
        change=change,
        against=kind.write(value_before) if change is not None else "",
        against_url=rows_url(figure, value_before, periods.previous.get(figure.metric)),
        note="No comparison" if reason else "",
        footnotes=footnotes,
        sparkline=trend_line(figure, periods.now),
        target=bullet(value, target, figure.maximum),
        part="review" if METRICS[figure.metric].group == "review" else "report",
    )


def rows_url(figure: Kpi, value: Number | None, scope: Scope | None) -> str:
    """The address of the records behind a figure of a scope, or of its passport; "" without."""
    if figure.opened is None or value is None or scope is None:
        return ""
    row: Row | None = dict([figure.row]) if figure.row is not None else None
    return link_to_number(*figure.opened, scope, row=row)


def footnote_url(figure: Kpi, column: str, row: Row, scope: Scope) -> str:
    """The address of the records behind a footnote's number, or of its passport; "" without one."""
    if not column or number_in(row, column) is None:
        return ""
    keys: Row | None = dict([figure.row]) if figure.row is not None else None
    return link_to_number(figure.metric, column, scope, row=keys)


def kpi_footnotes(figure: Kpi, row: Row, target: Target | None, scope: Scope) -> list[Footnote]:
    """The lines under a figure, the target beside the last."""
    lines = list(figure.footnotes(row)) if row else []
    columns = [""] * (len(lines) - len(figure.foot_columns)) + list(figure.foot_columns)
    urls = [footnote_url(figure, column, row, scope) for column in columns[-len(lines) :]]
    footnotes = [Footnote(*each) for each in zip(lines, urls, strict=True)] if lines else []
    if target is not None:
        text = f"Target {drop_trailing_zeros(KINDS[figure.kind].write(target.value))}"
        # The last line is n's.
        last = footnotes.pop() if footnotes else Footnote("")
        footnotes.append(Footnote(" · ".join(filter(None, (text, last.text))), last.url))
    return footnotes


def row_of(figure: Kpi, result: Result) -> Row:
    """The row that a figure is read from; empty where there is none."""
    if figure.row is not None:
        name, value = figure.row
        return next((row for row in result.rows if row[name] == value), {})
    return result.rows[0] if result.rows else {}


def change_of_kpi(
    figure: Kpi, periods: Periods, value: Number | None, value_before: Number | None
) -> ColumnChange:
    """How a figure changed, judged by ``analytics.metrics.changes``."""
    previous = periods.previous.get(figure.metric)
    if previous is None or not figure.measure:
        return ColumnChange(value_before, None)
    return change_of(
        figure.metric, figure.measure, (value, value_before), (periods.scope, previous)
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


def bullet(value: Number | None, target: Target | None, maximum: float) -> Bullet | None:
    """A figure and its target as shares of ``maximum``."""
    if value is None or target is None:
        return None
    return Bullet(share=value / maximum, mark=target.value / maximum)


@read
def targets_in_force(day: date | None, figures: tuple[str, ...]) -> Mapping[str, Target]:
    """The targets of some figures on a day (None: today), by the figure's name."""
    return Target.objects.in_force(day, figures)


def render_kpis(kpis: Sequence[Kpi], periods: Periods) -> list[RenderedKpi]:
    """The figures of a strip, without those whose metric failed."""
    names = [kpi.target for kpi in kpis if kpi.target]
    targets = targets_in_force(periods.scope.end, tuple(names)) if names else {}
    rendered = (render_kpi(kpi, periods, targets) for kpi in kpis)
    return [kpi for kpi in rendered if kpi is not None]


def decided(row: Row) -> int | None:
    """How many views were decided; None where a team's totals leave out one of the two."""
    accepted, rejected = column_value("accepted")(row), column_value("rejected")(row)
    return None if accepted is None or rejected is None else int(accepted + rejected)


def reject_rate(row: Row) -> float | None:
    """Rejected of decided; unknown without any."""
    n = decided(row)
    return (column_value("rejected")(row) or 0) / n if n else None


def decided_footnote(row: Row) -> Sequence[str]:
    """A footnote with what was decided: ``423 of 1,204 decided``."""
    n = decided(row)
    if n is None:
        return []
    if not n:
        return ["no decisions"]
    return [f"{formatting.count(column_value('rejected')(row))} of {formatting.count(n)} decided"]


def count_footnote(name: str, singular: str, plural: str = "") -> Callable[[Row], Sequence[str]]:
    """A footnote that counts another column: ``42 moderators``."""

    def footnotes(row: Row) -> Sequence[str]:
        value: Any = column_value(name)(row)
        return [] if value is None else [formatting.plural(int(value), singular, plural or None)]

    return footnotes


def idle_footnote(row: Row) -> Sequence[str]:
    """A footnote with idle and logged time: ``49 h 52 min of 437 h``."""
    idle, logged = column_value("idle_seconds")(row), column_value("logged_seconds")(row)
    return [f"{formatting.duration(idle)} of {formatting.duration(logged)}"] if logged else []


def unique_footnote(row: Row) -> Sequence[str]:
    """A footnote with the distinct videos: ``1,204 unique``."""
    unique = column_value("unique_videos")(row)
    return [] if unique is None else [f"{formatting.count(unique)} unique"]


REVIEW_KPIS = (
    Kpi(
        "Review sessions",
        "review-summary",
        column_value("sessions"),
        footnotes=count_footnote("moderators", "moderator"),
        foot_columns=("moderators",),
        trend="review-by-day",
        trend_value=column_value("sessions"),
    ),
    Kpi(
        "Videos viewed",
        "review-summary",
        column_value("videos"),
        footnotes=unique_footnote,
        foot_columns=("unique_videos",),
        trend="review-by-day",
        trend_value=column_value("videos"),
    ),
    Kpi(
        "Reject rate",
        "review-summary",
        reject_rate,
        kind="share",
        measure="reject_rate",
        opens=("review-by-day", "reject_rate"),
        footnotes=decided_footnote,
        foot_columns=("rejected",),
        trend="review-by-day",
        trend_value=column_value("reject_rate"),
    ),
    Kpi(
        "Completion",
        "video-status",
        column_value("share"),
        kind="share",
        row=("status", "completed"),
        measure="completion_rate",
        footnotes=count_footnote("videos", "video watched to the end", "videos watched to the end"),
        foot_columns=("videos",),
    ),
    Kpi(
        "Handle time",
        "review-summary",
        column_value("handle_seconds"),
        kind="seconds",
        measure="handle_seconds",
        footnotes=lambda row: ["active time per decision"],
        trend="review-by-day",
        trend_value=column_value("handle_seconds"),
    ),
    Kpi(
        "Idle share",
        "review-summary",
        ratio_of("idle_seconds", "logged_seconds"),
        kind="share",
        measure="idle_share",
        footnotes=idle_footnote,
        foot_columns=("idle_seconds",),
        opens=("review-summary", "idle_share"),
    ),
)


def active_footnote(row: Row) -> Sequence[str]:
    """A footnote with the active time: ``9 h 48 min active``."""
    active = column_value("active_seconds")(row)
    return [f"{formatting.duration(active)} active"] if active is not None else []


#: The strip of one person's page: how much was done. How it was done stands below, beside the team.
PERSON_KPIS = (
    replace(REVIEW_KPIS[0], footnotes=lambda row: (), foot_columns=()),
    replace(
        REVIEW_KPIS[1],
        footnotes=lambda row: [
            f"{formatting.count(column_value('accepted')(row))} accepted",
            f"{formatting.count(column_value('rejected')(row))} rejected",
        ],
        foot_columns=("accepted", "rejected"),
    ),
    Kpi(
        "Logged time",
        "review-summary",
        column_value("logged_seconds"),
        kind="seconds",
        footnotes=active_footnote,
        foot_columns=("active_seconds",),
    ),
    Kpi(
        "Decided an hour",
        "moderator-review",
        column_value("throughput_per_hour"),
        kind="number",
        footnotes=lambda row: ["of active time"],
    ),
)
