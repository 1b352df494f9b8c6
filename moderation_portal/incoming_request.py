"""A request as it comes in, piece by piece, while no thread waits for it.

Where a request ends is found out here only to know when to begin; gunicorn's parser, which gets the
bytes as they came, has the last word on what they mean.
"""

import re
from tempfile import SpooledTemporaryFile
from typing import Protocol

# Gunicorn's own limits for a line and for all headers come before this one.
_MAX_HEAD = 1024 * 1024
_MAX_LINE = 8190
# More of a request than this waits in a temporary file.
_IN_MEMORY = 1024 * 1024

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:[^\r]*chunked[ \t]*\r$")
_EXPECTS = re.compile(rb"(?im)^expect:[ \t]*100-continue[ \t]*\r$")


class Body(Protocol):
    """How much of a body is still to come."""

    #: Bytes still to come, as far as known.
    left: int

    @property
    def is_whole(self) -> bool:
        """Whether all is there."""
        ...

    def take(self, data: bytes) -> int:
        """Count the bytes of ``data`` that are the body's; returns how many are."""
        ...


class KnownLength:
    """A body whose length the head tells."""

    def __init__(self, length: int) -> None:
        """``length`` in bytes."""
        self.left = length

    @property
    def is_whole(self) -> bool:
        """See ``Body``."""
        return self.left == 0

    def take(self, data: bytes) -> int:
        """See ``Body``."""
        count = min(self.left, len(data))
        self.left -= count
        return count


class Chunked:
    """A body in chunks that each tell their length (RFC 9112, section 7.1)."""

    def __init__(self) -> None:
        self.is_whole = False
        self.left = 0
        self._line = bytearray()
        self._in_trailer = False

    def take(self, data: bytes) -> int:
        """See ``Body``; what cannot be understood is whole, for the parser to refuse."""
        position = 0
        while position < len(data) and not self.is_whole:
            if self.left:
                count = min(self.left, len(data) - position)
                self.left -= count
                position += count
                continue
            end = data.find(b"\n", position) + 1
            self._line += data[position : end or len(data)]
            position = end or len(data)
            if end:
                self._end_line()
            elif len(self._line) > _MAX_LINE:
                self.is_whole = True
        return position

    def _end_line(self) -> None:
        line = bytes(self._line).strip()
        self._line.clear()
        if self._in_trailer:
            self.is_whole = not line
            return
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        if size > 0:
            # And the end of its line.
            self.left = size + 2
        self._in_trailer = size == 0
        self.is_whole = size < 0


class IncomingRequest:
    """What has come of one request."""

    def __init__(self, max_body: int) -> None:
        """``max_body`` in bytes, as sent."""
        self.is_whole = False
        self.is_too_large = False
        #: Whether the client waits to be told that it may send the body.
        self.expects_continue = False
        #: What came behind the request: the beginning of the next one.
        self.surplus = b""
        self._max_body = max_body
        self._head = bytearray()
        self._body: Body | None = None
        self._body_size = 0
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed by ``close``

    @property
    def is_ready(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self.is_whole or self.is_too_large

    @property
    def path(self) -> str:
        """What the first line asks for, without the query; may be anything."""
        words = self._head.split(b"\r\n", 1)[0].split(b" ")
        return words[1].partition(b"?")[0].decode("latin-1") if len(words) == 3 else ""

    @property
    def has_begun(self) -> bool:
        """Whether anything came."""
        return bool(self._head)

    @property
    def in_head(self) -> bool:
        """Whether the end of the head is still to come."""
        return self._body is None

    @property
    def wanted(self) -> int:
        """How many bytes may well be read at once."""
        return max(64 * 1024, min(self._body.left if self._body else 0, 1024 * 1024))

    def feed(self, data: bytes) -> None:
        """Take what came."""
        if self._body is None:
            data = self._feed_head(data)
        if self._body is not None:
            count = self._body.take(data)
            self._file.write(data[:count])
            self._body_size += count
            self.surplus = data[count:]
            self.is_whole = self._body.is_whole
            self.is_too_large = self._body_size + self._body.left > self._max_body

    def _feed_head(self, data: bytes) -> bytes:
        """Look for the end of the head; returns what is behind it."""
        begin = max(0, len(self._head) - 3)
        self._head += data
        end = self._head.find(b"\r\n\r\n", begin) + 4
        if end < 4:
            line_is_too_long = len(self._head) > _MAX_LINE and b"\n" not in self._head
            if line_is_too_long or len(self._head) > _MAX_HEAD:
                # The parser says what is wrong.
                self._file.write(self._head)
                self.is_whole = True
            return b""
        head, body = bytes(self._head[:end]), bytes(self._head[end:])
        self._file.write(head)
        length = _LENGTH.search(head)
        self._body = (
            Chunked() if _CHUNKED.search(head) else KnownLength(int(length[1]) if length else 0)
        )
        self.expects_continue = _EXPECTS.search(head) is not None
        return body

    def begin_reading(self) -> None:
        """Go to the beginning, for ``read``."""
        self._file.seek(0)

    def read(self, size: int) -> bytes:
        """The next bytes; empty at the end."""
        return self._file.read(size)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
