"""The memory that a process keeps things in: one budget for things of all kinds.

Answers, rows of tables, results, what was read of roll-ups: each kind is kept by its own keys, the
least recently used go first, up to a limit of its own. How much of which is worth keeping depends
on the data and on what people ask; so the limits together are more than a process should take, and
where all kinds together come to more than ``MAX_BYTES``, the largest of them gives way, and where
they are more than ``MAX_THINGS``, that of which there are most.

Rows and parts of answers, which are good for more than one state of the data, are kept when they
are made the second time (``ThingsMadeAgain``): most ranges of dates that people choose are asked
for once. To let the oldest go instead would not do: of things that are asked for in turn, and are
more than may be kept, none would be there when its turn comes.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")

#: The pages of a look at ten million views take 22 MiB.
MAX_BYTES = 24 * 2**20
#: A look at data of any size leaves three hundred things. Thousands of small ones take twice what
#: they hold, with what is free between them and cannot be given back.
MAX_THINGS = 600
#: What a thing takes beside itself and the texts of its key, as good as all of it: the rest of the
#: key, a scope with it, and its places in the cache.
KEY_BYTES = 1_000
#: Of how many things that were made once that is remembered; of a page some fifty.
MAX_MADE_ONCE = 3_000
#: Whether anything waits to be made again; tests of what is kept need not ask for all of it twice.
WAITS = True

#: Held by whoever reads or changes what is kept of any kind: each may make room in the others.
kept_lock = Lock()


class KeptThings(LRUCache[Hashable, T], Generic[T]):
    """Things of one kind; ``size_of`` gives the bytes of one. For ``cachetools.cached``, too.

    What is larger than ``max_bytes`` raises ``ValueError``, as in all caches of ``cachetools``.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[T], int]) -> None:
        super().__init__(max_bytes, lambda thing: self._of_key + size_of(thing))
        self._of_key = 0
        _kinds.append(self)

    def __setitem__(self, key: Hashable, thing: T) -> None:
        self._of_key = KEY_BYTES + length_of_texts(key)
        super().__setitem__(key, thing)
        make_room()

    def keep(self, key: Hashable, thing: T) -> None:
        """Keep a thing, unless it is larger than all of its kind together may be."""
        with kept_lock, suppress(ValueError):
            self[key] = thing


class ThingsMadeAgain(KeptThings[T], Generic[T]):
    """Things of one kind, each kept when it is made the second time."""

    def __init__(self, max_bytes: int, size_of: Callable[[T], int]) -> None:
        super().__init__(max_bytes, size_of)
        self._made_once: LRUCache[int, None] = LRUCache(MAX_MADE_ONCE)

    def __setitem__(self, key: Hashable, thing: T) -> None:
        # Two keys of one hash: a thing is kept too early, which is no harm.
        if key in self or hash(key) in self._made_once or not WAITS:
            super().__setitem__(key, thing)
        else:
            self._made_once[hash(key)] = None


_kinds: list[KeptThings[Any]] = []


def length_of_texts(key: Hashable) -> int:
    """The bytes of the texts in a key: an address may have eight thousand."""
    parts = key if isinstance(key, tuple) else (key,)
    return sum(len(part) for part in parts if isinstance(part, str | bytes))


def kept_bytes() -> float:
    """The memory that all things take that are kept."""
    return sum(kind.currsize for kind in _kinds)


def make_room() -> None:
    """Let go what was not used for longest, of whatever kind is the largest, down to the budget."""
    while kept_bytes() > MAX_BYTES:
        max(_kinds, key=lambda kind: kind.currsize).popitem()
    while sum(map(len, _kinds)) > MAX_THINGS:
        max(_kinds, key=len).popitem()
