"""The report: what was measured, on what machine, as Markdown."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from django.db import connection
from django.utils.timezone import now

from benchmarks.generator import Size
from benchmarks.ingest import Ingested
from benchmarks.pages import Load
from benchmarks.timing import Times


@dataclass
class Report:
    """Collects sections and writes them."""

    size: Size
    rounds: int
    sections: list[str] = field(default_factory=list)

    def add(self, title: str, *parts: str) -> None:
        """Add a section."""
        self.sections.append("\n\n".join((f"## {title}", *parts)))

    def text(self) -> str:
        """The whole report."""
        head = (
            f"# {self.size.views:,} views",
            f"Measured on {now():%d %B %Y} by `make bench SIZE={self.size.name}`.",
            "What each figure means: docs/performance.md.",
            machine(),
        )
        return "\n\n".join((*head, *self.sections)) + "\n"


def machine() -> str:
    """The machine and the versions in a sentence or two."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "duckdb", "psycopg"))
    return (
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory; "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"PostgreSQL {server}, {packages}."
    )


def processor() -> str:
    """The processor's name."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for row in path.read_text().splitlines():
            if row.startswith("model name"):
                return row.split(":", 1)[1].strip()
    return platform.processor() or "an unnamed processor"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [head, ("---", *["--:"] * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def milliseconds(seconds: float) -> str:
    """A time with three digits that count."""
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.3g} ms"


def against(times: Times, reference: Times) -> str:
    """A time as a share of another one: 1/120 or 1.3."""
    share = times.median / reference.median
    return f"1/{1 / share:,.3g}" if share < 1 else f"{share:.2f}"


def compared(results: dict[str, dict[str, Times]], *, ours: str = "portal") -> str:
    """The table of what was timed: our median, the others', and the ratios to them."""
    engines = [name for name in next(iter(results.values())) if name != ours]
    head = ["", ours, *engines, *(f"against {name}" for name in engines)]
    rows = []
    for label, times in results.items():
        our_times = times[ours]
        rows.append(
            (
                label,
                milliseconds(our_times.median),
                *(milliseconds(times[name].median) for name in engines),
                *(against(our_times, times[name]) for name in engines),
            )
        )
    return table(tuple(head), rows)


def beside(times: Mapping[str, Times], reference: str) -> str:
    """The table of what was timed in turn, and its ratio to one of them."""
    rows = [
        (name, milliseconds(found.median), f"{found.median / times[reference].median:.2f}")
        for name, found in times.items()
    ]
    return table(("", "median", f"times {reference}"), rows)


def loaded(loads: Mapping[str, Load]) -> str:
    """The table of what many people at once got."""
    rows = [
        (
            name,
            f"{load.answers:,}",
            f"{load.answers / load.seconds:.0f}",
            milliseconds(load.median),
            milliseconds(load.slow),
        )
        for name, load in loads.items()
    ]
    return table(("", "answers", "a second", "median", "95 % within"), rows)


def ingested(results: Ingested) -> str:
    """The table of the ways in."""
    copy, insert = results.speed("COPY"), results.speed("INSERT")
    rows = []
    for name, label in (
        ("import", "import_sessions from a file"),
        ("COPY", "bare COPY of the rows, ready in memory"),
        ("INSERT", "a transaction of INSERTs a session"),
    ):
        speed = results.speed(name)
        rows.append((label, f"{speed:,.0f}", f"{speed / copy:.2f}", f"{speed / insert:.1f}"))
    return table(("", "views a second", "of COPY's speed", "times the INSERTs"), rows)


def memory(peaks: dict[str, float]) -> str:
    """The table of peaks of memory."""
    rows = [(name, f"{mebibytes:.0f} MiB") for name, mebibytes in peaks.items()]
    return table(("peak memory of", ""), rows)
