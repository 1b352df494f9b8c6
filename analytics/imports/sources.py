"""The bytes of files and of standard input, unpacked when they are gzipped."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP = b"\x1f\x8b"


#: Bytes at a file's beginning that tell what it is.
SNIFFED = 4096
_ZIP = b"PK\x03\x04"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_BOMS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_SIGNATURES = {
    _GZIP: "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"7z\xbc\xaf": "a 7z file",
    b"Rar!": "a rar file",
    b"%PDF-": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or another Office file",
    b"PAR1": "a Parquet file",
    b"ORC": "an ORC file",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"\x04\x22\x4d\x18": "an lz4 file",
    b"x\x01": "a zlib stream",
    b"x\x9c": "a zlib stream",
    b"x\xda": "a zlib stream",
    b"PK\x05\x06": "an empty zip file",
    b"SQLite format 3\x00": "a SQLite database",
    b"PGDMP": "a dump of PostgreSQL",
}


def describe_binary(start: bytes) -> str:
    """The kind of a file that is no UTF-8 text, from its first bytes; empty for a text."""
    for boms, name in ((_UTF32_BOMS, "UTF-32"), (_UTF16_BOMS, "UTF-16")):
        if start.startswith(boms):
            return name
    if start.startswith(_ZIP):
        is_workbook = b"[Content_Types].xml" in start or b"xl/" in start
        return "an Excel workbook" if is_workbook else "a zip file"
    if name := _kind_by_signature(start):
        return name
    if b"\0" not in start:
        return ""
    if start[:3] == b"\0\0\0" or start[1:4] == b"\0\0\0":
        # Text of UTF-32 without its mark has three NULs beside each letter; BSON has a length.
        return "BSON (a dump of MongoDB; use mongoexport)" if _is_bson(start) else "UTF-32"
    if _is_bson(start):
        return "BSON (a dump of MongoDB; use mongoexport)"
    if start[:1] == b"\0" or start[1:2] == b"\0":
        return "UTF-16"
    # A text in which a NUL has strayed is a text: its line alone is refused.
    head = start[:64]
    return "" if all(byte >= 32 or byte in b"\t\r\n\0" for byte in head) else "a binary file"


def _kind_by_signature(start: bytes) -> str:
    """The kind of a file by the signature at its beginning; empty when there is none."""
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    return "a tar file" if start[257:262] == b"ustar" else ""


def _is_bson(start: bytes) -> bool:
    """Whether the bytes are a length, the type of an element, and its name."""
    length = int.from_bytes(start[:4], "little")
    return len(start) > 6 and 5 <= length < 1 << 26 and 1 <= start[4] <= 0x13 and start[5] >= 32


class Unreadable(Exception):
    """The input cannot be read (any further); the message says why."""


class _Unpacked(io.RawIOBase):
    """A gzipped file's bytes; where it breaks off it ends, and ``error`` says so.

    An exception would make the buffer around it forget what came before.
    """

    def __init__(self, packed: gzip.GzipFile, largest: int | None) -> None:
        self._packed = packed
        self._largest = largest
        self._size = 0
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.error is not None:
            # Read on, it would give another reason, of whatever stands behind.
            return 0
        view = memoryview(buffer)
        try:
            data = self._packed.read1(len(view))
        except (OSError, EOFError, zlib.error) as error:
            self.error = error
            return 0
        self._size += len(data)
        if self._largest is not None and self._size > self._largest:
            self.error = Unreadable(
                f"it is larger than {self._largest / 1024 / 1024:.0f} MiB unpacked; the import"
                " commands take files of any size"
            )
            return 0
        view[: len(data)] = data
        return len(data)


class Source:
    """The bytes of a file, ``-`` standing for standard input, unpacked when they are gzipped."""

    def __init__(
        self, name: str, content: BinaryIO | None = None, *, largest: int | None = None
    ) -> None:
        """Read the file of this name, or ``content`` under it.

        A gzipped file is read up to ``largest`` bytes of what it holds.
        """
        self.name = name
        self._largest = largest
        self._content = content
        #: Whether any document, good or bad, was met so far.
        self.found_documents = False
        self._ahead = b""
        self._position = 0
        self._unpacked: _Unpacked | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        try:
            raw: io.BufferedReader
            if self._content is not None:
                raw = cast(
                    "io.BufferedReader", io.BufferedReader(cast("io.RawIOBase", self._content))
                )
                self.size = None
            elif self.name == "-":
                raw = cast("io.BufferedReader", sys.stdin.buffer)
                self.size = None
            else:
                raw = self._resources.enter_context(Path(self.name).open("rb"))
                self.size = os.fstat(raw.fileno()).st_size
            self._raw: BinaryIO = raw
            self._file: BinaryIO = raw
            if raw.peek(2)[:2] == _GZIP:
                packed = self._resources.enter_context(gzip.GzipFile(fileobj=raw))
                self._unpacked = _Unpacked(packed, self._largest)
                self._file = io.BufferedReader(self._unpacked, 256 * 1024)
        except OSError as error:
            self._resources.close()
            raise Unreadable(error.strerror or str(error)) from None
        return self

    def __exit__(self, *error: object) -> None:
        self.position()
        self._resources.close()

    def position(self) -> int:
        """How many bytes of the file (as it is stored) have been read, also once it is closed."""
        # A pipe has no position.
        with suppress(OSError, ValueError):
            self._position = self._raw.tell()
        return self._position

    def unread(self, data: bytes) -> None:
        """Give ``data`` back, to be read next."""
        self._ahead = data + self._ahead

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; nothing at the end. Raises Unreadable."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        try:
            data = self._file.read(size)
        except OSError as error:
            raise Unreadable(f"it breaks off: {error}") from None
        if not data:
            self._check_end()
        return data

    def _check_end(self) -> None:
        error = self._unpacked.error if self._unpacked else None
        if isinstance(error, Unreadable):
            raise error
        if error is not None:
            raise Unreadable(f"it breaks off: {error}")

    def line(self, size: int) -> bytes:
        """A line, or the first ``size`` bytes of it. Raises Unreadable."""
        if self._ahead:
            end = self._ahead.find(b"\n", 0, size) + 1
            if end or len(self._ahead) >= size:
                return self.read(end or size)
            data, self._ahead = self._ahead, b""
            return data + self.line(size - len(data))
        try:
            data = self._file.readline(size)
        except OSError as error:
            raise Unreadable(f"it breaks off: {error}") from None
        if len(data) < size and not data.endswith(b"\n"):
            self._check_end()
        return data
