"""Parts of answers, kept for when they are made again.

A change of the data seldom touches all of a page. A part that is made of the same things as when
the answer was made before, and whose reads give the same again (``analytics.reads``), is not made
again.

A part belongs to one answer, so all that the answer is made of beside the data is the same
(``kept_answers.answer_key``). What else it is made of, its caller names; what it reads, it reads
while it is made. Where something in it is a person's or the moment's, it is made each time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import orjson
from django.utils.safestring import SafeString

from analytics.keeping import ThingsMadeAgain, kept_lock
from analytics.long_texts import pieces_of
from analytics.placeholders import placeholders
from analytics.reads import ReadBefore, digest, noting_reads, read_before, reads_the_same

# The parts of a page take 10 to 100 kB.
MAX_BYTES = 3 * 2**20
#: Quick rather than small: these bytes never leave the process.
LEVEL = 1
#: The hidden field of a form, whose token is that of who asks.
FORM = re.compile(r'name=\\?"csrfmiddlewaretoken')


@dataclass(frozen=True)
class Part:
    """The texts of a part, compressed; ``made_of`` and ``reads`` tell whether it is good."""

    texts: tuple[bytes, ...]
    made_of: bytes
    reads: ReadBefore

    @property
    def size(self) -> int:
        """Bytes of memory, as good as all of it."""
        return sum(map(len, self.texts)) + 500 * len(self.reads) + 500


@dataclass
class Parts:
    """The parts of an answer that is made: ``before``, those of when it was last made."""

    before: Mapping[str, Part]
    made: dict[str, Part] = field(default_factory=dict)


def size_of(parts: Mapping[str, Part]) -> int:
    """The memory that the parts of an answer take."""
    return sum(part.size for part in parts.values())


_kept: ThingsMadeAgain[Mapping[str, Part]] = ThingsMadeAgain(MAX_BYTES, size_of)
_current: ContextVar[Parts | None] = ContextVar("parts", default=None)


def forget_parts() -> None:
    """Keep no parts."""
    with kept_lock:
        _kept.clear()


@contextmanager
def keeping_parts(answer: Hashable) -> Iterator[None]:
    """Keep the parts of the answer that is made inside; ``answer``: all it is made of but data."""
    with kept_lock:
        parts = Parts(_kept.get(answer, {}))
    token = _current.set(parts)
    try:
        yield
    finally:
        _current.reset(token)
    if parts.made:
        _kept.keep(answer, parts.made)


def are_kept() -> bool:
    """Whether parts are kept of what is being made."""
    return _current.get() is not None


def kept_part(
    name: str, made_of: Sequence[object], make: Callable[[], Sequence[str]]
) -> Sequence[SafeString]:
    """The texts that ``make`` gives, HTML or the like; those from before where they are the same.

    ``name``: of this part alone in the answer. ``made_of``: whatever ``make`` uses that is not the
    same whenever the answer is made, and that it does not read itself. It may be asked twice.
    """
    parts = _current.get()
    if parts is None:
        return safe(make())
    try:
        source = digest(made_of)
    except orjson.JSONEncodeError:
        return safe(make())
    part = parts.before.get(name)
    if part is not None and part.made_of == source and reads_the_same(part.reads):
        parts.made[name] = part
        return safe(zlib.decompress(text).decode() for text in part.texts)
    with placeholders() as personal, noting_reads() as noted:
        texts = make()
    reads = read_before(noted)
    if personal.fills or personal.good_until or any(map(FORM.search, texts)):
        return safe(make())
    if reads is not None:
        compressed = tuple(compress(text) for text in texts)
        parts.made[name] = Part(compressed, source, reads)
    return safe(texts)


def compress(text: str) -> bytes:
    """A text as bytes that take less, read by ``zlib.decompress``."""
    compressor = zlib.compressobj(LEVEL)
    parts = [compressor.compress(piece.encode()) for piece in pieces_of(text)]
    return b"".join([*parts, compressor.flush()])


def safe(texts: Iterable[str]) -> Sequence[SafeString]:
    """Texts as those of a template are, which are not escaped again."""
    return [text if isinstance(text, SafeString) else SafeString(text) for text in texts]
