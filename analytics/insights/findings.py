"""What a finding holds: a sentence, its evidence, and whom it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from django.utils.timezone import get_default_timezone

from analytics.formatting import count, day, short_day
from analytics.metrics.results import Value

FindingLevel = Literal["act", "watch", "note", "good", "too-few"]
FindingKind = Literal["finding", "action"]

#: Most urgent first; "too-few" is no answer and comes last.
LEVELS: tuple[FindingLevel, ...] = ("act", "watch", "note", "good", "too-few")
LEVEL_WORDS: Mapping[FindingLevel, str] = {
    "act": "Act",
    "watch": "Watch",
    "note": "Note",
    "good": "Good",
    "too-few": "Too little data",
}

#: Below this many things averaged nothing is claimed.
MIN_N = 10


@dataclass(frozen=True)
class Interval:
    """An interval of 95 % for what ``of`` says; wider where many things were compared."""

    low: float
    high: float
    of: str


@dataclass(frozen=True)
class Recent:
    """In how many of the looks before, of the same length and with enough data, it was the same."""

    outside: int
    of: int


@dataclass(frozen=True)
class OwnLimits:
    """What a person may see of what they were judged by, as their row of the comparison has it."""

    expected: float
    low: float
    high: float
    would_change: str


@dataclass(frozen=True)
class AnsweringNote:
    """A note on somebody that answers a finding, and is not settled.

    ``until``: the date by which something was agreed; None: it was talked about.
    """

    key: int
    written_at: datetime
    written_on: date
    until: date | None = None

    def is_past(self, today: date) -> bool:
        """Whether what was agreed should have been done by now."""
        return self.until is not None and self.until < today

    def words(self, today: date) -> str:
        """``discussed on 12 Nov 2026``, ``agreed until 14 Nov 2026, now past``."""
        if self.until is None:
            return f"discussed on {day(self.written_on)}"
        return f"agreed until {day(self.until)}{', now past' if self.is_past(today) else ''}"

    def short_words(self, today: date) -> str:
        """``until 2 Dec``, ``until 14 Nov, past``, ``discussed 12 Nov``: for a cell of a table."""
        if self.until is None:
            return f"discussed {short_day(self.written_on)}"
        return f"until {short_day(self.until)}{', past' if self.is_past(today) else ''}"

    def as_dict(self) -> dict[str, object]:
        """The note as the API gives it, beside the person."""
        return {
            "id": self.key,
            "at": self.written_at.astimezone(get_default_timezone()).isoformat(),
            "until": self.until and self.until.isoformat(),
        }


@dataclass(frozen=True)
class NamedPerson:
    """A moderator that a finding names, and why, in words about that person only.

    ``measure`` is a metric's column; ``expected`` with ``low`` and ``high`` are what the person
    was judged by. ``n`` counts trials (videos) or rows, ``sessions`` review sessions; None: does
    not apply. ``own``: what the person may see of that; None: too few others stand behind it. The
    rest is what the person's page says beside the sentence: how it was
    judged, what was left out, and what would change it.
    """

    moderator: str
    measure: str
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    n: int
    sessions: int | None
    sentence: str
    recent: Recent | None = None
    own: OwnLimits | None = None
    judged_by: str = ""
    left_out: str = ""
    would_change: str = ""
    #: What answers it: pages say it quietly then.
    note: AnsweringNote | None = None

    def is_answered(self, today: date) -> bool:
        """Whether a note answers it, and what was agreed is not past."""
        return self.note is not None and not self.note.is_past(today)

    def as_dict(self) -> dict[str, object]:
        """The person as the API gives them; with ``note`` where one answers it."""
        recent = self.recent
        return {
            "moderator": self.moderator,
            "measure": self.measure,
            "value": self.value,
            "expected": self.expected,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "sessions": self.sessions,
            "sentence": self.sentence,
            "recent": recent and {"outside": recent.outside, "of": recent.of},
            **({} if self.note is None else {"note": self.note.as_dict()}),
        }

    def as_shown_to_themselves(self) -> "NamedPerson":
        """The same with the limits that the person may see; none with too few others behind."""
        if self.own is None:
            return replace(self, expected=None, low=None, high=None, judged_by="", would_change="")
        own = self.own
        return replace(
            self,
            expected=own.expected,
            low=own.low,
            high=own.high,
            would_change=own.would_change,
        )


@dataclass(frozen=True)
class Finding:
    """What a finding says: a sentence, how urgent it is, and its evidence.

    ``n`` is the number of things averaged and ``counted`` what they are; ``numbers`` hold what
    the sentence was made from, by name; ``evidence`` tells it to people. ``details`` are lines
    of further evidence: a person, a comparison. ``action`` is what to do. ``people`` are all
    whom the finding names. The fields from ``slug`` on are the declaration's, which the registry
    fills in.
    """

    level: FindingLevel
    sentence: str
    n: int
    counted: str
    evidence: str = ""
    interval: Interval | None = None
    numbers: Mapping[str, Value] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    action: str = ""
    people: tuple[NamedPerson, ...] = ()
    slug: str = ""
    title: str = ""
    kind: FindingKind = "finding"
    metric: str = ""
    about_people: bool = False

    def is_quiet(self, today: date) -> bool:
        """Whether notes answer it for everybody whom it names."""
        return bool(self.people) and all(person.is_answered(today) for person in self.people)

    def as_dict(self) -> dict[str, object]:
        """The finding as the API gives it."""
        interval = self.interval
        return {
            "slug": self.slug,
            "title": self.title,
            "kind": self.kind,
            "level": self.level,
            "sentence": self.sentence,
            "action": self.action or None,
            "metric": self.metric,
            "evidence": {
                "text": self.evidence,
                "n": self.n,
                "counted": self.counted,
                "interval": interval
                and {"low": interval.low, "high": interval.high, "of": interval.of},
                "numbers": dict(self.numbers),
                "details": list(self.details),
            },
            "people": [person.as_dict() for person in self.people],
        }

    def about(self, moderator: str, *, to_themselves: bool) -> "Finding | None":
        """What it says of one moderator and of nobody else; None where it does not name them.

        ``to_themselves``: without what rests on too few others for the person to see.
        """
        own = [person for person in self.people if person.moderator == moderator]
        if not own:
            return None
        if to_themselves:
            own = [person.as_shown_to_themselves() for person in own]
        first = own[0]
        limits = None
        if first.low is not None and first.high is not None:
            limits = Interval(first.low, first.high, of=f"the limits of {moderator}")
        return replace(
            self,
            sentence=" ".join(person.sentence for person in own),
            n=first.n,
            evidence=first.judged_by,
            interval=limits,
            numbers={},
            details=tuple(
                line for person in own for line in (person.left_out, person.would_change) if line
            ),
            people=tuple(own),
        )


def too_few(n: int, counted: str, *, about: str = "", needs: str = "") -> Finding:
    """The finding in the place of one that needs more data.

    ``about``: what can't be known ("on the mix of types"); ``needs`` replaces "10 are needed".
    """
    things = counted.removesuffix("s") if n == 1 else counted
    return Finding(
        level="too-few",
        sentence=f"Too little data{f' {about}' if about else ''}.",
        n=n,
        counted=counted,
        evidence=f"n = {count(n)} {things}; {needs or f'{MIN_N} are needed'}",
    )
