"""What an import reports: each rejection, the counts, progress on a terminal, the exit code.

Shared by every way in (files of documents, CSV, the legacy database, REST), so that all of them
name what they reject in the same words and end in the same line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Never, Self, TextIO

from tqdm import tqdm

#: Exit codes of the import commands.
EXIT_ALL_IN = 0
EXIT_SOME_REJECTED = 1
EXIT_NOTHING_READ = 2
#: As shells count: 128, and the number of SIGINT.
EXIT_STOPPED = 130

#: Longer texts of others (ids, values, names of fields) are cut in messages and answers.
MAX_ECHO = 80
#: Rejections that are written out; the others are counted.
MAX_REPORTED = 100


def one_line(text: str) -> str:
    """The text with everything unprintable escaped, so that a report keeps its lines.

    Also makes lone surrogates and control characters harmless for terminals and log files.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def quoted(value: str) -> str:
    """A text of somebody's data for use in a message: cut, escaped, in quotes."""
    return f'"{one_line(cut(value))}"'


def cut(text: str) -> str:
    """At most ``MAX_ECHO`` characters of somebody's text."""
    return text if len(text) <= MAX_ECHO else text[:MAX_ECHO] + "…"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One thing that was not taken in, and why.

    ``place`` is where it stands in the input (``line 7``, ``element 3``), ``path`` what inside
    it (``sessions[0].videos[0].keys``, a CSV column), ``key`` the session (or row) it belongs to
    as far as known, ``kind`` what ``key`` names. ``index`` is the position, from 0, in a list
    that a program sent.
    """

    message: str
    path: str = ""
    key: str | None = None
    place: str = ""
    index: int | None = None
    kind: str = "session"

    def __str__(self) -> str:
        """``line 7: sessions[0].videos[0].keys: expected a list (session x)``."""
        text = ": ".join(part for part in (self.place, self.path, self.message) if part)
        if self.key is not None:
            text += f" ({self.kind} {cut(self.key)})"
        return one_line(text)


#: Stands for a rejection that will only be counted: not worth describing.
COUNTED_ONLY = Rejection("")


@dataclass(slots=True)
class Counts:
    """How many things were created, updated, found unchanged, and rejected."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __iadd__(self, other: Counts) -> Self:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        return self

    def ending(self, label: str) -> str:
        """The last line of an import: ``sessions: 1 created, 0 updated, ...``."""
        return (
            f"{label}: {self.created} created, {self.updated} updated, "
            f"{self.unchanged} unchanged, {self.rejected} rejected"
        )

    def exit_code(self, *, nothing_read: bool = False) -> int:
        """The exit code: 0 none rejected, 1 some, 2 when nothing could be read."""
        if nothing_read:
            return EXIT_NOTHING_READ
        return EXIT_SOME_REJECTED if self.rejected else EXIT_ALL_IN


class FirstRejections:
    """The first rejections in full, and how many there are: an answer of bounded size."""

    def __init__(self) -> None:
        self.first: list[Rejection] = []
        self.count = 0

    def add(self, rejection: Rejection) -> None:
        """Count a rejection; keep it if it is among the first."""
        self.count += 1
        if len(self.first) < MAX_REPORTED:
            self.first.append(rejection)

    def wants_more(self) -> bool:
        """Whether the next one would be kept; else it is counted, and need not be made."""
        if len(self.first) < MAX_REPORTED:
            return True
        self.count += 1
        return False

    def is_full(self) -> bool:
        """Whether further rejections are only counted."""
        return len(self.first) >= MAX_REPORTED

    def in_order(self) -> list[Rejection]:
        """The kept ones by their place in what was sent."""
        return sorted(self.first, key=lambda rejection: rejection.index or 0)


class Report:
    """Where a command's rejections go: the error stream, and the file of ``--rejects``.

    Rejections are written as they come and not kept: memory does not grow with them. The error
    stream gets the first ones and their number, the file all, one a line. Raises OSError when it
    cannot be written.
    """

    def __init__(self, write: Callable[[str], object], rejects: str | None = None) -> None:
        self._write = write
        self._count = 0
        self._file: TextIO | None = None
        if rejects is not None:
            self._file = Path(rejects).open("w", encoding="utf-8")  # noqa: SIM115 - see __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()

    def reject(self, rejection: Rejection) -> None:
        """Write one rejection."""
        self._count += 1
        if self._count <= MAX_REPORTED:
            with tqdm.external_write_mode(file=sys.stderr):
                self._write(str(rejection))
        if self._file is not None:
            print(rejection, file=self._file)

    def conclude(self) -> None:
        """Say how many rejections the error stream left out."""
        left_out = self._count - MAX_REPORTED
        if left_out > 0:
            where = "" if self._file is not None else "; --rejects FILE writes all"
            noun = "rejection" if left_out == 1 else "rejections"
            self._write(f"and {left_out:,} more {noun}{where}")


# Without tqdm's thread, which would outlive the bar: a process with threads is not forked.
tqdm.monitor_interval = 0


def progress_bar(
    total: int | None, *, unit: str, description: str, scale: bool = False
) -> tqdm[Never]:
    """A progress bar on the error stream, shown only when that is a terminal.

    ``unit`` is what is counted ("B" with ``scale=True`` for bytes); ``total`` None: not known.
    """
    return tqdm(
        total=total,
        unit=unit,
        unit_scale=scale,
        desc=description,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    )
