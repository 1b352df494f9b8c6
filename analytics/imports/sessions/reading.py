"""Documents out of files, as a stream: JSON Lines, one array or one object, plain or gzipped.

What is held in memory is one line of a few MiB, or one session of a larger document, whatever
the size of the file.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import orjson

from analytics.imports.report import Rejection
from analytics.imports.sessions.json_stream import (
    JSONStream,
    NotJSON,
    NotReadable,
    is_cut_short,
    loads,
)
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.validation import read_document
from analytics.imports.sources import SNIFFED, Source, Unreadable, describe_binary

#: Lines up to this many bytes are parsed whole; longer ones session by session.
MAX_LINE_LENGTH = 2 * 1024 * 1024
#: How many lines after a first one that is no document are looked at, to tell what the file is.
LINES_AHEAD = 10
_SPOOLED = 4 * 1024 * 1024
# A byte order mark stands wherever files were joined. Its bytes begin and end no JSON.
_BLANKS = b" \t\r\n\xef\xbb\xbf"
_BLANK_TEXT = re.compile("[ \t\r\n\ufeff]*")

_MANY_DIGITS = b"0" * 19
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else 32 for byte in range(256))
# What stands before a number, and not before the digits of a text as many ids are.
_BEFORE_NUMBERS = b"-[,: \t\r\n"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """A document, or of a large one some of its sessions.

    ``offset`` is the position of the first session given; ``is_first`` is false for what
    continues the document before.
    """

    place: str
    value: object
    offset: int = 0
    is_first: bool = True


def parts(source: Source) -> Iterator[Part | Rejection]:
    """Yield the documents of a source in order. Raises Unreadable where it breaks off."""
    start = source.read(SNIFFED)
    kind = describe_binary(start)
    if kind:
        raise Unreadable(f"this is {kind}, and no JSON in UTF-8")
    source.unread(start)
    number = 1
    while True:
        line = source.line(MAX_LINE_LENGTH)
        if line.strip(_BLANKS):
            break
        if not line:
            raise Unreadable("it is empty")
        number += line.endswith(b"\n")
    source.unread(line)
    text = line.lstrip(_BLANKS)
    if text.startswith(b"[") and _is_list(source, line):
        yield from _array(JSONStream(source.read), number)
    elif text.startswith(b"{") and _is_spread(source, line):
        yield from _values(JSONStream(source.read), number)
    else:
        yield from _lines(source, number)


def _decoded(line: bytes) -> str:
    return line.strip(_BLANKS).decode("utf-8", "surrogateescape")


def _is_list(source: Source, line: bytes) -> bool:
    """Whether the whole file is one list: the first line is that list, or its beginning."""
    if not line.endswith(b"\n"):
        return True
    text = _decoded(line)
    try:
        loads(text.strip())
    except NotReadable:
        return True
    except NotJSON:
        return is_cut_short(text)
    # A whole list: the file, or a bad line of JSON Lines.
    return not _document_follows(source, line)


def _is_spread(source: Source, line: bytes) -> bool:
    """Whether an object is spread over lines: the first is its beginning only.

    A broken first line of JSON Lines may look the same; then one of the next is a document.
    """
    if not line.endswith(b"\n") or not is_cut_short(_decoded(line)):
        return False
    return not _document_follows(source, line)


def _document_follows(source: Source, line: bytes) -> bool:
    """Whether one of the lines after the first ``line`` is a whole document."""
    source.line(len(line))
    seen = [line]
    follows = False
    for _ in range(LINES_AHEAD):
        following = source.line(MAX_LINE_LENGTH)
        seen.append(following)
        follows = _is_document(following)
        if follows or not following.endswith(b"\n"):
            break
    source.unread(b"".join(seen))
    return follows


def _is_document(line: bytes) -> bool:
    try:
        value = loads(_decoded(line))
    except NotJSON:
        return False
    return isinstance(value, dict) and "username" in value and "starttime" not in value


def _lines(source: Source, number: int) -> Iterator[Part | Rejection]:
    """Yield the documents of JSON Lines; a line that is none is rejected alone."""
    while True:
        line = source.line(MAX_LINE_LENGTH)
        if not line:
            return
        place = f"line {number}"
        if not line.endswith(b"\n") and len(line) >= MAX_LINE_LENGTH:
            yield from _long_line(source, line, place)
        elif line.strip(_BLANKS):
            yield from _documents_of(line, place)
        number += 1


def _documents_of(line: bytes, place: str) -> Iterator[Part | Rejection]:
    """Yield the document of a line, or the documents that follow one another on it."""
    line = line.strip(_BLANKS)
    whole = _whole(line, place)
    if isinstance(whole, Part) or not line.startswith(b"{"):
        yield whole
        return
    text = _decoded(line)
    decode = json.JSONDecoder().raw_decode
    position = 0
    while position < len(text):
        try:
            value, position = decode(text, position)
        except (ValueError, RecursionError):
            # Of a single document its own reason, else that of what is left of the line.
            rest = (
                whole
                if not position
                else _whole(text[position:].encode("utf-8", "surrogateescape"), place)
            )
            yield rest if isinstance(rest, Rejection) else whole
            return
        yield Part(place, value)
        blank = _BLANK_TEXT.match(text, position)
        position = blank.end() if blank else position


def _whole(line: bytes, place: str) -> Part | Rejection:
    """The one document that a line is, else the reason why it is none."""
    try:
        value = orjson.loads(line)
        # Whole numbers beyond 64 bits have become floats and lost their last digits there.
        if not _has_long_number(line):
            return Part(place, value)
    except orjson.JSONDecodeError:
        pass
    # Stricter than needed: what can be read at all is read, and rejected where it is bad.
    try:
        return Part(place, loads(_decoded(line.strip(_BLANKS))))
    except NotJSON as reason:
        return Rejection(str(reason), place=place)


def _has_long_number(line: bytes) -> bool:
    """Whether a number has more digits than surely fit into 64 bits."""
    digits = line.translate(_DIGITS)
    start = digits.find(_MANY_DIGITS)
    while start >= 0:
        if not start or line[start - 1] in _BEFORE_NUMBERS:
            return True
        end = digits.find(b" ", start)
        start = digits.find(_MANY_DIGITS, end) if end >= 0 else end
    return False


def _long_line(source: Source, start: bytes, place: str) -> Iterator[Part | Rejection]:
    """Yield the document of a line too long to be held, session by session."""
    ended = False

    def read(size: int) -> bytes:
        nonlocal start, ended
        if start:
            data, start = start[:size], start[size:]
            return data
        if ended:
            return b""
        data = source.line(size)
        ended = not data or data.endswith(b"\n")
        return data

    stream = JSONStream(read)
    try:
        yield from _document(stream, place)
        if stream.peek():
            raise NotJSON("not JSON: something follows the document")
    except NotJSON as reason:
        yield Rejection(str(reason), place=place)
    while read(MAX_LINE_LENGTH):
        pass


def _values(stream: JSONStream, number: int) -> Iterator[Part | Rejection]:
    """Yield objects that follow each other, each spread over any number of lines."""
    place = f"line {number}"
    try:
        while stream.peek():
            place = f"line {number + stream.lines()}"
            yield from _document(stream, place)
    except NotJSON as reason:
        yield Rejection(f"{reason}; what follows is not read", place=place)


def _array(stream: JSONStream, number: int) -> Iterator[Part | Rejection]:
    """Yield the documents of a list, of the lists joined to it, and of objects behind them."""
    count = 0
    try:
        while stream.peek() == "[":
            first = count
            for position in stream.elements():
                count = first + position + 1
                yield from _document(stream, f"element {count}")
    except NotJSON as reason:
        yield Rejection(f"{reason}; what follows is not read", place=f"element {max(count, 1)}")
        return
    yield from _values(stream, number)


def _document(stream: JSONStream, place: str) -> Iterator[Part | Rejection]:
    """Yield the document that comes next, session by session. Raises NotJSON."""
    if stream.peek() != "{":
        try:
            yield Part(place, stream.value())
        except NotReadable as reason:
            yield Rejection(str(reason), place=place)
        return
    rest: Json = {}
    is_first = True
    with tempfile.SpooledTemporaryFile(_SPOOLED, mode="w+", encoding="ascii") as waiting:
        for session in _members(stream, place, rest):
            if isinstance(session, Rejection):
                yield session
            elif "username" in rest:
                yield _part_of(session, rest, place, is_first=is_first)
                is_first = False
            else:
                # The username stands behind the sessions.
                print(json.dumps(session), file=waiting)
        if "username" in rest:
            waiting.seek(0)
            for line in waiting:
                yield _part_of(json.loads(line), rest, place, is_first=is_first)
                is_first = False
    if is_first or rest.keys() != {"username"}:
        yield Part(place, rest, is_first=is_first)


def _members(
    stream: JSONStream, place: str, rest: Json
) -> Iterator[tuple[int, object] | Rejection]:
    """Yield the sessions of the object that comes next; everything else goes to ``rest``."""
    for name in stream.members():
        if name == "sessions" and stream.peek() == "[":
            yield from _sessions(stream, place)
        else:
            try:
                rest[name] = stream.value()
            except NotReadable as reason:
                yield Rejection(str(reason), name, place=place)


def _sessions(stream: JSONStream, place: str) -> Iterator[tuple[int, object] | Rejection]:
    """Yield the sessions of the list that comes next, with their positions."""
    for position in stream.elements():
        try:
            yield position, stream.value()
        except NotReadable as reason:
            yield Rejection(str(reason), f"sessions[{position}]", place=place)


def _part_of(numbered: Sequence[object], rest: Json, place: str, *, is_first: bool) -> Part:
    """The part of a document that has one of its sessions, given as (position, session)."""
    position, session = numbered
    value = {"username": rest["username"], "sessions": [session]}
    return Part(place, value, cast("int", position), is_first)


def entries(
    source: Source, *, prefix: str = ""
) -> Iterator[ModeratorRecord | SessionRecord | Rejection]:
    """Yield everything in a source, validated, in order. Raises Unreadable where it breaks off.

    ``prefix`` goes before each place, to tell one file from another.
    """
    refused = False
    for part in parts(source):
        if isinstance(part, Rejection):
            yield replace(part, place=prefix + part.place)
            continue
        source.found_documents = True
        if refused and not part.is_first:
            continue
        read = read_document(part.value, place=prefix + part.place, offset=part.offset)
        first = next(read)
        # The person comes first, unless the document is refused as a whole.
        refused = isinstance(first, Rejection)
        yield first
        yield from read
