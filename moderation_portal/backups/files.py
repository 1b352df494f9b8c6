"""The file of a backup: gzip around a header, and for each table its name and its rows.

Header and names are lines of JSON. Rows are PostgreSQL's text format of COPY, in pieces that each
begin with their length (four bytes, most significant first); a length of 0 ends the table.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "moderation-portal backup 1"
# Fast, and still a fifth of the size.
_COMPRESSION = 3
_LARGEST_PIECE = 1 << 30


class BackupError(Exception):
    """The file cannot be written or is no whole backup; the message is a sentence for people."""


@dataclass(frozen=True)
class Header:
    """What a backup holds."""

    made_at: str
    #: As ``[application, name]``, in no order.
    migrations: list[list[str]]
    #: Rows by table.
    counts: dict[str, int]


@dataclass(frozen=True)
class Table:
    """A table and the columns whose values follow."""

    name: str
    columns: list[str]


class Writer:
    """Writes the parts in their order."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def header(self, header: Header) -> None:
        """Begin the file."""
        self._line({"format": FORMAT} | asdict(header))

    def table(self, table: Table) -> None:
        """Begin a table, ``end`` ends it."""
        self._line(asdict(table))

    def piece(self, data: bytes | bytearray | memoryview) -> None:
        """Some of its rows."""
        if len(data):
            self._file.write(len(data).to_bytes(4))
            self._file.write(data)

    def end(self) -> None:
        """End the table."""
        self._file.write((0).to_bytes(4))

    def close(self) -> None:
        """End the file: one without this mark is not whole."""
        self._line({"end": True})

    def _line(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value).encode() + b"\n")


class Reader:
    """Reads the parts in their order; anything unexpected is a ``BackupError``."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def header(self) -> Header:
        """The beginning of the file."""
        value = self._line()
        if value.pop("format", None) != FORMAT:
            raise BackupError("This is no backup that this version of the portal can read.")
        return Header(**value)

    def tables(self) -> Iterator[Table]:
        """The tables; the rows of each have to be read before the next."""
        while True:
            value = self._line()
            if "end" in value:
                return
            yield Table(**value)

    def pieces(self) -> Iterator[bytes]:
        """The rows of the table that was read last."""
        while length := int.from_bytes(self._read(4)):
            if length > _LARGEST_PIECE:
                raise BackupError("The backup is damaged.")
            yield self._read(length)

    def _read(self, length: int) -> bytes:
        data = self._file.read(length)
        if len(data) < length:
            raise BackupError("The backup is not whole: it ends too early.")
        return data

    def _line(self) -> dict[str, Any]:
        line = self._file.readline(_LARGEST_PIECE)
        if not line.endswith(b"\n"):
            raise BackupError("The backup is not whole: it ends too early.")
        try:
            value = json.loads(line)
        except ValueError as error:
            raise BackupError("The backup is damaged.") from error
        if not isinstance(value, dict):
            raise BackupError("The backup is damaged.")
        return value


@contextmanager
def create(path: Path) -> Iterator[Writer]:
    """Write a file that nobody else can read, whole or not at all; an old one is never replaced."""
    if path.exists():
        raise BackupError(f"{path} exists already.")
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw:
                with gzip.GzipFile("", "wb", _COMPRESSION, raw) as file:
                    writer = Writer(file)
                    yield writer
                    writer.close()
                raw.flush()
                os.fsync(raw.fileno())
            partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def read(path: Path) -> Iterator[Reader]:
    """Read a file; what is wrong with it is a ``BackupError``."""
    try:
        with gzip.open(path) as file:
            yield Reader(file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{path} is no whole backup: {error}.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
