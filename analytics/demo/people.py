"""The cast of the demo: forty moderators, each with habits of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from analytics.demo.seasons import APPEALS, DAYS, QUEUES

NAMES = [
    "amara.okafor",
    "aisha.rahman",
    "bilal.haddad",
    "carmen.ortiz",
    "chen.wei",
    "chidi.eze",
    "dana.kowalski",
    "daniel.berg",
    "elif.yilmaz",
    "emeka.obi",
    "farah.nasser",
    "fatima.zahra",
    "felix.brandt",
    "giulia.ricci",
    "hana.sato",
    "henrik.lund",
    "ines.duarte",
    "isaac.mensah",
    "jamal.carter",
    "jana.novotna",
    "kofi.asante",
    "lena.fischer",
    "li.na",
    "lucas.moreau",
    "maja.nilsson",
    "marta.silva",
    "mateo.vargas",
    "mei.lin",
    "mohammed.ali",
    "nadia.petrova",
    "noor.khan",
    "olga.ivanova",
    "omar.farouk",
    "priya.sharma",
    "rafael.costa",
    "sofia.rossi",
    "tomas.novak",
    "tariq.aziz",
    "yuki.tanaka",
    "zoë.lefèvre",
]

# Where people sit: hours from UTC, as their computers write times ("Z" for most tools).
OFFSETS = (0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 5.5, -5.0)


@dataclass(frozen=True)
class DemoModerator:
    """A moderator's habits. Days are counted from the demo's first, 0, to its last."""

    username: str
    pace_seconds: float
    strictness: float
    """Added to the logit of the reject rate."""
    completes: float
    """Share of the videos watched to the end; the rest is broken off or not started."""
    undecided: float
    mutes: float
    favourite_speed: float
    idle_per_hour: float
    shift_hour: int
    offset_hours: float
    days_off: frozenset[int]
    """Weekdays without work, Monday 0."""
    away: range
    first_day: int
    last_day: int
    queues: tuple[str, ...]

    def works(self, day: int, weekday: int) -> bool:
        """Whether the person is due on a day of the demo."""
        return (
            self.first_day <= day <= self.last_day
            and weekday not in self.days_off
            and day not in self.away
        )

    def pace_on(self, day: int) -> float:
        """The typical seconds a video takes the person on a day: newcomers learn."""
        weeks = (day - self.first_day) / 7
        learning = 0.7 * 0.6**weeks if self.first_day > 0 else 0.0
        return self.pace_seconds * (1 + learning)


def cast(rng: Random) -> list[DemoModerator]:
    """The moderators, drawn once for all days of the demo."""
    people = [_ordinary(username, rng) for username in NAMES]
    return [CHARACTERS.get(person.username, replace)(person) for person in people]


def _ordinary(username: str, rng: Random) -> DemoModerator:
    """Return somebody in the middle of the team's spread."""
    holiday = rng.randrange(DAYS)
    others = [name for name in QUEUES if name != APPEALS]
    return DemoModerator(
        username=username,
        pace_seconds=rng.lognormvariate(3.55, 0.2),
        strictness=rng.gauss(0, 0.12),
        completes=min(0.93, max(0.55, rng.gauss(0.74, 0.06))),
        undecided=rng.uniform(0.05, 0.16),
        mutes=rng.betavariate(3, 2.2),
        favourite_speed=rng.choice((1.0, 1.25, 1.25, 1.5, 1.5, 1.5, 1.75, 2.0)),
        idle_per_hour=rng.uniform(2.0, 6.5),
        shift_hour=rng.choice((6, 6, 8, 8, 9, 9, 13, 14)),
        offset_hours=rng.choice(OFFSETS),
        days_off=frozenset(rng.choice(((5, 6), (5, 6), (5, 6), (5, 6), (0, 1), (2, 3)))),
        away=range(holiday, holiday + rng.choice((4, 7, 11, 14))),
        first_day=0,
        last_day=DAYS - 1,
        # Appeals are everybody's: that is the queue that grows.
        queues=(*rng.sample(others, rng.choice((2, 3, 3, 4))), APPEALS),
    )


# The people the demo has a story about.
CHARACTERS: dict[str, Callable[[DemoModerator], DemoModerator]] = {
    # Skips: hardly ever watches to the end, and decides all the same.
    "tomas.novak": lambda person: replace(
        person, completes=0.21, undecided=0.24, pace_seconds=17.0, favourite_speed=2.0
    ),
    # Rejects much more than the others.
    "henrik.lund": lambda person: replace(person, strictness=0.95),
    # Slow and thorough.
    "olga.ivanova": lambda person: replace(
        person, pace_seconds=82.0, completes=0.92, favourite_speed=1.0
    ),
    # Fast, and as thorough as anybody.
    "li.na": lambda person: replace(person, pace_seconds=19.0, favourite_speed=2.0),
    # Came late and is still learning.
    "maja.nilsson": lambda person: replace(person, first_day=DAYS - 50, away=range(0)),
    # Left.
    "jamal.carter": lambda person: replace(person, last_day=DAYS - 35),
}
