"""From which day on there are data of a kind: nothing is compared with days before it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from django.db.models import Min
from django.utils import timezone

from analytics.access import ScopeError
from analytics.formatting import named_day
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import performance_rows
from analytics.metrics.recommendations import recommendations
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

#: What a scope is compared with: the days before it, or those some weeks earlier; always the same
#: weekdays.
Against = Literal["previous", "month", "year"]
AGAINST: tuple[Against, ...] = get_args(Against)
WEEKS_BEFORE: dict[Against, int] = {"month": 4, "year": 52}


def first_session(scope: Scope) -> date | None:
    """The day, in the portal's time zone, of the first session of the scope's person."""
    first = Scope(scope.viewer, scope.moderator).sessions().aggregate(at=Min("started_at"))["at"]
    return None if first is None else timezone.localtime(first).date()


def first_chat(scope: Scope) -> date | None:
    """The day of the first chat session: chats belong to no moderator."""
    first: date | None = chat_sessions(Scope(scope.viewer)).aggregate(at=Min("date"))["at"]
    return first


def first_recommendation(scope: Scope) -> date | None:
    """The day of the first recommendation: they belong to no moderator."""
    first: date | None = recommendations(Scope(scope.viewer)).aggregate(at=Min("date"))["at"]
    return first


def first_performance(scope: Scope) -> date | None:
    """The day of the first performance row of the scope's moderator, or of everyone."""
    rows = performance_rows(Scope(scope.viewer, scope.moderator))
    first: date | None = rows.aggregate(at=Min("date"))["at"]
    return first


#: By the group of a metric: how its first day is found.
FIRST_DAYS: dict[str, Callable[[Scope], date | None]] = {
    "review": first_session,
    "engagement": first_chat,
    "recommendations": first_recommendation,
    "moderators": first_performance,
}


@read
def first_day(group: str, scope: Scope) -> date | None:
    """The first day with data of a group's kind for the scope's person; None without any."""
    find = FIRST_DAYS.get(group)
    if find is None:
        return None
    return current_state().cached(
        ("first day", group, scope.moderator and scope.moderator.pk), lambda: find(scope)
    )


@dataclass(frozen=True)
class Before:
    """The period that a scope is compared with, or why there is none (``reason``, in words)."""

    scope: Scope | None
    reason: str = ""


def read_against(text: str) -> Against:
    """What an address asks to compare with, the period before without a word; or ``ScopeError``."""
    for against in AGAINST:
        if text in (against, ""):
            return against
    raise ScopeError("against", f"{text!r} is none of {', '.join(AGAINST)}")


def earlier(scope: Scope, against: Against) -> Scope | None:
    """The scope of the same length and weekdays that a scope is compared with; None without one.

    Four weeks before are more where the scope is longer, so that the two do not overlap.
    """
    previous = scope.previous()
    if previous is None or against == "previous":
        return previous
    assert scope.start is not None
    assert scope.end is not None
    weeks = WEEKS_BEFORE[against]
    length = -(-((scope.end - scope.start).days + 1) // 7)
    back = timedelta(weeks=weeks * -(-length // weeks))
    try:
        return replace(scope, start=scope.start - back, end=scope.end - back)
    except OverflowError:
        return None


def period_before(group: str, scope: Scope, against: Against = "previous") -> Before:
    """The period that a scope is compared with, where the data of the group's kind cover it."""
    previous = earlier(scope, against)
    if previous is None or previous.start is None:
        return Before(None)
    first = first_day(group, scope)
    if first is None:
        return Before(None)
    if previous.start < first:
        return Before(None, f"data begin on {named_day(first, beside=scope.end)}")
    return Before(previous)
