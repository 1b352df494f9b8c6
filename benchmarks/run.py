"""What ``python -m benchmarks`` does: make the data, measure, write the report."""

import argparse
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from django.conf import settings

from benchmarks import (
    browser,
    cases,
    databases,
    engines,
    first_pages,
    ingest,
    other_tree,
    pages,
    reading,
    report,
    serving,
    tables,
)
from benchmarks.generator import SIZES, VERSION, Size
from benchmarks.timing import Times, timed

# The size that a larger one is compared with: the same metrics should take as long.
SMALLER = {"10m": "1m", "1m": "100k"}
# From here on plain SQL takes minutes: everyone's figures are measured once only.
LARGE = 5_000_000
INGESTED = Size("ingest", 150_000)
OUTPUT = Path(__file__).resolve().parent / "reports"


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; return the exit code: 1 when figures differ."""
    assert not settings.DEBUG, "DEBUG would keep every statement"
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is timed")
    parser.add_argument("--output", type=Path, help="where the report goes")
    parser.add_argument("--browser", action="store_true", help="pages in Chromium, nothing else")
    parser.add_argument("--load", action="store_true", help="50 people at once, nothing else")
    parser.add_argument("--minutes", type=float, default=0, help="of many ranges, for --load")
    parser.add_argument("--against", type=Path, help="another checkout, for --load")
    parser.add_argument("--drop", action="store_true", help="remove the benchmarks' databases")
    options = parser.parse_args(arguments)
    if options.drop:
        print("dropped:", ", ".join(databases.drop_all()) or "nothing")
        return 0
    differences: list[str] = []
    if options.browser:
        path = options.output or OUTPUT / f"browser-{options.size}.md"
        measured = run_browser(SIZES[options.size])
    elif options.load:
        path = options.output or OUTPUT / f"load-{options.size}.md"
        measured = run_load(SIZES[options.size], options.against, minutes=options.minutes)
    else:
        path = options.output or OUTPUT / f"{options.size}.md"
        measured, differences = run(SIZES[options.size], rounds=options.rounds)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(measured.text(), encoding="utf-8")
    print(f"The report: {path}")
    for sentence in differences:
        print(f"DIFFERENT: {sentence}", file=sys.stderr)
    return 1 if differences else 0


def run(size: Size, *, rounds: int, smaller: Size | None = None) -> tuple[report.Report, list[str]]:
    """Measure everything at a size; return the report and what differed."""
    measured = report.Report(size, rounds)
    if smaller is None and size.name in SMALLER:
        smaller = SIZES[SMALLER[size.name]]
    for sized in filter(None, (smaller, size)):
        prepare(sized)
    database = name_of(size)
    say("copying the raw tables to DuckDB")
    copy = engines.copy_to_duckdb(database)
    with ExitStack() as stack:
        stack.enter_context(databases.using(database))
        plain, duck = engines.PostgreSQL(database), engines.DuckDB(copy)
        stack.callback(plain.close)
        stack.callback(duck.close)
        small = size.views < LARGE
        wrong = compare(measured, [plain, duck] if small else [duck])
        once = () if small else (plain.name,)
        time_metrics(measured, [plain, duck], rounds=rounds, once=once)
        wrong += time_first_pages(measured, plain, rounds=rounds)
        time_http(measured, database, [duck], rounds=rounds)
        wrong += compare_again(measured, duck)
        time_pages(measured, database)
    if smaller is not None:
        time_sizes(measured, (size, smaller), rounds=rounds)
    time_ingest(measured, min(size, INGESTED, key=lambda sized: sized.views), rounds=min(rounds, 3))
    return measured, wrong


def run_browser(size: Size) -> report.Report:
    """Load the pages of charts in a browser."""
    measured = report.Report(size, browser.LOADS)
    prepare(size)
    say("loading pages in Chromium")
    with databases.using(name_of(size)):
        pages = browser.measure(name_of(size))
        measured.add("Pages in a browser", browser.weights(pages))
        measured.add(
            f"Each in a tab of its own, {browser.LOADS} loads",
            browser.times({path: page.apart for path, page in pages.items()}),
        )
        measured.add(
            f"In turn in one tab, {browser.LOADS} loads",
            browser.times({path: page.together for path, page in pages.items()}),
        )
    return measured


def run_load(size: Size, against: Path | None, *, minutes: float = 0) -> report.Report:
    """Let many people ask at once, of this portal and of another state of it in turn.

    ``minutes``: how long after that they ask for many ranges of dates.
    """
    measured = report.Report(size, 1)
    prepare(size)
    database = name_of(size)
    say("timing many people at once")
    with databases.using(database):
        portals: dict[str, AbstractContextManager[serving.Served]] = {
            "this": serving.served(database, workers=2),
        }
        if against is not None:
            portals[str(against)] = other_tree.serve_other(against, size, workers=2)
        time_load(measured, portals, minutes=minutes)
    return measured


def name_of(size: Size) -> str:
    """The database of a size."""
    return databases.name_of(f"{size.name}_v{VERSION}")


def prepare(size: Size) -> None:
    """Make the database of a size unless it is there; migrate it, should the portal have grown."""
    database = name_of(size)
    if not databases.exists(database):
        unfinished = f"{database}_unfinished"
        say(f"making {size.views:,} views")
        databases.create(unfinished)
        with databases.using(unfinished):
            tables.load(size, Progress())
        databases.rename(unfinished, database)
        engines.duckdb_path(database).unlink(missing_ok=True)
    databases.migrate(database)


class Progress:
    """Says how the making goes, at most every five seconds."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._said = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Tell of so much done."""
        if time.monotonic() - self._said > 5 or done == total:
            self._said = time.monotonic()
            say(f"  {done:,} of {total:,} {what}")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def compare(measured: report.Report, selected: list[engines.Engine]) -> list[str]:
    """Compare every metric in every scope with the engines."""
    say("comparing the figures")
    every = cases.all_cases()
    wrong: list[str] = []
    compared = 0
    for case in every:
        for engine in selected:
            wrong += reading.differences(case, engine)
            compared += len(reading.compared_metrics(case))
    names = " and ".join(engine.name for engine in selected)
    measured.add(
        "Exactness",
        f"{compared - len(wrong)} of {compared} comparisons with {names} are equal: every metric "
        f"of the review and of agreement, all rows, in {len(every)} scopes.",
        *(f"- {sentence}" for sentence in wrong),
    )
    return wrong


def compare_again(measured: report.Report, engine: engines.Engine) -> list[str]:
    """Compare every metric of two scopes once more: what the timing changed is as it was."""
    scopes = (cases.last_month(), cases.one_moderator())
    wrong = [sentence for case in scopes for sentence in reading.differences(case, engine)]
    names = " and ".join(case.name for case in scopes)
    verdict = "is equal" if not wrong else "differs"
    measured.add(
        "Exactness after the timing",
        f"What {engine.name} gives of {names} {verdict}.",
        *(f"- {sentence}" for sentence in wrong),
    )
    return wrong


def time_metrics(
    measured: report.Report, selected: list[engines.Engine], *, rounds: int, once: Collection[str]
) -> None:
    """Time the metrics' functions against plain SQL and DuckDB; ``once``: see ``interleaved``."""
    say("timing the metrics")
    everyone = cases.everyone()
    for case in (everyone, cases.last_month(), cases.one_moderator()):
        times = reading.measure(
            case, selected, rounds=rounds, once=once if case is everyone else ()
        )
        measured.add(f"All review metrics, {case.name}", report.compared(times))
    times = {}
    for case in (everyone, cases.last_month()):
        times |= reading.measure_agreement(case, selected, rounds=rounds, once=once)
    measured.add("All metrics of agreement", report.compared(times))


def time_first_pages(
    measured: report.Report, plain: engines.PostgreSQL, *, rounds: int
) -> list[str]:
    """Time the first pages of the records behind numbers; return what differed in their count."""
    say("timing the first pages of records")
    pages = first_pages.first_pages()
    wrong = first_pages.differences(pages, plain)
    times = first_pages.measure(pages, plain, rounds=min(rounds, 3))
    counted = f"{len(pages) - len(wrong)} of {len(pages)} counts are equal."
    measured.add("First pages of the records behind numbers", counted, report.compared(times))
    return wrong


def time_http(
    measured: report.Report, database: str, selected: list[engines.Engine], *, rounds: int
) -> None:
    """Time the page's metrics and the page over HTTP."""
    say("timing over HTTP")
    case = cases.everyone()
    with serving.served(database) as portal:
        requests = {
            "the metrics of the page, one request each": serving.page_metrics(portal, case),
            "the review page": serving.page(portal, ""),
            "the review page of all dates": serving.page(portal, "start="),
        }
        runners = {engine.name: reading.in_sql(engine, case, lines=True) for engine in selected}
        times: dict[str, dict[str, Times]] = {}
        with reading.ChangingSession(case) as changing:
            for label, ask in requests.items():
                times |= reading.first_and_again(label, ask, runners, rounds, changing=changing)
        peak = portal.peak_mebibytes()
    memory = report.memory({"the server's process, after all this": peak}) if peak else ""
    measured.add(f"Over HTTP, {case.name}", report.compared(times), memory)


def time_pages(measured: report.Report, database: str) -> None:
    """Time the pages while nothing changes, and many people at once."""
    say("timing the pages")
    with serving.served(database) as portal:
        times = pages.unchanged(portal)
    measured.add("Pages over HTTP while nothing changes", report.beside(times, "without data"))
    time_load(measured, {"": serving.served(database, workers=2)})


def time_load(
    measured: report.Report,
    portals: Mapping[str, AbstractContextManager[serving.Served]],
    *,
    minutes: float = 0,
) -> None:
    """Time many people at once, on a server that has just begun and once more on the same."""
    loads, peaks = {}, {}
    for name, serve in portals.items():
        with serve as portal:
            for label in ("from the start", "then again"):
                loads[", ".join(filter(None, (name, label)))] = pages.closed_loop(portal)
            if peak := portal.peak_mebibytes():
                peaks[", ".join(filter(None, ("the larger of two workers", name)))] = peak
            if minutes:
                label = ", ".join(filter(None, (name, "any range of dates")))
                loads[label] = pages.many_ranges(portal, seconds=60 * minutes)
                if peak := portal.peak_mebibytes():
                    peaks[f"the same, {label}, {minutes:g} minutes"] = peak
    memory = report.memory(peaks) if peaks else ""
    measured.add(f"{pages.PEOPLE} people at once", report.loaded(loads), memory)


def time_sizes(measured: report.Report, sizes: tuple[Size, Size], *, rounds: int) -> None:
    """Time the same metrics on a larger and a smaller database, in turn."""
    say("timing against the smaller size")
    labels = {size: f"{size.views:,} views" for size in sizes}
    contenders: dict[str, Callable[[], Callable[[], object]]] = {
        "without the session lines": lambda: reading.portal(cases.everyone(), lines=False),
        "with the lines as drawn": lambda: reading.portal(cases.everyone(), lines=True),
        "first pages of records": lambda: first_pages.all_opened(first_pages.first_pages()),
    }
    rows: dict[str, dict[str, Times]] = {}
    for label, prepared in contenders.items():
        first_times = {labels[size]: Times() for size in sizes}
        later_times = {labels[size]: Times() for size in sizes}
        for _ in range(rounds):
            for size in sizes:
                with databases.using(name_of(size)):
                    run = prepared()
                    # On a connection that is open, as a server's.
                    run()
                    reading.change()
                    for times in (first_times, later_times):
                        with timed(times[labels[size]]):
                            run()
        rows |= {f"{label}, after a change": first_times, f"{label}, again": later_times}
    measured.add("Against the smaller size, everyone", report.compared(rows, ours=labels[sizes[0]]))


def time_ingest(measured: report.Report, size: Size, *, rounds: int) -> None:
    """Time the ways in."""
    say("timing the import")
    times = ingest.measure(size, rounds=rounds)
    measured.add(
        "Import",
        f"{times.views:,} views, {times.rows:,} rows in all, from {times.file_mebibytes:.0f} MiB "
        "of JSON Lines, into empty tables.",
        report.ingested(times),
        report.memory({f"import_sessions of {name}": mib for name, mib in times.memory.items()}),
    )
