"""Team totals: what a moderator may see of everyone's work, and the one place that decides it.

Few metrics, over ended calendar months, and no number that rests on fewer than ``MIN_TEAM``
people: not by itself, and not as the difference of two answers. Everything is decided month by
month and a range is the sum of what its months show, so that ranges tell nothing that the months
don't. What belongs to 1 to 4 people is joined into ``other``, with the next smallest slices until
5 stand behind it; a column that rests on 1 to 4, or whose difference from another column does, is
null. Counts of different things can't be added up over months and are null for several.
``docs/summaries.md`` has the reasons.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from analytics.access import MIN_TEAM, OPEN_GROUPS, Forbidden, TooFewPeople
from analytics.metrics.columns import LENGTH_BUCKETS
from analytics.metrics.formulas import handle_seconds, ratio, seconds
from analytics.metrics.results import Result, Row
from analytics.models import (
    Decision,
    PeriodTotals,
    RawValue,
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

# What the slices of fewer than five people are called together.
OTHER = "other"

JOINED_NOTE = f"Values of fewer than {MIN_TEAM} people are joined into “{OTHER}”."
HIDDEN_NOTE = f"A number that rests on fewer than {MIN_TEAM} people is left out."
SINGLE_MONTH_NOTE = "Different videos and moderators are counted of a single month only."

People = frozenset[int]
# (month, moderator) -> counters.
MonthRows = dict[tuple[date, int], CounterRow]


@dataclass(frozen=True)
class Slice:
    """A part of a whole: how much it is, and the moderators it comes from."""

    n: int
    people: People


Slices = Mapping[str, Slice]


def has_enough_people(people: Iterable[int]) -> bool:
    """Whether a number that rests on these people may be shown."""
    return len(frozenset(people)) >= MIN_TEAM


def has_nobody_or_enough_people(people: Iterable[int]) -> bool:
    """Whether a number is nothing at all, or rests on enough people."""
    found = frozenset(people)
    return not found or has_enough_people(found)


def slices_to_join(slices: Slices) -> set[str]:
    """The names of the slices to be joined, so that what is joined rests on enough people.

    The whole less the slices that are shown is what is joined, so it needs enough people too.
    """
    names = {name for name, part in slices.items() if 0 < len(part.people) < MIN_TEAM}
    if not names:
        return names
    if OTHER in slices:
        names.add(OTHER)
    shown = [name for name, part in slices.items() if part.people and name not in names]
    # Fewest people first, then by name: the same choice whoever asks.
    for name in sorted(shown, key=lambda name: (len(slices[name].people), name)):
        if has_enough_people(person for chosen in names for person in slices[chosen].people):
            break
        names.add(name)
    return names


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
        found = [(p, amount(row)) for (at, p), row in self.rows.items() if at == month]
        return Slice(sum(n for _, n in found), frozenset(p for p, n in found if n > 0))

    def require(self, what: str, amount: Callable[[CounterRow], int]) -> None:
        """Raise ``TooFewPeople`` for the first month in which too few have any of ``amount``."""
        for month in self.months:
            if not has_enough_people(self.people(month, amount)):
                raise TooFewPeople(
                    "team",
                    f"{month:%Y-%m} has fewer than {MIN_TEAM} people with {what}",
                )

    def value_slices(self, subject: Subject) -> list[Slices]:
        """The slices of each month by the values of a subject."""
        reader = read_summaries(self.scope)
        found: dict[date, dict[str, dict[int, int]]] = {month: {} for month in self.months}
        for source in reader.session_sources(SessionValue, RawValue):
            rows = source.filter(subject=subject).annotate(month=TruncMonth("day"))
            counted = rows.values_list("month", "value", "moderator_id").annotate(Sum("n"))
            for month, value, person, n in counted.order_by():
                people = found[month].setdefault(value, {})
                people[person] = people.get(person, 0) + n
        return [
            {
                value: Slice(sum(people.values()), frozenset(people))
                for value, people in found[month].items()
            }
            for month in self.months
        ]


def decided_views(row: CounterRow) -> int:
    """Accepted and rejected views."""
    return int(row["accepted"] + row["rejected"])


def decision_slices(team: TeamMonths) -> list[Slices]:
    """The views of each month by decision."""
    amounts: dict[str, Callable[[CounterRow], int]] = {
        Decision.ACCEPTED.value: lambda row: int(row["accepted"]),
        Decision.REJECTED.value: lambda row: int(row["rejected"]),
        Decision.NONE.value: lambda row: int(row["videos"]) - decided_views(row),
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
    names = slice_names(totals, hidden, [each.value for each in Decision])
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

    Where the unknown are joined with a known one, no share is shown: shares would tell how many
    are known, and that how many are not.
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
        shown = set.intersection(*(visible_columns(team, month) for month in team.months))
        _totals, hidden = sum_months(decision_slices(team))
        total = {name: sum(row[name] for row in team.rows.values()) for name in COUNTER_SUMS}
        reader = read_summaries(scope)
        one = len(team.months) == 1
        active_us = total["logged_us"] - total["idle_us"]
        values: Row = {
            "sessions": total["sessions"],
            "moderators": reader.moderators if one else None,
            "videos": total["videos"],
            "unique_videos": reader.unique_videos if one else None,
            "accepted": None if Decision.ACCEPTED.value in hidden else total["accepted"],
            "rejected": None if Decision.REJECTED.value in hidden else total["rejected"],
            "logged_seconds": seconds(total["logged_us"]),
            "idle_seconds": seconds(total["idle_us"]),
            "active_seconds": seconds(active_us),
            "handle_seconds": handle_seconds(active_us, total["timed_decided"]),
        }
    row: Row = {name: value if name in shown else None for name, value in values.items()}
    notes = [] if one else [SINGLE_MONTH_NOTE]
    if hidden or shown != values.keys():
        notes.append(HIDDEN_NOTE)
    return Result([row], notes=notes, n=total["sessions"])


def visible_columns(team: TeamMonths, month: date) -> set[str]:
    """The columns of ``review-summary`` that a month may show.

    Logged time is idle and active time, so it isn't shown beside active time where idle time is
    a few people's. Active over handle time is how many decided views have a known duration: it
    must not tell, by subtraction, the few people's others.
    """

    def people(amount: Callable[[CounterRow], int]) -> People:
        return team.people(month, amount)

    logged = people(lambda row: int(row["timed_sessions"]))
    idle = people(lambda row: int(row["idle_us"]))
    active = people(lambda row: int(row["logged_us"] - row["idle_us"]))
    timed_decided = people(lambda row: int(row["timed_decided"]))
    untimed_decided = people(lambda row: decided_views(row) - int(row["timed_decided"]))
    other_views = people(lambda row: int(row["videos"] - row["timed_decided"]))
    named = people(lambda row: int(row["videos"] - row["unnamed"]))
    unnamed = people(lambda row: int(row["unnamed"]))
    columns = {"sessions", "moderators", "accepted", "rejected"}
    if has_nobody_or_enough_people(people(lambda row: int(row["videos"]))):
        columns.add("videos")
        if has_nobody_or_enough_people(named) and has_nobody_or_enough_people(unnamed):
            columns.add("unique_videos")
    if has_enough_people(logged) and has_nobody_or_enough_people(active):
        columns.add("active_seconds")
        if has_nobody_or_enough_people(idle):
            columns |= {"logged_seconds", "idle_seconds"}
        others = has_nobody_or_enough_people(untimed_decided) and has_nobody_or_enough_people(
            other_views
        )
        if has_enough_people(timed_decided) and others:
            columns.add("handle_seconds")
    elif has_enough_people(logged):
        columns.add("logged_seconds")
    return columns


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
