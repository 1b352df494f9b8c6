"""What deserves a look after an import, though nothing was wrong enough to be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analytics.imports.memory import InputMemory, Seen
from analytics.imports.report import cut, one_line
from analytics.models import Moderator
from analytics.names import look_alike_key

#: Notices of one kind that are written out; the others are counted.
MAX_SHOWN = 20
#: People beyond whom names are not compared with those that are stored.
_MAX_PEOPLE = 100_000

# An id that Excel took for a number of too many digits, or for a day.
_MANGLED = re.compile(
    r"\d([.,]\d+)?[eE]\+\d+|#+|#(NAME|VALUE|REF|N/A|DIV/0)[?!]?"
    r"|\d{1,2}-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(-\d\d)?",
    re.IGNORECASE,
)


def looks_mangled(identity: str) -> bool:
    """Whether an id looks as Excel leaves what it took for a number or a day."""
    return _MANGLED.fullmatch(identity.strip()) is not None


@dataclass(slots=True)
class _Kind:
    """Notices of one kind: the first ones, and how many there are."""

    shown: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, sentence: str) -> None:
        self.count += 1
        if len(self.shown) < MAX_SHOWN:
            self.shown.append(one_line(sentence))


class Notices:
    """Collects what is written at the end of an import."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._names: set[str] = set()

    def add(self, kind: str, sentence: str) -> None:
        """Note something; beyond ``MAX_SHOWN`` of a ``kind`` they are counted."""
        self._kinds.setdefault(kind, _Kind()).add(sentence)

    def see_name(self, name: str) -> None:
        """Remember a moderator's name that the input uses."""
        if len(self._names) < _MAX_PEOPLE:
            self._names.add(name)

    def see_identity(self, noun: str, identity: str, place: str) -> None:
        """Note an id that Excel seems to have changed."""
        if looks_mangled(identity):
            self.add(
                "mangled ids",
                f"{place}: the {noun} {cut(identity)} looks as if Excel had taken it for a number"
                " or a day",
            )

    def see_repeated(
        self, noun: str, occurrences: Sequence[tuple[str, Seen]], memory: InputMemory
    ) -> None:
        """Note what occurs twice with different contents: the later one counts."""
        earlier = memory.recall([identity for identity, _seen in occurrences])
        for identity, now in occurrences:
            before = earlier.get(identity)
            if before is None or before.owner != now.owner:
                # Of another moderator's session the store says more.
                earlier.setdefault(identity, now)
                continue
            if before.digest != now.digest:
                self.add(
                    "repeated identities",
                    f"{now.place}: the {noun} {cut(identity)} was in {before.place} already, with"
                    " other values; the later one counts",
                )
            earlier[identity] = now
        memory.remember(earlier.items())

    def sentences(self) -> Iterator[str]:
        """Everything noted, kind by kind, and the names of this input that look alike."""
        for name, other in look_alikes(self._names):
            self.add("look-alike names", f"{cut(name)} and {cut(other)} look alike: are they one?")
        self._names.clear()
        for kind, notices in self._kinds.items():
            yield from notices.shown
            if notices.count > len(notices.shown):
                yield f"and {notices.count - len(notices.shown):,} more {kind}"


def look_alikes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of stored moderators that look alike, at least one of them among ``names``."""
    new = set(names)
    if not new:
        return []
    keys = {look_alike_key(name) for name in new}
    by_key: dict[str, set[str]] = {}
    for username in (*Moderator.objects.values_list("username", flat=True).iterator(), *new):
        if (key := look_alike_key(username)) in keys:
            by_key.setdefault(key, set()).add(username)
    pairs = []
    for same in by_key.values():
        first, *others = sorted(same)
        pairs += [(first, other) for other in others if new & {first, other}]
    return sorted(pairs)
