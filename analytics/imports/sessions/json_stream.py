"""Reads JSON values out of a stream without holding more than one of them.

The standard library's decoder finds where a value ends, so a document of any size can be taken
session by session. A streaming parser like ijson would stop at the first NaN; here such a value
is read, and rejected where it stands.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

#: Bytes read at a time, and the most characters of one value that are held.
CHUNK = 256 * 1024
MAX_VALUE_LENGTH = 64 * 1024 * 1024

# A byte order mark stands where files were joined.
_BLANK = re.compile("[ \t\r\n\ufeff]*")
# A string (the group is its closing quote, empty when that is not there yet), or one of the
# brackets that open and close a value.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+("?)|[\[\]{}]', re.DOTALL)
_NUMBER = re.compile(r"[-+.eE0-9]*")
# How far before the end of the text an error may only mean that the text is cut:
# the longest literal is -Infinity, the longest escape \ud800\udc00.
_CUT = 16


class NotJSON(ValueError):
    """The text is no JSON; the message says why, without a position."""


class NotReadable(NotJSON):
    """One value cannot be read although it is JSON; the stream continues behind it."""


def loads(text: str) -> object:
    """The value of a whole JSON text, NaN and infinities included.

    Raises NotJSON with the reason, also for what is nested too deeply or a number that is too
    long to be read.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        reason = error.msg.removesuffix(" at")
        raise NotJSON(f"not JSON: {reason} at character {error.pos + 1}") from None
    except RecursionError:
        raise NotReadable("nested too deeply") from None
    except ValueError:
        raise NotReadable("a number of too many digits") from None


def is_cut_short(text: str) -> bool:
    """Whether ``text`` is the beginning of a JSON value whose end is missing."""
    text = text.rstrip()
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text) - 1 and not error.msg.startswith("Extra data")
    except (RecursionError, ValueError):
        pass
    return False


class JSONStream:
    """A cursor over the JSON text that ``read(size)`` gives as UTF-8 bytes.

    Bytes that are not UTF-8 come out as lone surrogates, which no value may hold.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._position = 0
        self._lines = 0
        self._at_end = False

    def _fill(self) -> None:
        """Read on: as much again as is held, so that a long value is not scanned too often."""
        rest = self._text[self._position :]
        if len(rest) > MAX_VALUE_LENGTH:
            raise NotJSON(f"a value longer than {MAX_VALUE_LENGTH:,} characters")
        self._lines += self._text.count("\n", 0, self._position)
        data = self._read(max(CHUNK, len(rest)))
        self._at_end = not data
        self._text = rest + self._decode(data, not data)
        self._position = 0

    def lines(self) -> int:
        """The number of lines that end before the stream's position."""
        return self._lines + self._text.count("\n", 0, self._position)

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            match = _BLANK.match(self._text, self._position)
            self._position = match.end() if match else self._position
            if self._position < len(self._text):
                return self._text[self._position]
            if self._at_end:
                return ""
            self._fill()

    def take(self, character: str) -> None:
        """Step over ``character``, which must come next. Raises NotJSON."""
        following = self.peek()
        if following != character:
            found = f"{following!a}" if following else "the end"
            raise NotJSON(f"not JSON: expected {character!r}, found {found}")
        self._position += 1

    def value(self) -> object:
        """The next value. Raises NotJSON; or NotReadable, and continues behind the value."""
        self.peek()
        while True:
            try:
                value, end = self._scan(self._text, self._position)
            except json.JSONDecodeError as error:
                if not self._may_be_cut(error.pos, error.msg):
                    raise NotJSON(f"not JSON: {error.msg}") from None
            except RecursionError:
                self._skip()
                raise NotReadable("nested too deeply") from None
            except ValueError:
                self._skip()
                raise NotReadable("a number of too many digits") from None
            else:
                if self._at_end or self._after_digits(end) < len(self._text):
                    self._position = end
                    return value
            self._fill()

    def _may_be_cut(self, position: int, reason: str = "") -> bool:
        """Whether an error at ``position`` may vanish when more is read."""
        if self._at_end:
            return False
        # Of a string without an end the position is its beginning.
        return reason.startswith("Unterminated") or position + _CUT >= len(self._text)

    def _skip(self) -> None:
        """Step over a value without reading it. Raises NotJSON at an early end."""
        if self._text[self._position] not in "[{":
            self._skip_number()
            return
        depth = 0
        while True:
            rest = len(self._text)
            for token in _TOKEN.finditer(self._text, self._position):
                if token[1] == "":
                    rest = token.start()
                    break
                if token[0] in ("[", "{"):
                    depth += 1
                elif token[0] in ("]", "}"):
                    depth -= 1
                if depth <= 0:
                    self._position = token.end()
                    return
            if self._at_end:
                raise NotJSON("not JSON: it breaks off")
            self._position = rest
            self._fill()

    def _after_digits(self, position: int) -> int:
        """The position behind the digits at ``position``, if there are any.

        At the end of what is held a number may go on, also one that breaks off at its point.
        """
        match = _NUMBER.match(self._text, position)
        return match.end() if match else position

    def _skip_number(self) -> None:
        while True:
            self._position = self._after_digits(self._position)
            if self._position < len(self._text) or self._at_end:
                return
            self._fill()

    def members(self) -> Iterator[str]:
        """Yield the names of the object that comes next; read each one's value in between."""
        self.take("{")
        if self.peek() == "}":
            self._position += 1
            return
        while True:
            if self.peek() != '"':
                raise NotJSON("not JSON: expected a name in double quotes")
            name = self.value()
            self.take(":")
            yield str(name)
            if self.peek() == "}":
                self._position += 1
                return
            self.take(",")

    def elements(self) -> Iterator[int]:
        """Yield the positions, from 0, in the list that comes next; read each one in between."""
        self.take("[")
        if self.peek() == "]":
            self._position += 1
            return
        position = 0
        while True:
            yield position
            position += 1
            if self.peek() == "]":
                self._position += 1
                return
            self.take(",")
