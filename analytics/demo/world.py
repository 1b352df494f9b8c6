"""The demo's world, whose truth is known: its queues, its events and the people with a story.

docs/demo.md tells the same, row by row (a test compares them), and that the insights find each of
these things and nothing else. Days are counted from the demo's first, 0, to its last.
"""

from dataclasses import dataclass

DAYS = 120
WEEKEND = frozenset((5, 6))


@dataclass(frozen=True)
class Queue:
    """A queue of the review tool.

    ``items`` an assignment usually has; ``logit`` is added to the reject rate's; ``pace`` times
    the seconds that a video usually takes; ``policies``: what decisions name as their reason.
    """

    items: float
    logit: float
    pace: float
    subqueues: tuple[str, ...]
    policies: tuple[str, ...]


HARD, SPAM, APPEALS = "Minors", "Spam", "Appeals"

QUEUES = {
    SPAM: Queue(
        58, 0.10, 0.95, ("Links", "Bots", "Scams"), ("Links in bulk", "Fake accounts", "Fraud")
    ),
    "Harassment": Queue(
        40, 0.00, 1.00, ("Comments", "Profiles"), ("Insults", "Threats against a person")
    ),
    "Copyright": Queue(
        36, -0.20, 1.10, ("Music", "Film", "Live streams"), ("Music of others", "Film of others")
    ),
    "Hate speech": Queue(
        31, 0.10, 1.05, ("Comments", "Usernames"), ("Slurs", "Contempt for a group")
    ),
    "Violence": Queue(28, 0.20, 1.10, ("Graphic", "Threats"), ("Graphic violence", "Glorifying")),
    "Nudity": Queue(26, 0.00, 0.85, ("Videos", "Thumbnails"), ("Nudity", "Sexual content")),
    "Self-harm": Queue(20, -0.20, 1.20, ("Urgent",), ("Instructions", "Encouragement")),
    # Twice the rejects and nearly twice the time of the others.
    HARD: Queue(24, 1.20, 1.90, (), ("Child safety", "Age unclear")),
    APPEALS: Queue(12, 0.00, 1.00, ("Accounts", "Videos"), ("Appeal turned down",)),
}
#: What a decision to accept sometimes names: why something that looks like a breach may stay.
EXCEPTIONS = ("News", "Education", "Satire")


@dataclass(frozen=True)
class Event:
    """Something that happens to the whole team on some days: what the data hold, what is found.

    ``first`` and ``last`` are days; ``found_by`` is the slug of the finding that tells of it.
    """

    first: int
    last: int
    title: str
    data: str
    found: str
    found_by: str = ""

    @property
    def row(self) -> str:
        """The event as docs/demo.md has it."""
        return f"| {self.title} | {self.data} | {self.found} |"


POLICY = Event(
    DAYS - 42,
    DAYS - 1,
    "a stricter policy",
    "from 42 days before the end the reject rate of all rises from about 25 to 35 %, within four"
    " days",
    "*Changes of the reject rate*: the levels, the date, that it has stayed",
    "reject-rate-changes",
)
GROWTH = Event(
    0,
    DAYS - 1,
    "a growing queue",
    "the items of Appeals double every 45 days",
    "*Changes of the queues*: in how many days Appeals doubles",
    "queue-changes",
)
WAVE = Event(
    DAYS - 78,
    DAYS - 74,
    "a wave of spam",
    "on five days, from 78 days before the end, everybody is put on Spam too, with 2.6 times the"
    " items an assignment",
    "*Changes of the queues*: Spam was far above what is usual, from which day to which",
    "queue-changes",
)
HOLIDAYS = (
    Event(
        DAYS - 96,
        DAYS - 96,
        "a holiday",
        "96 days before the end one in five works",
        "nothing: limits allow for each day's size",
    ),
    Event(
        DAYS - 22,
        DAYS - 22,
        "another holiday",
        "22 days before the end one in five works",
        "nothing, as before",
    ),
)
EVENTS = (POLICY, GROWTH, WAVE, *HOLIDAYS)


@dataclass(frozen=True)
class Traits:
    """What sets somebody apart; None: as people differ anyway.

    ``pace_seconds``: a video of an ordinary queue; ``logit`` is added to the reject rate's;
    ``completes``: the share watched to the end; ``careless``: the share of the decisions that do
    not go by the video; ``response_minutes`` and ``satisfaction``: the mean of the rows.
    """

    pace_seconds: float | None = None
    logit: float | None = None
    completes: float | None = None
    undecided: float | None = None
    careless: float | None = None
    favourite_speed: float | None = None
    response_minutes: float | None = None
    satisfaction: float | None = None
    first_day: int = 0
    last_day: int = DAYS - 1
    days_off: frozenset[int] | None = None
    is_specialist: bool = False


@dataclass(frozen=True)
class Story:
    """What is true of people, what the insights say, and by which finding and measure."""

    people: tuple[str, ...]
    data: str
    found: str
    traits: Traits
    found_by: tuple[tuple[str, str], ...] = ()

    @property
    def row(self) -> str:
        """The story as docs/demo.md has it."""
        names = ", ".join(f"`{name}`" for name in self.people)
        return f"| {names} | {self.data} | {self.found} |"


SKIPPER, STRICT, SLOW, QUICK = "tomas.novak", "henrik.lund", "olga.ivanova", "li.na"
NEWCOMER, LEFT, DISLIKED, LATE = "maja.nilsson", "jamal.carter", "marta.silva", "daniel.berg"
SPECIALISTS = ("chidi.eze", "jana.novotna", "mei.lin", "noor.khan", "sofia.rossi", "tariq.aziz")

STORIES = (
    Story(
        (SKIPPER,),
        "skips: completes 21 % where others complete 74 %, in less than half the time, and half of"
        " the decisions do not go by the video",
        "*Whom to coach*: speed without care; *Completion across the team*",
        Traits(
            pace_seconds=14.0,
            completes=0.21,
            undecided=0.24,
            careless=0.5,
            favourite_speed=2.0,
            days_off=WEEKEND,
        ),
        (("coach", "completion_rate"), ("unusual-completion", "completion_rate")),
    ),
    Story(
        (DISLIKED,),
        "users are less content: satisfaction 1.5 below the others'",
        "*Whom to coach*: satisfaction",
        Traits(satisfaction=1.65),
        (("coach", "average_satisfaction"),),
    ),
    Story(
        (LATE,),
        "answers late: 9 minutes later than the others",
        "*Whom to coach*: response time",
        Traits(response_minutes=21.0),
        (("coach", "average_response_minutes"),),
    ),
    Story(
        (STRICT,),
        "rejects 47 % before and 59 % after the new policy, where others reject 25 and 35 %",
        "*Reject rates across the team*: look at it together; never coached for it",
        Traits(logit=1.0),
        (("unusual-reject-rate", "reject_rate"),),
    ),
    Story(
        (SLOW,),
        "slow and thorough: more than twice the time, completes 95 %",
        "*Speed and care*: a note, held against nobody; never in another finding",
        Traits(pace_seconds=110.0, completes=0.95, favourite_speed=1.0, days_off=WEEKEND),
        (("speed-and-care", "handle_seconds"),),
    ),
    Story(
        (QUICK,),
        "fast, and as thorough as others: less than half the time, completes 76 %",
        "*Speed and care*: a note, held against nobody; never in another finding",
        Traits(pace_seconds=14.0, completes=0.76, favourite_speed=2.0, days_off=WEEKEND),
        (("speed-and-care", "handle_seconds"),),
    ),
    Story(
        (NEWCOMER,),
        "began 50 days before the end at 2.6 times the time, and works like others after about six"
        " weeks",
        "*Newcomers*, a note: slow at first, faster over all days or 13 weeks; never in another"
        " finding",
        Traits(first_day=DAYS - 50),
        (("newcomers", "handle_seconds"),),
    ),
    Story(
        SPECIALISTS,
        "have most of their sessions in Minors, the hard queue, and are as strict and as fast"
        " there as anybody",
        "nobody is named: the same queues are compared",
        Traits(is_specialist=True),
    ),
    Story(
        (LEFT,),
        "left 35 days before the end",
        "not named; not part of later looks",
        Traits(last_day=DAYS - 36),
    ),
)
TRAITS = {username: story.traits for story in STORIES for username in story.people}

#: Of the videos this share is ambiguous: each decision on one is drawn anew.
AMBIGUOUS = 0.12
#: Of the views this share is of a video that somebody has seen before.
SEEN_BEFORE = 0.22
#: Of those this share is of the week's training videos, which everybody gets.
TRAINING, TRAINING_VIDEOS = 0.2, 15
