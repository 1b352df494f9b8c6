"""The cast of the demo: forty moderators, each with habits of their own."""

from dataclasses import dataclass, fields, replace
from random import Random

from analytics.demo.world import APPEALS, DAYS, HARD, QUEUES, TRAITS, Traits

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
#: How much longer than usual a newcomer takes at first, and what a week leaves of it.
LEARNING, LEFT_A_WEEK = 1.6, 0.65


@dataclass(frozen=True)
class DemoModerator:
    """A moderator's habits. Days are counted from the demo's first, 0, to its last."""

    username: str
    pace_seconds: float
    logit: float
    """Added to the logit of the reject rate."""
    completes: float
    """Share of the videos watched to the end; the rest is broken off or not started."""
    careless: float
    """Share of the decisions that do not go by the video."""
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
    is_specialist: bool

    def works(self, day: int, weekday: int) -> bool:
        """Whether the person is due on a day of the demo."""
        return (
            self.first_day <= day <= self.last_day
            and weekday not in self.days_off
            and day not in self.away
        )

    def pace_on(self, day: int) -> float:
        """The usual seconds for a video of an ordinary queue on a day: newcomers learn."""
        weeks = (day - self.first_day) / 7
        learning = LEARNING * LEFT_A_WEEK**weeks if self.first_day > 0 else 0.0
        return self.pace_seconds * (1 + learning)


def cast(rng: Random) -> list[DemoModerator]:
    """The moderators, drawn once for all days of the demo."""
    people = [ordinary(username, rng) for username in NAMES]
    return [with_traits(person, TRAITS.get(person.username, Traits())) for person in people]


def ordinary(username: str, rng: Random) -> DemoModerator:
    """Somebody in the middle of the team's spread."""
    holiday = rng.randrange(DAYS)
    others = [name for name in QUEUES if name not in (APPEALS, HARD)]
    return DemoModerator(
        username=username,
        pace_seconds=rng.lognormvariate(3.6, 0.13),
        logit=rng.gauss(0, 0.12),
        completes=min(0.93, max(0.55, rng.gauss(0.74, 0.05))),
        careless=rng.uniform(0.04, 0.14),
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
        # Appeals are everybody's, and so is now and then a hard one.
        queues=(*rng.sample(others, rng.choice((2, 3, 3, 4))), APPEALS, HARD),
        is_specialist=False,
    )


def with_traits(person: DemoModerator, traits: Traits) -> DemoModerator:
    """The person with what sets them apart in review work; a newcomer has had no holiday yet."""
    known = {field.name for field in fields(person)}
    own = {
        name: value for name, value in vars(traits).items() if name in known and value is not None
    }
    away = range(0) if traits.first_day > 0 else person.away
    return replace(person, away=away, **own)
