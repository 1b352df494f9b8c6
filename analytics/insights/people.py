"""What findings say of one person: a sentence about that person only, and what it rests on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.access import MIN_TEAM
from analytics.comparison.judging import BUDGETS, Side, Verdicts
from analytics.comparison.work import Flags
from analytics.formatting import count, duration, minutes, number, plural, seconds, share
from analytics.insights.findings import NamedPerson, OwnLimits, Recent
from analytics.metrics.team_work import AsideSession, TeamVerdicts
from analytics.models import Session

#: A person's work counts as compared by queue when this share of the sessions has a known queue.
BY_QUEUE = 0.5
#: The most decimals by which a value is told from the limit that it lies outside.
MOST_PLACES = 4


@dataclass(frozen=True)
class Measure:
    """A measure of people in words; ``column`` is the metric's.

    ``did`` says what somebody did, with ``{value}`` and ``{n}``; ``counted`` is what n counts;
    ``within`` says what would lie within limits, with ``{limits}``; ``written`` writes a value
    with so many decimals, usually ``places``.
    """

    column: str
    words: str
    did: str
    counted: tuple[str, str]
    within: str
    written: Callable[[float, int], str]
    places: int = 1
    is_rate: bool = False

    @property
    def side(self) -> Side:
        """The side that counts against somebody."""
        return BUDGETS[self.column].side

    def counted_words(self, n: int) -> str:
        """``510 decided videos``."""
        return plural(n, *self.counted)

    def write(self, value: float, places: int | None = None) -> str:
        """``41.8 s``."""
        return self.written(value, self.places if places is None else places)

    def limits(self, low: float, high: float, side: Side, places: int | None = None) -> str:
        """``between 12.3 % and 41.0 %``, ``up to 41.0 s``, ``70.0 % or more``."""
        if side == "high":
            return f"up to {self.write(high, places)}"
        if side == "low":
            return f"{self.write(low, places)} or more"
        return f"between {self.write(low, places)} and {self.write(high, places)}"

    def or_beyond(self, value: float, expected: float) -> str:
        """``52.7 % or more`` of a value above what is expected, ``or less`` of one below."""
        return f"{self.write(value)} or {'more' if value > expected else 'less'}"


REJECT_RATE = Measure(
    "reject_rate",
    "reject rate",
    "rejected {value} of {n}",
    ("decided video", "decided videos"),
    "a reject rate {limits}",
    share,
    is_rate=True,
)
COMPLETION = Measure(
    "completion_rate",
    "completion",
    "completed {value} of {n}",
    ("video", "videos"),
    "a completion {limits}",
    share,
    is_rate=True,
)
HANDLE_TIME = Measure(
    "handle_seconds",
    "handle time",
    "took {value} of active time for a decision, over {n}",
    ("decided video", "decided videos"),
    "a handle time {limits}",
    seconds,
)
RESPONSE = Measure(
    "average_response_minutes",
    "response time",
    "response time {value} over {n}",
    ("performance row", "performance rows"),
    "a response time {limits}",
    minutes,
)
SATISFACTION = Measure(
    "average_satisfaction",
    "satisfaction",
    "satisfaction {value} over {n}",
    ("performance row", "performance rows"),
    "a satisfaction {limits}",
    number,
    places=2,
)
ACCURACY = Measure(
    "accuracy",
    "accuracy",
    "{value} of {n} were right",
    ("checked decision", "checked decisions"),
    "an accuracy {limits}",
    share,
    is_rate=True,
)
REVIEW_MEASURES = (REJECT_RATE, HANDLE_TIME, COMPLETION)
MEASURES = {
    measure.column: measure for measure in (*REVIEW_MEASURES, RESPONSE, SATISFACTION, ACCURACY)
}


@dataclass(frozen=True)
class Compared:
    """How one person stands in one measure, with what it was compared with.

    ``others``: the others it was compared with, the fewest of any queue and week; ``people``: how
    many were judged; ``same``: what was the same, in words; ``is_shareable``: whether the person
    may see the expected value and the limits.
    """

    moderator: str
    measure: Measure
    value: float
    expected: float
    low: float
    high: float
    n: int
    sessions: int | None
    others: int
    people: int
    same: str
    design_effect: float
    is_shareable: bool

    @classmethod
    def of(
        cls,
        moderator: str,
        measure: Measure,
        verdicts: Verdicts,
        at: int,
        *,
        others: int,
        same: str,
    ) -> "Compared":
        """The verdict on the person at a position."""
        rows = measure in (RESPONSE, SATISFACTION)
        return cls(
            moderator,
            measure,
            float(verdicts.value[at]),
            float(verdicts.expected[at]),
            float(verdicts.low[at]),
            float(verdicts.high[at]),
            int(verdicts.n[at]),
            None if rows else int(verdicts.sessions[at]),
            others,
            int(verdicts.judged.sum()),
            same,
            verdicts.design_effect,
            is_shareable=others >= MIN_TEAM,
        )

    @classmethod
    def of_work(cls, team: TeamVerdicts, measure: Measure, at: int) -> "Compared":
        """The verdict on the review work of the person at a position."""
        by_queue = team.queued[at] >= BY_QUEUE
        return cls.of(
            team.names[at],
            measure,
            team.by_measure[measure.column],
            at,
            others=int(team.others[at]),
            same="the same queues and weeks" if by_queue else "the same weeks",
        )

    @property
    def places(self) -> int:
        """So many decimals that the value is told from the limits beside it."""
        write, usual = self.measure.write, self.measure.places
        for places in range(usual, MOST_PLACES):
            if write(self.value, places) not in (write(self.low, places), write(self.high, places)):
                return places
        return MOST_PLACES

    def reads_like(self, other: "Compared") -> bool:
        """Whether both are written with the same expected value and limits."""
        write = self.measure.write
        mine, others = (
            [write(value) for value in (of.expected, of.low, of.high)] for of in (self, other)
        )
        return mine == others

    @property
    def did(self) -> str:
        """What the person did: ``rejected 50.6 % of 973 decided videos``."""
        measure = self.measure
        value = measure.write(self.value, self.places)
        return measure.did.format(value=value, n=measure.counted_words(self.n))

    def ordinary(self, side: Side) -> str:
        """What is expected and what is ordinary; only the side where nothing more may be told."""
        if not self.is_shareable:
            where = "above" if self.value > self.expected else "below"
            return f"That is {where} what is ordinary in {self.same}."
        amount = " for this amount of work" if self.sessions is not None else ""
        return (
            f"In {self.same} {self.measure.write(self.expected)} was expected;"
            f" {self.measure.limits(self.low, self.high, side, self.places)} is ordinary{amount}."
        )

    def judged_by(self) -> str:
        """How the person was judged, in words."""
        chance = (
            "chance from session to session" if self.sessions is not None else "chance between rows"
        )
        return (
            f"Expected is what the others did in {self.same}. The limits allow for {chance}, for"
            f" the ordinary spread between people, and for all {self.people} people and all"
            " measures that were judged at once."
        )

    def would_change(self, side: Side) -> str:
        """The sentence about the values with which the person would not be named."""
        limits = self.measure.limits(self.low, self.high, side, self.places)
        within = self.measure.within.format(limits=limits)
        if self.measure.is_rate and side == "both":
            most, least = int(self.high * self.n), int(np.ceil(self.low * self.n))
            within += (
                f", {count(least)} to {count(most)} of these {self.measure.counted_words(self.n)}"
            )
        return f"Ordinary would be {within}."

    def named(
        self,
        sentence: str,
        *,
        recent: Recent | None,
        own: "Compared | None" = None,
        left_out: str = "",
    ) -> NamedPerson:
        """The person as a finding names them; ``own`` is what they may see of it."""
        return NamedPerson(
            moderator=self.moderator,
            measure=self.measure.column,
            value=self.value,
            expected=self.expected,
            low=self.low,
            high=self.high,
            n=self.n,
            sessions=self.sessions,
            sentence=sentence,
            recent=recent,
            own=None if own is None else own.own_limits(),
            judged_by=self.judged_by(),
            left_out=left_out,
            would_change=self.would_change(self.measure.side),
        )

    def own_limits(self) -> OwnLimits:
        """The limits, to be shown to the person."""
        return OwnLimits(self.expected, self.low, self.high, self.would_change(self.measure.side))


@dataclass(frozen=True)
class Look:
    """Whom a finding named in one look: positions are those of ``names``."""

    names: Sequence[str]
    judged: Flags
    named: Flags


def recent_looks(moderator: str, looks: Sequence[Look] | None) -> Recent | None:
    """In how many of the looks a moderator was named; None: looks have no length."""
    if looks is None:
        return None
    was_named = [
        bool(look.named[at])
        for look in looks
        if moderator in look.names and look.judged[at := look.names.index(moderator)]
    ]
    return Recent(sum(was_named), len(was_named))


def aside_words(sessions: Sequence[AsideSession]) -> list[str]:
    """A line for each session that was set aside, with its public id."""
    ids = dict(
        Session.objects.filter(pk__in=[aside.session for aside in sessions]).values_list(
            "pk", "public_id"
        )
    )
    return [
        f"Session {ids[aside.session]} of {aside.moderator} took {duration(aside.seconds)} for"
        f" {plural(aside.decided, 'decided video')} and is not part of the handle time that people"
        " are judged by."
        for aside in sessions
    ]
