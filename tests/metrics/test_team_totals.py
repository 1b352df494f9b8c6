"""Team totals: nothing that rests on fewer than five people, by itself or by subtraction.

Random people, kinds of data and months; everything that a moderator may ask is asked, and every
number is held against the people whose records are behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations, product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.access import MIN_TEAM, Forbidden, ScopeError, TooFewPeople
from analytics.metrics.registry import METRICS
from analytics.metrics.team_totals import TEAM_METRICS, slice_names
from analytics.models import Moderator
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.snapshots import snapshot
from tests.brute import PlainSession, PlainView
from tests.factory import write_sessions

MONTHS = (date(2026, 1, 1), date(2026, 2, 1))
ENDS = (date(2026, 1, 31), date(2026, 2, 28))
RANGES = tuple((first, last) for first in range(len(MONTHS)) for last in range(first, len(MONTHS)))
SECOND_US = 1_000_000
# Records, and how the number of them is called.
Sets = dict[frozenset[Any], str]


@dataclass(frozen=True)
class Person:
    """A moderator who sees only their own work."""

    moderator: Moderator
    sees_everyone: bool = False
    is_portal_admin: bool = False


# What one person does in a month: (seconds or unknown, idle seconds, views).
VIEW = st.tuples(
    st.sampled_from(("", "a", "q")),
    st.sampled_from(("completed", "partial", "Skipped", "other", "unknown")),
    st.sampled_from(("muted", "unmuted", "unknown")),
    st.sampled_from((None, "v1", "v2", "v3")),
)
SESSION = st.tuples(
    st.sampled_from((None, 20, 45, 400)), st.sampled_from((0, 0, 5)), st.lists(VIEW, max_size=2)
)
# Most people do what most people do, a few something of their own.
USUAL = (400, 0, [("a", "completed", "muted", "v1"), ("q", "partial", "unmuted", "v2")])
SESSIONS = st.lists(st.one_of(st.just(USUAL), st.just(USUAL), SESSION), max_size=2)
# Dense: so many people in most months that there are answers to compare.
BUSY = st.lists(st.one_of(st.just(USUAL), SESSION), min_size=1, max_size=2)
WORLD = st.lists(
    st.tuples(*[st.one_of(BUSY, BUSY, SESSIONS)] * len(MONTHS)), min_size=5, max_size=8
)


def few_differ(other: Any, *, few: int = 1, people: int = 6) -> list[Any]:
    """A world of usual months, in which ``few`` people have a session of another kind, too."""
    usual = [([USUAL], [USUAL]) for _ in range(people - few)]
    return [*usual, *[([USUAL, other], [USUAL]) for _ in range(few)]]


ACCEPTED = ("a", "completed", "muted", "v1")
REJECTED = ("q", "completed", "muted", "v1")
UNDECIDED = ("", "completed", "muted", "v1")

# A number of few people by itself, or by what two answers differ in.
ATTACKS = {
    "no decision": few_differ((400, 0, [("", "completed", "muted", "v1")])),
    "no decision of four": few_differ((400, 0, [("", "completed", "muted", "v1")]), few=4),
    "a status of its own": few_differ((400, 0, [("a", "Skipped", "muted", "v1")])),
    "a status named other": few_differ((400, 0, [("a", "other", "muted", "v1")])),
    "unknown status": few_differ((400, 0, [("a", "unknown", "muted", "v1")])),
    "unknown sound": few_differ((400, 0, [("a", "completed", "unknown", "v1")])),
    "unknown video": few_differ((400, 0, [("a", "completed", "muted", None)])),
    "idle": few_differ((400, 5, [])),
    "idle of four": few_differ((400, 5, []), few=4),
    "another length": few_differ((20, 0, [])),
    "no duration": few_differ((None, 0, [])),
    "no duration, decided": few_differ((None, 0, [("a", "completed", "muted", "v1")])),
    "no duration, undecided": few_differ((None, 0, [("", "completed", "muted", "v1")])),
    # Sessions without a view: the views of a month rest on fewer people than its sessions.
    "no views": [([USUAL], [USUAL])] * 5 + [([(400, 0, [])], [])],
    "views of four": [([USUAL], [USUAL])] * 4 + [([(400, 0, [])], [USUAL])] * 2,
    "decided by four": [([USUAL], [USUAL])] * 4
    + [([(400, 0, [("", "partial", "muted", "v1")])], [USUAL])] * 2,
    # A month that few worked in, beside one that many did: asked for by itself and with the other.
    "a month of four": [([USUAL], [USUAL])] * 4 + [([USUAL], [])] * 2,
    "a month of nobody": [([USUAL], [])] * 6,
    # What one month hides another shows: a range must not give the difference.
    "few in one month only": [([USUAL], [(400, 0, [("", "completed", "muted", "v1")])])] * 5
    + [([(400, 0, [("", "completed", "muted", "v1")])], [USUAL])],
    # Active over handle time is how many are decided: less the accepted, the rejected of two.
    "rejected by two": [([(400, 0, [ACCEPTED, UNDECIDED])], [USUAL])] * 6
    + [([(400, 0, [ACCEPTED, REJECTED])], [USUAL])] * 2,
    "rejected by two, with sessions of unknown duration": [
        ([(400, 0, [ACCEPTED, UNDECIDED]), (None, 0, [REJECTED])], [USUAL])
    ]
    * 6
    + [([(400, 0, [ACCEPTED, REJECTED])], [USUAL])] * 2,
    "accepted in timed sessions by two": [
        ([(400, 0, [REJECTED]), (None, 0, [ACCEPTED, UNDECIDED])], [USUAL])
    ]
    * 6
    + [([(400, 0, [ACCEPTED, REJECTED])], [USUAL])] * 2,
    # Two slices of few people each, five together.
    "two and three": [([USUAL], [USUAL])] * 5
    + [([(400, 0, [("a", "Skipped", "muted", "v1")])], [])] * 2
    + [([(400, 0, [("a", "unknown", "muted", "v1")])], [])] * 3,
}


def build(world: Any) -> list[PlainSession]:
    """Write the world's sessions."""
    sessions = [
        PlainSession(
            public_id=f"{person}-{month}-{number}",
            moderator=f"m{person}",
            started_at=datetime(month.year, month.month, 3 + person, 12, tzinfo=UTC),
            duration_us=None if length is None else length * SECOND_US,
            views=[
                PlainView(video=video, status=status, keys=list(keys), sound=sound)
                for keys, status, sound, video in views
            ],
            idle=[("pause", idle * SECOND_US, None)] if idle else [],
            queues=[],
        )
        for person, months in enumerate(world)
        for month, done in zip(MONTHS, months, strict=True)
        for number, (length, idle, views) in enumerate(done)
    ]
    write_sessions(sessions)
    return sessions


@dataclass(frozen=True)
class Number:
    """A number that a moderator knows: what it counts, and the records behind it.

    ``counts`` names numbers of which one is known to be a part of the other: views by decision
    are no part of those by sound.
    """

    counts: str
    label: str
    records: frozenset[Any]

    def people(self) -> set[str]:
        return {record[1] for record in self.records}


class Oracle:
    """What is behind each answer, from loops over the sessions that were written."""

    def __init__(self, sessions: list[PlainSession]) -> None:
        self.sessions = sessions

    def within(self, first: int, last: int) -> list[PlainSession]:
        return [s for s in self.sessions if MONTHS[first] <= s.started_at.date() <= ENDS[last]]

    def records(self, slug: str, name: str | None, first: int, last: int) -> frozenset[Any]:
        """Sessions or views as (id, moderator); ``name``: of that value only."""
        found = set()
        for session in self.within(first, last):
            if slug == "session-duration":
                if name is None or bucket(session) == name:
                    found.add((session.public_id, session.moderator))
                continue
            for number, view in enumerate(session.views):
                value = {
                    "decisions": view.decision,
                    "video-status": view.status,
                    "sound-status": view.sound,
                }[slug]
                if name is None or value == name:
                    found.add(((session.public_id, number), session.moderator))
        return frozenset(found)

    def views(self, first: int, last: int, keep: Any) -> frozenset[Any]:
        return frozenset(
            ((session.public_id, number), session.moderator)
            for session in self.within(first, last)
            for number, view in enumerate(session.views)
            if keep(session, view)
        )


def bucket(session: PlainSession) -> str:
    lengths = {None: "unknown", 20: "0-30s", 45: "31-60s", 400: "301-600s"}
    us = session.duration_us
    return lengths[None if us is None else us // SECOND_US]


COLUMN = {
    "decisions": ("decision", "videos"),
    "video-status": ("status", "videos"),
    "sound-status": ("sound", "videos"),
    "session-duration": ("bucket", "sessions"),
}


def slices_known(oracle: Oracle, slug: str, first: int, last: int, result: Any) -> Iterator[Number]:
    """The numbers of one answer by value, and every sum of them; each is checked."""
    key, column = COLUMN[slug]
    counts = "sessions" if column == "sessions" else slug
    whole = oracle.records(slug, None, first, last)
    behind: dict[str, frozenset[Any]] = {}
    for row in result.rows:
        if row[key] != "other":
            behind[row[key]] = oracle.records(slug, row[key], first, last)
    for row in result.rows:
        if row[key] == "other":
            behind["other"] = whole - frozenset().union(*behind.values())
    for row in result.rows:
        assert row[column] == len(behind[row[key]]), (slug, first, last, row)
    assert frozenset().union(*behind.values()) == whole
    for size in range(1, len(behind) + 1):
        for chosen in combinations(behind, size):
            records = frozenset().union(*(behind[name] for name in chosen))
            yield Number(counts, f"{slug} {chosen} {first}-{last}", records)
    if result.summary is not None and result.summary["known"] is not None:
        known = behind["muted"] | behind["unmuted"]
        assert result.summary["known"] == len(known)
        yield Number(counts, f"known sound {first}-{last}", known)
    if any(row.get("share") is not None for row in result.rows) and slug == "sound-status":
        assert result.summary["known"] is not None


def summary_known(oracle: Oracle, first: int, last: int, row: dict[str, Any]) -> Iterator[Number]:
    """The numbers of ``review-summary``, those too that its quotients tell; each is checked."""
    sessions = oracle.within(first, last)
    timed = [s for s in sessions if s.duration_us is not None]

    def views(label: str, keep: Any, counts: str = "decisions") -> Number:
        return Number(counts, f"{label} {first}-{last}", oracle.views(first, last, keep))

    def decides(_session: PlainSession, view: PlainView) -> bool:
        return view.decision != "none"

    everything = frozenset((s.public_id, s.moderator) for s in sessions)
    yield Number("sessions", f"sessions {first}-{last}", everything)
    assert row["sessions"] == len(sessions)
    for name, keep in (
        ("videos", lambda s, v: True),
        ("accepted", lambda s, v: v.decision == "accepted"),
        ("rejected", lambda s, v: v.decision == "rejected"),
    ):
        if row[name] is not None:
            known = views(name, keep)
            assert row[name] == len(known.records)
            yield known
    if row["videos"] is not None:
        for counts in ("video-status", "sound-status", "named"):
            yield views("videos", lambda s, v: True, counts)
    yield from distinct_known(oracle, first, last, row)
    if row["handle_seconds"] is not None:
        yield views("timed decided", lambda s, v: s.duration_us is not None and decides(s, v))
    yield from times_known(timed, f"{first}-{last}", row)


def distinct_known(oracle: Oracle, first: int, last: int, row: dict[str, Any]) -> Iterator[Number]:
    """What is counted once each: of single months only."""
    sessions = oracle.within(first, last)
    if row["unique_videos"] is not None:
        assert first == last
        assert row["unique_videos"] == len({v.video for s in sessions for v in s.views} - {None})
        named = oracle.views(first, last, lambda s, v: v.video is not None)
        yield Number("named", f"named {first}-{last}", named)
    if row["moderators"] is not None:
        assert (first, row["moderators"]) == (last, len({s.moderator for s in sessions}))


def times_known(timed: list[PlainSession], months: str, row: dict[str, Any]) -> Iterator[Number]:
    """The times of ``review-summary``: idle time is also logged time less active time."""
    idle = frozenset((s.public_id, s.moderator) for s in timed if s.idle)
    logged = frozenset((s.public_id, s.moderator) for s in timed)
    for name, records in (("logged", logged), ("idle", idle), ("active", logged)):
        if row[f"{name}_seconds"] is not None:
            yield Number(f"{name} time", f"{name} {months}", records)
    if row["logged_seconds"] is not None and row["active_seconds"] is not None:
        yield Number("idle time", f"logged less active {months}", idle)


def assert_nobody_is_told(numbers: list[Number]) -> None:
    """No number rests on 1 to 4 people, nor one that is reckoned from two or three others."""
    by_kind: dict[str, Sets] = {}
    for number in numbers:
        by_kind.setdefault(number.counts, {})[number.records] = number.label
    for kind, sets in by_kind.items():
        for records, label in differences(differences(sets, sets), sets).items():
            people = Number(kind, label, records).people()
            assert not 0 < len(people) < MIN_TEAM, f"{kind}: {label}"


def differences(wholes: Sets, parts: Sets) -> Sets:
    """The wholes, and what each has more than a part of it."""
    found = dict(wholes)
    for whole, part in product(wholes, parts):
        if part < whole:
            found.setdefault(whole - part, f"({wholes[whole]} less {parts[part]})")
    return found


def everything_asked(oracle: Oracle, viewer: Any) -> list[Number]:
    """Ask every team metric over every range of months; returns what is known then."""
    numbers: list[Number] = []
    for slug in TEAM_METRICS:
        for first, last in RANGES:
            try:
                result = METRICS[slug](team_scope(viewer, first, last))
            except TooFewPeople:
                continue
            assert not any(char.isdigit() for note in result.notes for char in note if char != "5")
            if slug == "review-summary":
                numbers += summary_known(oracle, first, last, result.rows[0])
            else:
                numbers += slices_known(oracle, slug, first, last, result)
    return numbers


def team_scope(viewer: Any, first: int, last: int) -> Scope:
    """Everyone's totals of the months from the first to the last."""
    return Scope(viewer, start=MONTHS[first], end=ENDS[last], team=True)


def check(world: Any, *, refreshed: bool) -> list[Number]:
    """Build the world, ask everything, and hold it against the people behind it."""
    with transaction.atomic():
        own = Moderator.objects.create(username="asks")
        oracle = Oracle(build(world))
        if refreshed:
            writing.refresh()
        with snapshot():
            numbers = everything_asked(oracle, Person(own))
        assert_nobody_is_told(numbers)
        transaction.set_rollback(True)
    return numbers


@pytest.mark.django_db
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLD, refreshed=st.booleans())
def test_nothing_tells_of_fewer_than_five_people(world: Any, refreshed: bool) -> None:
    check(world, refreshed=refreshed)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ATTACKS)
def test_a_known_attack_tells_nothing(name: str) -> None:
    check(ATTACKS[name], refreshed=False)


@pytest.mark.django_db
@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize(("people", "answers"), [(4, 0), (5, 5)])
def test_five_people_are_enough_and_four_are_not(
    people: int, answers: int, *, refreshed: bool
) -> None:
    numbers = check([([USUAL], [USUAL])] * people, refreshed=refreshed)
    answered = {number.counts for number in numbers}
    assert bool(answered) is bool(answers)
    if answers:
        assert answered >= {"decisions", "video-status", "sound-status", "sessions", "active time"}


@pytest.mark.django_db
def test_all_other_metrics_of_people_are_refused() -> None:
    viewer = Person(Moderator.objects.create(username="asks"))
    build([([USUAL], [USUAL])] * 6)
    scope = team_scope(viewer, 0, 1)
    for slug, metric in METRICS.items():
        open_to_all = slug in TEAM_METRICS or metric.group in ("engagement", "recommendations")
        assert metric.is_allowed(scope) is open_to_all, slug
        if not open_to_all:
            with pytest.raises((Forbidden, ScopeError)):
                metric(scope)


@pytest.mark.django_db
def test_the_sound_of_five_people_who_all_have_both() -> None:
    viewer = Person(Moderator.objects.create(username="asks"))
    build([([USUAL], [USUAL])] * 5)
    result = METRICS["sound-status"](team_scope(viewer, 0, 0))
    assert result.rows == [
        {"sound": "muted", "videos": 5, "share": 0.5},
        {"sound": "unmuted", "videos": 5, "share": 0.5},
    ]
    assert result.summary == {"known": 10, "muted": 5, "unmuted": 5, "muted_share": 0.5}
    assert (result.n, result.notes) == (10, [])


@pytest.mark.parametrize(
    ("totals", "hidden", "last", "names"),
    [
        ({"a": 1, "b": 2}, set(), "", ["b", "c", "a"]),
        # A value of the data with this name stands among the others.
        ({"a": 1, "other": 2, "z": 3}, set(), "", ["b", "c", "a", "other", "z"]),
        ({"a": 1, "other": 2}, {"b", "z"}, "", ["c", "a", "other"]),
        ({"a": 1, "unknown": 2}, set(), "unknown", ["b", "c", "a", "unknown"]),
        ({"a": 1, "unknown": 0}, set(), "unknown", ["b", "c", "a"]),
        ({"unknown": 1, "other": 2}, {"c"}, "unknown", ["b", "unknown", "other"]),
    ],
)
def test_names_of_slices_are_in_one_order(
    totals: dict[str, int], hidden: set[str], last: str, names: list[str]
) -> None:
    assert slice_names(totals, hidden, ["b", "c"], last) == names
