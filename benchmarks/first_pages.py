"""The first page of the records behind a number: the portal against plain SQL, in one run.

Numbers of many records and of few. The SQL is what somebody would write who knows the tables: a
count, and the newest records. It has the portal's indexes, and no summaries.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row
from analytics.models import Moderator
from analytics.rows.kinds import record_list
from analytics.rows.selection import select
from analytics.summaries.snapshots import snapshot
from benchmarks import cases, reading
from benchmarks.engines import PostgreSQL
from benchmarks.queries import IDLE, SESSIONS, SPEEDS, VIEWS
from benchmarks.timing import Times

PAGE_SIZE = 50


@dataclass(frozen=True)
class FirstPage:
    """A number: ``values`` ask for it, as the API's parameters; the SQL selects its records."""

    label: str
    metric: str
    values: Mapping[str, str]
    tables: str
    condition: str
    columns: str
    order: str

    def open(self) -> int:
        """Read the first page with the number of records, as a request does; returns the number."""
        with snapshot():
            records = record_list(select(METRICS[self.metric], self.values, PORTAL))
            records.page(PAGE_SIZE)
            return records.count

    @property
    def statements(self) -> tuple[str, str]:
        """The same in SQL: how many records, and the newest of them."""
        source = f"FROM {self.tables} WHERE {self.condition}"
        page = f"SELECT {self.columns} {source} ORDER BY {self.order} LIMIT {PAGE_SIZE + 1}"
        return f"SELECT count(*) {source}", page


def first_pages() -> list[FirstPage]:
    """Numbers of many records, then of few."""
    newest = "s.started_at DESC, s.public_id DESC"
    views = {"tables": VIEWS, "columns": "v.*, s.*", "order": f"{newest}, v.position DESC"}
    person = Moderator.objects.order_by("-pk")[0]
    longest = longest_intervals()
    start, stop = longest["from_seconds"], longest["to_seconds"]
    return [
        FirstPage("rejected views", "decisions", {"decision": "rejected"},
                  condition="v.decision = 'rejected'", **views),
        FirstPage("views of a rare status", "video-status", {"status": "Skipped"},
                  condition="v.status = 'Skipped'", **views),
        FirstPage("one moderator's views", "review-summary",
                  {"moderator": person.username, "column": "videos"},
                  condition=f"s.moderator_id = {person.pk}", **views),
        FirstPage("sessions of over two hours", "session-duration", {"bucket": ">7200s"},
                  SESSIONS, "s.duration_us > 7200000000", "s.*", newest),
        FirstPage("speeds of 3", "playback-speeds", {"speed": "3.0"},
                  SPEEDS, "p.value = 3", "p.*, v.*, s.*",
                  f"{newest}, v.position DESC, p.position DESC"),
        FirstPage("the longest idle intervals", "idle-time",
                  {"kind": str(longest["kind"]), "from_seconds": str(start)},
                  IDLE, f"i.kind = '{longest['kind']}'"
                  f" AND i.duration_us >= {start} * 1000000::bigint"
                  f" AND i.duration_us < {stop} * 1000000::bigint",
                  "i.*, s.*", f"{newest}, i.position DESC"),
    ]  # fmt: skip


def longest_intervals() -> Row:
    """The last bin of idle time that holds intervals."""
    bins = METRICS["idle-time"](cases.everyone().scope).rows
    by_start = sorted((row for row in bins if row["intervals"]), key=itemgetter("from_seconds"))
    return by_start[-1]


def differences(pages: list[FirstPage], plain: PostgreSQL) -> list[str]:
    """A sentence for every number whose records are not as many as plain SQL counts."""
    counts = {page.label: (page.open(), plain.rows(page.statements[0])[0][0]) for page in pages}
    return [
        f"{label}: {ours} records, {plain.name} {theirs}"
        for label, (ours, theirs) in counts.items()
        if ours != theirs
    ]


def measure(
    pages: list[FirstPage], plain: PostgreSQL, *, rounds: int
) -> dict[str, dict[str, Times]]:
    """The times of the portal and of plain SQL."""
    times: dict[str, dict[str, Times]] = {}
    for page in pages:
        runners = {plain.name: in_sql(page, plain)}
        times |= reading.first_and_again(page.label, page.open, runners, rounds)
    return times


def all_opened(pages: list[FirstPage]) -> Callable[[], object]:
    """What reads the first page of each."""
    return lambda: [page.open() for page in pages]


def in_sql(page: FirstPage, plain: PostgreSQL) -> Callable[[], object]:
    """What reads a page by plain SQL."""
    return lambda: [plain.rows(statement) for statement in page.statements]
