"""Team totals: what a moderator may see of everyone's work, and the one place that decides it.

Few metrics, over ended calendar months, and no number that rests on fewer than ``MIN_TEAM``
people: not by itself, and not as the difference of two answers. Everything is decided month by
month and a range is the sum of what its months show, so that ranges reveal nothing that the months
don't. What belongs to 1 to 4 people is joined into ``other``, with the next smallest slices until
5 stand behind it; a column that rests on 1 to 4, or from which and others a number can be computed
that does, is null (``team_disclosure``). Counts of different things can't be added up over months
and are null for several.
``docs/summaries.md`` has the reasons.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from analytics.access import MIN_TEAM, OPEN_GROUPS, Forbidden, TooFewPeople
from analytics.metrics.columns import LENGTH_BUCKETS
from analytics.metrics.formulas import handle_seconds, ratio, seconds
from analytics.metrics.results import Result, Row
from analytics.metrics.team_disclosure import (
    OTHER,
    Parts,
    People,
    Slice,
    Slices,
    has_enough_people,
    revealing_nothing,
    reveals_few_people,
    slices_to_join,
)
from analytics.models import (
    Decision,
    PeriodTotals,
    RawTotals,
    RawValue,
    SessionTotals,
    SessionValue,
    Sound,
    Subject,
    ViewStatus,
)
from analytics.scope import Scope
from analytics.summaries.counters import COUNTER_SUMS, CounterRow
from analytics.summaries.reading import read_summaries
from analytics.summaries.rollups import month_of
from analytics.summaries.snapshots import current_state, snapshot

JOINED_NOTE = f"Values of fewer than {MIN_TEAM} people are joined into “{OTHER}”."
HIDDEN_NOTE = f"A number that rests on fewer than {MIN_TEAM} people is left out."
SINGLE_MONTH_NOTE = "Different videos and moderators are counted of a single month only."

DECIDED = (Decision.ACCEPTED.value, Decision.REJECTED.value)
# (month, moderator) -> counters.
MonthRows = dict[tuple[date, int], CounterRow]


def sum_months(months: Sequence[Slices]) -> tuple[dict[str, int], set[str]]:
    """N by name over months, and the names that were joined; ``OTHER`` holds their n."""
    hidden = {name for slices in months for name in slices_to_join(slices)}
    totals: dict[str, int] = defaultdict(int)
    for slices in months:
        for name, part in slices.items():
            totals[OTHER if name in hidden else name] += part.n
    return dict(totals), hidden


class TeamMonths:
    """The months of a scope with the counters of each moderator, from the summaries.

    Durations are in microseconds.
    """

    def __init__(self, scope: Scope) -> None:
        assert scope.start is not None
        assert scope.end is not None
        self.scope = scope
        self.months: list[date] = []
        month = month_of(scope.start)
        while month.start <= scope.end:
            self.months.append(month.start)
            month = month_of(month.stop)
        self.rows = self.load()

    def load(self) -> MonthRows:
        """Read the counters by month and moderator, from roll-ups and the days they lack."""
        built = Q(pk__in=())
        for month in self.months:
            selected = current_state().select_rollups(month, month_of(month).last)
            built |= selected.built
        rows: MonthRows = {}
        monthly = (
            PeriodTotals.objects.filter(built, moderator__isnull=False)
            .annotate(month=TruncMonth("start"))
            .values("month", "moderator_id")
            .annotate(**COUNTER_SUMS)
        )
        for row in monthly.order_by():
            rows[row["month"], row["moderator_id"]] = dict(row)
        for by_session in read_summaries(self.scope).totals_beyond_rollups:
            at = by_session["day"].replace(day=1), by_session["moderator_id"]
            known = rows.setdefault(at, dict.fromkeys(COUNTER_SUMS, 0))
            for name in COUNTER_SUMS:
                known[name] += by_session[name] or 0
        return rows

    def people(self, month: date, amount: Callable[[CounterRow], int]) -> People:
        """The moderators of a month for whom ``amount`` is more than 0."""
        return frozenset(
            person for (at, person), row in self.rows.items() if at == month and amount(row) > 0
        )

    def slice_of(self, month: date, amount: Callable[[CounterRow], int]) -> Slice:
        """The sum of ``amount`` over a month's moderators, and those who have any."""
        amounts = {p: amount(row) for (at, p), row in self.rows.items() if at == month}
        return Slice(sum(amounts.values()), frozenset(p for p, n in amounts.items() if n > 0))

    @cached_property
    def untimed_decisions(self) -> dict[tuple[date, int], Counter[str]]:
        """(month, moderator) -> accepted and rejected views in sessions of unknown duration."""
        untimed: dict[tuple[date, int], Counter[str]] = defaultdict(Counter)
        if all(decided_views(row) == row["timed_decided"] for row in self.rows.values()):
            return untimed
        for source in read_summaries(self.scope).session_sources(SessionTotals, RawTotals):
            rows = source.filter(timed_sessions=0).annotate(month=TruncMonth("day"))
            by_person = rows.values_list("month", "moderator_id").order_by()
            counted = by_person.annotate(Sum("accepted"), Sum("rejected"))
            for month, person, accepted, rejected in counted:
                untimed[month, person].update(accepted=accepted, rejected=rejected)
        return untimed

    def people_by_decision(self, month: date) -> dict[str, People]:
        """The moderators with views of each decision, in sessions of known duration and others."""
        people = {Decision.NONE.value: self.people(month, undecided_views)}
        for name in DECIDED:
            whole = {p: int(row[name]) for (at, p), row in self.rows.items() if at == month}
            untimed = {p: self.untimed_decisions[month, p][name] for p in whole}
            people[f"{name}, timed"] = frozenset(p for p in whole if whole[p] > untimed[p])
            people[f"{name}, untimed"] = frozenset(p for p in whole if untimed[p])
        return people

    def require(self, required: str, amount: Callable[[CounterRow], int]) -> None:
        """Raise ``TooFewPeople`` for the first month in which too few have any of ``amount``.

        ``required``: the words for it ("a video").
        """
        for month in self.months:
            if not has_enough_people(self.people(month, amount)):
                raise TooFewPeople(
                    "team",
                    f"{month:%Y-%m} has fewer than {MIN_TEAM} people with {required}",
                )

    def value_slices(self, subject: Subject) -> list[Slices]:
        """The slices of each month by the values of a subject."""
        reader = read_summaries(self.scope)
        by_month: dict[date, dict[str, dict[int, int]]] = {month: {} for month in self.months}
        for source in reader.session_sources(SessionValue, RawValue):
            rows = source.filter(subject=subject).annotate(month=TruncMonth("day"))
            counted = rows.values_list("month", "value", "moderator_id").annotate(Sum("n"))
            for month, value, person, n in counted.order_by():
                people = by_month[month].setdefault(value, {})
                people[person] = people.get(person, 0) + n
        return [
            {
                value: Slice(sum(people.values()), frozenset(people))
                for value, people in by_month[month].items()
            }
            for month in self.months
        ]


def decided_views(row: CounterRow) -> int:
    """Accepted and rejected views."""
    return int(row["accepted"] + row["rejected"])


def undecided_views(row: CounterRow) -> int:
    """Views that are neither."""
    return int(row["videos"]) - decided_views(row)


def decision_slices(team: TeamMonths) -> list[Slices]:
    """The views of each month by decision."""
    amounts: dict[str, Callable[[CounterRow], int]] = {
        Decision.ACCEPTED.value: lambda row: int(row["accepted"]),
        Decision.REJECTED.value: lambda row: int(row["rejected"]),
        Decision.NONE.value: undecided_views,
    }
    return [
        {name: team.slice_of(month, amount) for name, amount in amounts.items()}
        for month in team.months
    ]


def sound_slices(team: TeamMonths) -> list[Slices]:
    """The views of each month by sound, the unknown too: the whole is all views."""
    amounts: dict[str, Callable[[CounterRow], int]] = {
        Sound.MUTED.value: lambda row: int(row["muted"]),
        Sound.UNMUTED.value: lambda row: int(row["unmuted"]),
        Sound.UNKNOWN.value: lambda row: int(row["videos"] - row["muted"] - row["unmuted"]),
    }
    return [
        {name: team.slice_of(month, amount) for name, amount in amounts.items()}
        for month in team.months
    ]


def slice_names(
    totals: Mapping[str, int], hidden: set[str], always: Sequence[str], last: str = ""
) -> list[str]:
    """The names to show in order: ``always``, others by name, ``last`` if any, ``OTHER`` if any."""
    first = [name for name in always if name not in hidden]
    between = sorted(name for name in totals if name not in (*always, last, OTHER))
    if OTHER in totals and not hidden:
        # A value of the data that happens to have this name.
        between = sorted([*between, OTHER])
    ends = [last] if last and totals.get(last) else []
    return [*first, *between, *ends, *([OTHER] if hidden else [])]


def joined_note(hidden: set[str]) -> list[str]:
    """The note that slices were joined, if any were."""
    return [JOINED_NOTE] if hidden else []


def decisions(scope: Scope) -> Result:
    """``decisions`` over a team's months."""
    team = TeamMonths(scope)
    team.require("a decided video", decided_views)
    totals, hidden = sum_months(decision_slices(team))
    n = sum(totals.values())
    names = slice_names(totals, hidden, [decision.value for decision in Decision])
    rows: list[Row] = [
        {"decision": name, "videos": totals.get(name, 0), "share": ratio(totals.get(name, 0), n)}
        for name in names
    ]
    return Result(rows, notes=joined_note(hidden), n=n)


def video_status(scope: Scope) -> Result:
    """``video-status`` over a team's months."""
    team = TeamMonths(scope)
    team.require("a video", lambda row: int(row["videos"]))
    totals, hidden = sum_months(team.value_slices(Subject.STATUS))
    n = sum(totals.values())
    always = [ViewStatus.COMPLETED.value, ViewStatus.PARTIAL.value, ViewStatus.NOT_STARTED.value]
    rows: list[Row] = [
        {"status": name, "videos": totals.get(name, 0), "share": ratio(totals.get(name, 0), n)}
        for name in slice_names(totals, hidden, always, ViewStatus.UNKNOWN.value)
    ]
    return Result(rows, notes=joined_note(hidden), n=n)


def sound_status(scope: Scope) -> Result:
    """``sound-status`` over a team's months.

    Where the unknown are joined with a known one, no share is shown: from shares follows how many
    are known, and so how many are not.
    """
    team = TeamMonths(scope)
    team.require("known sound", lambda row: int(row["muted"] + row["unmuted"]))
    totals, hidden = sum_months(sound_slices(team))
    muted, unmuted = Sound.MUTED.value, Sound.UNMUTED.value
    known = None if hidden else totals[muted] + totals[unmuted]
    rows: list[Row] = [
        {
            "sound": name,
            "videos": totals.get(name, 0),
            "share": ratio(totals[name], known) if known and name in (muted, unmuted) else None,
        }
        for name in slice_names(totals, hidden, [muted, unmuted], Sound.UNKNOWN.value)
    ]
    summary: Row = {
        "known": known,
        "muted": None if muted in hidden else totals[muted],
        "unmuted": None if unmuted in hidden else totals[unmuted],
        "muted_share": ratio(totals[muted], known) if known else None,
    }
    return Result(rows, summary, joined_note(hidden), n=known)


def session_duration(scope: Scope) -> Result:
    """``session-duration`` over a team's months."""
    team = TeamMonths(scope)
    team.require("a session of known duration", lambda row: int(row["timed_sessions"]))
    totals, hidden = sum_months(team.value_slices(Subject.LENGTH))
    rows: list[Row] = [
        {"bucket": name, "sessions": totals.get(name, 0)}
        for name in slice_names(totals, hidden, LENGTH_BUCKETS, "unknown")
    ]
    return Result(rows, notes=joined_note(hidden), n=sum(totals.values()))


def review_summary(scope: Scope) -> Result:
    """``review-summary`` over a team's months: the columns that every month may show."""
    with snapshot():
        team = TeamMonths(scope)
        team.require("a session", lambda row: int(row["sessions"]))
        visible = set.intersection(*(visible_columns(team, month) for month in team.months))
        _totals, hidden = sum_months(decision_slices(team))
        total = {name: sum(row[name] for row in team.rows.values()) for name in COUNTER_SUMS}
        reader = read_summaries(scope)
        is_one_month = len(team.months) == 1
        active_us = total["logged_us"] - total["idle_us"]
        values: Row = {
            "sessions": total["sessions"],
            "moderators": reader.moderators if is_one_month else None,
            "videos": total["videos"],
            "unique_videos": reader.unique_videos if is_one_month else None,
            "accepted": None if Decision.ACCEPTED.value in hidden else total["accepted"],
            "rejected": None if Decision.REJECTED.value in hidden else total["rejected"],
            "logged_seconds": seconds(total["logged_us"]),
            "idle_seconds": seconds(total["idle_us"]),
            "active_seconds": seconds(active_us),
            "handle_seconds": handle_seconds(active_us, total["timed_decided"]),
        }
    row: Row = {name: value if name in visible else None for name, value in values.items()}
    notes = [] if is_one_month else [SINGLE_MONTH_NOTE]
    if hidden or visible != values.keys():
        notes.append(HIDDEN_NOTE)
    are_shown = {"idle_seconds", "logged_seconds"} <= visible
    share = ratio(total["idle_us"], total["logged_us"]) if are_shown else None
    return Result([row], notes=notes, n=total["sessions"], summary={"idle_share": share})


def visible_columns(team: TeamMonths, month: date) -> set[str]:
    """The columns of ``review-summary`` that a month may show."""
    columns = {"sessions", "moderators", "accepted", "rejected"}
    named = {
        "named": team.people(month, lambda row: int(row["videos"] - row["unnamed"])),
        "unnamed": team.people(month, lambda row: int(row["unnamed"])),
    }
    columns |= revealing_nothing(
        {"videos": frozenset(named), "unique_videos": frozenset({"named"})}, named
    )
    if not has_enough_people(team.people(month, lambda row: int(row["timed_sessions"]))):
        return columns
    times = {
        "active": team.people(month, lambda row: int(row["logged_us"] - row["idle_us"])),
        "idle": team.people(month, lambda row: int(row["idle_us"])),
    }
    columns |= revealing_nothing(
        {
            "active_seconds": frozenset({"active"}),
            "logged_seconds": frozenset(times),
            "idle_seconds": frozenset({"idle"}),
        },
        times,
    )
    if "active_seconds" in columns and may_show_handle_time(team, month):
        columns.add("handle_seconds")
    return columns


def may_show_handle_time(team: TeamMonths, month: date) -> bool:
    """Whether handle time may be shown: active time over it is the number of timed decided views.

    That is one more number beside the decisions, shown or joined, of ``decisions``.
    """
    people = team.people_by_decision(month)
    timed = frozenset(f"{name}, timed" for name in DECIDED)
    if not has_enough_people(person for part in timed for person in people[part]):
        return False
    slices = decision_slices(team)[team.months.index(month)]
    joined = slices_to_join(slices)
    parts = {name: frozenset(part for part in people if part.startswith(name)) for name in slices}
    known: list[Parts] = [parts[name] for name in slices if name not in joined]
    known.append(frozenset(part for name in joined for part in parts[name]))
    return not reveals_few_people([*known, timed], people)


# The metrics that moderators may ask for the team, and how.
TEAM_METRICS: Mapping[str, Callable[[Scope], Result]] = {
    "review-summary": review_summary,
    "decisions": decisions,
    "video-status": video_status,
    "sound-status": sound_status,
    "session-duration": session_duration,
}


def is_metric_allowed(slug: str, group: str, scope: Scope) -> bool:
    """Whether a metric can be asked with a scope as far as team totals go."""
    return not scope.is_team_totals or slug in TEAM_METRICS or group in OPEN_GROUPS


def require_team_metric(slug: str, group: str, scope: Scope) -> None:
    """Raise ``Forbidden`` for a metric that is not among the team's totals."""
    if not is_metric_allowed(slug, group, scope):
        raise Forbidden("team", f"{slug} is not among the team's totals; ask for your own")
