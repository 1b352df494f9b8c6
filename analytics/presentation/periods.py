"""The dates of a page: quick ranges, the range it opens with, and one that has data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.utils.text import capfirst

from analytics.access import Viewer
from analytics.display import active
from analytics.formatting import date_range, month, plural, short_day, short_moment_in_zone
from analytics.metrics.coverage import Before
from analytics.placeholders import change_text
from analytics.reads import read
from analytics.scope import DATE_PARAMETERS, Scope
from analytics.scope_filters import SCOPE_FILTERS
from analytics.summaries.snapshots import current_state

# Words, and days up to yesterday; None is everything. Whole weeks, so that the period before has
# the same weekdays.
RANGES: tuple[tuple[str, int | None], ...] = (
    ("7 days", 7),
    ("4 weeks", 28),
    ("13 weeks", 91),
    ("Year", 364),
    ("All", None),
)
OPENS_WITH = 28


@dataclass(frozen=True)
class QuickRange:
    """A link in the filter bar to the same scope over other dates."""

    label: str
    url: str
    current: bool


# A moderator's ranges of the team's totals: so many whole months before this one.
TEAM_MONTHS = 6
SHOWN_MONTHS = 4


def whole_months(today: date) -> list[tuple[date, date]]:
    """First and last day of the ``TEAM_MONTHS`` months before this one, newest first."""
    months = []
    month_end = today.replace(day=1) - timedelta(days=1)
    for _ in range(TEAM_MONTHS):
        months.append((month_end.replace(day=1), month_end))
        month_end = month_end.replace(day=1) - timedelta(days=1)
    return months


def team_scope(viewer: Viewer, today: date) -> Scope:
    """The team's newest month that has ended."""
    start, end = whole_months(today)[0]
    return Scope(viewer, start=start, end=end, team=True)


def filter_label(field: str) -> str:
    """The label of a parameter in the filter bar."""
    labels = {scope_filter.name: scope_filter.label for scope_filter in SCOPE_FILTERS}
    return labels.get(field, capfirst(field))


def scope_url(scope: Scope, *, path: str = "") -> str:
    """A scope as an address; ``?start=`` stands for all dates, as no parameter means 4 weeks."""
    return f"{path}?{urlencode(scope.as_params()) or 'start='}"


def yesterday(today: date) -> date:
    """The last whole day."""
    return today - timedelta(days=1)


def last_days(scope: Scope, days: int | None, end: date) -> Scope:
    """The same person's ``days`` up to ``end``, or all dates; without a session."""
    if days is None:
        return replace(scope, session=None, start=None, end=None)
    return replace(scope, session=None, start=end - timedelta(days=days - 1), end=end)


def quick_ranges(
    scope: Scope,
    today: date,
    *,
    path: str = "",
    own: bool = True,
    offers: Callable[[Scope], bool] = lambda month: True,
) -> list[QuickRange]:
    """The links to the quick ranges; the one that is shown now is marked.

    Viewers of their own work only can switch to the team's newest whole month and back; pages
    without data of a person (not ``own``) have no way back. Only team months that the page
    ``offers`` are linked: it would show nothing of others.
    """
    months = [Scope(scope.viewer, start=a, end=b, team=True) for a, b in whole_months(today)]
    if scope.is_team_totals:
        offered = [team for team in months if team == scope or offers(team)]
        ranges = [(month_name(team), team) for team in offered[:SHOWN_MONTHS]]
        if own:
            own_scope = replace(scope, team=False)
            ranges.insert(0, ("My work", last_days(own_scope, OPENS_WITH, yesterday(today))))
    else:
        ranges = [(label, last_days(scope, days, yesterday(today))) for label, days in RANGES]
        newest = months[0]
        if not scope.viewer.sees_everyone and offers(newest):
            ranges.append((f"Team, {month_name(newest)}", newest))
    return [
        QuickRange(label, scope_url(linked, path=path), linked.as_params() == scope.as_params())
        for label, linked in ranges
    ]


def month_name(scope: Scope) -> str:
    """The month in which a scope begins: ``Oct 2026``."""
    return month(f"{scope.start:%Y-%m}")


def default_scope(
    scope: Scope,
    today: date,
    latest: date | None,
    earliest: date | None = None,
    *,
    days: int = OPENS_WITH,
) -> Scope:
    """The scope of a page that is opened without parameters: the last whole ``days``.

    Everything when those hold nothing: ``latest`` and ``earliest`` are the last and the first day
    with data.
    """
    opening = last_days(scope, days, yesterday(today))
    assert opening.start is not None
    assert opening.end is not None
    if latest is None or (
        latest >= opening.start and (earliest is None or earliest <= opening.end)
    ):
        return opening
    return last_days(scope, None, today)


def at_least_a_year(scope: Scope) -> Scope:
    """Widen a scope to at least the twelve calendar months up to the end of its dates."""
    if scope.start is None or scope.end is None:
        return scope
    year, month = divmod(scope.end.year * 12 + scope.end.month - 12, 12)
    return replace(scope, start=min(scope.start, date(max(year, 1), month + 1, 1)))


def last_days_with_data(scope: Scope, latest: date) -> Scope:
    """The same person's 4 weeks up to ``latest``, the last day with data."""
    return last_days(scope, OPENS_WITH, latest)


def subject_name(scope: Scope) -> str:
    """``Everyone``, a moderator's name, or ``The team`` for team totals."""
    if scope.team:
        return "The team"
    return scope.moderator.username if scope.moderator is not None else "Everyone"


def describe_scope(scope: Scope) -> str:
    """A scope in words: ``Everyone · 23 Oct – 21 Nov 2026 (30 days)``."""
    filter_texts = [
        f"{scope_filter.label.lower()} {scope_filter.to_text(value)}"
        for scope_filter, value in scope.filters()
        if scope_filter.name not in ("moderator", *DATE_PARAMETERS)
    ]
    parts = [subject_name(scope), *filter_texts]
    dates = describe_dates(scope)
    if not filter_texts or dates != "all dates":
        parts.append(dates)
    return " · ".join(parts)


def describe_dates(scope: Scope) -> str:
    """A scope's dates in words: ``23 Oct – 21 Nov 2026 (30 days)``."""
    dates = date_range(scope.start, scope.end)
    if scope.start is not None and scope.end is not None:
        dates = f"{dates} ({plural((scope.end - scope.start).days + 1, 'day')})"
    return dates


def describe_comparison(before: Before) -> str:
    """What figures are compared with, in words, or why with nothing; empty without a length."""
    previous = before.scope
    if previous is None or previous.start is None or previous.end is None:
        return f"no comparison: {before.reason}" if before.reason else ""
    if previous.start == previous.end:
        return f"compared with {short_day(previous.start)}"
    return f"compared with {short_day(previous.start)} – {short_day(previous.end)}"


def times_words() -> str:
    """In which zone times are, and, where that is another, whose days are counted."""
    if active().zone_name == settings.TIME_ZONE:
        return f"times in {settings.TIME_ZONE}"
    return f"times in {active().zone_name}, days of {settings.TIME_ZONE}"


@read
def has_changed() -> bool:
    """Whether there has ever been a change to the data."""
    return last_change() is not None


def last_change() -> datetime | None:
    """When the data of the open snapshot last changed."""
    return current_state().changed_at


def as_of() -> str:
    """The last change to the data of the open snapshot: ``26 Nov, 21:23 UTC``; empty for none."""
    return change_text(short_moment_in_zone, last_change) if has_changed() else ""
