"""What changed in a scope since the period before, for the page, the API and workbooks."""

from collections.abc import Callable

from cachetools import cached

from analytics.access import OPEN_GROUPS, ScopeError
from analytics.display import plain
from analytics.formatting import join_names
from analytics.insights.change_sources import SOURCES, candidate_lists
from analytics.insights.period_changes import ChangeList, PeriodChanges, judge_lists
from analytics.insights.registry import PARAMETERS
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.coverage import Against, earlier, period_before
from analytics.metrics.result_cache import cache_key, without_viewer
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: A comparison, with its words.
COMPARISON_BYTES = 700
#: Those of all lists that are kept.
MAX_BYTES = 1_500 * COMPARISON_BYTES
#: What the groups of metrics are about, for people.
GROUP_WORDS = {
    "review": "review work",
    "moderators": "performance rows",
    "engagement": "chat sessions",
    "recommendations": "recommendations",
}
TEAM_REASON = "a team's months are not compared; ask for your own work"
DATES_REASON = "choose a first and a last day; all dates have no period before"


@read
def what_changed(scope: Scope, against: Against = "previous") -> PeriodChanges:
    """Compare a scope with an earlier period: same length, same weekdays.

    Raises ``ScopeError`` for a session.
    """
    if scope.session is not None:
        raise ScopeError("session", f"changes take {', '.join(PARAMETERS)} only")
    if scope.is_team_totals:
        return PeriodChanges(scope, None, TEAM_REASON)
    previous = earlier(scope, against)
    if previous is None:
        return PeriodChanges(scope, None, DATES_REASON)
    with snapshot():
        reasons = uncovered(scope, against)
        lists = cached_lists(compute_lists, without_viewer(scope), against)
    if not lists:
        return PeriodChanges(scope, None, next(iter(reasons), "there are no data"))
    return PeriodChanges(scope, previous, ", ".join(reasons), lists)


def uncovered(scope: Scope, against: Against) -> list[str]:
    """Why kinds of data are not compared: ``review work: data begin on 29 July``."""
    by_reason: dict[str, list[str]] = {}
    for group in SOURCES:
        if scope.moderator is not None and group in OPEN_GROUPS:
            continue
        before = period_before(group, scope, against)
        if before.scope is None and before.reason:
            by_reason.setdefault(before.reason, []).append(GROUP_WORDS[group])
    return [f"{join_names(names, max_names=4)}: {why}" for why, names in by_reason.items()]


def compute_lists(scope: Scope, against: Against) -> tuple[ChangeList, ...]:
    """The lists of a scope, judged."""
    return judge_lists(candidate_lists(scope, against))


def size_of(lists: tuple[ChangeList, ...]) -> int:
    """The memory that lists take, as good as all of it."""
    return COMPARISON_BYTES * sum(len(one.comparisons) for one in lists)


@cached(KeptThings(MAX_BYTES, size_of), key=cache_key, lock=kept_lock)
@plain
def cached_lists(
    compute: Callable[[Scope, Against], tuple[ChangeList, ...]], scope: Scope, against: Against
) -> tuple[ChangeList, ...]:
    """``compute(scope, against)``, cached as metrics are; must be called inside a snapshot."""
    return compute(scope, against)
