"""The demo's review sessions: 40 moderators over 120 days up to now, as session documents.

They go in the way everybody's do, through the store of ``analytics.imports``. The same seed
and moment give the same documents, whatever the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from analytics.demo.library import Library
from analytics.demo.people import DemoModerator, cast
from analytics.demo.seasons import presence
from analytics.demo.sitting import Document, Sitting
from analytics.demo.world import DAYS

SEED = 2026


@dataclass(frozen=True)
class Day:
    """The documents of one day of the demo; one a person, with that person's sessions."""

    number: int
    documents: list[Document]
    sessions: int


def days(now: datetime, seed: int = SEED) -> Iterator[Day]:
    """Yield the demo's ``DAYS`` days in order; nothing in them is later than ``now`` (aware).

    Sessions that go on at ``now`` are open: they have the videos so far, and no end.
    """
    rng = Random(f"review sessions {seed}")  # noqa: S311  # the same for the same seed
    people = cast(rng)
    library = Library()
    first = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first -= timedelta(days=DAYS - 1)
    count = 0
    for number in range(DAYS):
        midnight = first + timedelta(days=number)
        planned = sorted(
            _plan(people, number, midnight, rng), key=lambda plan: (plan[0], plan[1].username)
        )
        by_person: dict[str, list[Document]] = {}
        for started_at, person, seconds in planned:
            if started_at >= now:
                continue
            count += 1
            session = _session(rng, library, person, number, started_at, seconds, now, count)
            by_person.setdefault(person.username, []).append(session)
        documents: list[Document] = [
            {"username": username, "sessions": sessions} for username, sessions in by_person.items()
        ]
        yield Day(number, documents, sum(len(sessions) for sessions in by_person.values()))


def _plan(
    people: list[DemoModerator], number: int, midnight: datetime, rng: Random
) -> Iterator[tuple[datetime, DemoModerator, float]]:
    """Yield start, person and intended seconds of the sessions of one day."""
    weekday = midnight.weekday()
    for person in people:
        if not person.works(number, weekday) or rng.random() > presence(number, weekday):
            continue
        start = midnight + timedelta(hours=person.shift_hour, seconds=rng.uniform(60, 2400))
        for _ in range(rng.choices((1, 2, 3), (66, 29, 5))[0]):
            seconds = _length(rng)
            yield start, person, seconds
            # Other work and a break before the next one.
            start += timedelta(seconds=seconds * 1.4 + rng.uniform(1200, 7200))


def _length(rng: Random) -> float:
    """How many seconds a session is meant to last: mostly a quarter to a full hour."""
    if rng.random() < 0.04:
        return rng.uniform(4, 110)
    return min(7_500.0, max(120.0, rng.lognormvariate(7.2, 0.65)))


def _session(
    rng: Random,
    library: Library,
    person: DemoModerator,
    number: int,
    started_at: datetime,
    seconds: float,
    now: datetime,
    count: int,
) -> Document:
    """A session's document; cut short and open when it is still going on."""
    so_far = (now - started_at).total_seconds()
    sitting = Sitting(rng, person, number, started_at)
    sitting.run(min(seconds, so_far), library)
    # A pause may have gone beyond the end that was meant.
    still_on = sitting.seconds >= so_far or seconds >= so_far
    # Now and then a browser died and the end was never sent.
    lost = rng.random() < 0.008
    return sitting.document(f"session-{count:04d}", open_ended=still_on or lost)
