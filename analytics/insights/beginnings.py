"""Who is in the first weeks of their work at the end of a look: newcomers need longer at first."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.db.models import Max, Min
from django.utils import timezone

from analytics.comparison.learning import WEEKS_BEFORE, WEEKS_COMPARED
from analytics.comparison.work import Flags
from analytics.models import Session
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

#: So much later than the others a newcomer began.
AFTER_THE_OTHERS = timedelta(weeks=WEEKS_BEFORE)
#: So long after they began it cannot be seen yet whether somebody has become faster.
FIRST_WEEKS = timedelta(weeks=2 * WEEKS_COMPARED)


def first_days(names: Sequence[str]) -> dict[str, date]:
    """The day of the first session of each, of all that are known."""
    firsts = (
        Session.objects.filter(moderator__username__in=names)
        .values_list("moderator__username")
        .annotate(at=Min("started_at"))
        .order_by()
    )
    return {name: timezone.localtime(at).date() for name, at in firsts}


def first_and_last_day() -> tuple[date, date]:
    """The days of the first and the last session of all; there must be one."""
    ends = Session.objects.aggregate(first=Min("started_at"), last=Max("started_at"))
    first, last = (timezone.localtime(ends[end]).date() for end in ("first", "last"))
    return first, last


def in_first_weeks(names: tuple[str, ...], scope: Scope) -> Flags:
    """Who of these people with sessions in scope began less than six weeks before its end.

    That is three weeks or more after the first of all sessions: before, nobody is known to be new.
    """
    if not names:
        return np.zeros(0, bool)
    with snapshot():
        state = current_state()
        began = state.cached(("first days", names), lambda: first_days(names))
        first, last = state.cached("first and last day", first_and_last_day)
    end = min(scope.end, last) if scope.end else last
    return np.array(
        [
            began[name] >= first + AFTER_THE_OTHERS and began[name] + FIRST_WEEKS > end
            for name in names
        ]
    )
