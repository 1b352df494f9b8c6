"""Whole pages over HTTP: while nothing changes, and by fifty people at once."""

import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Abs
from django.utils import timezone

from analytics.models import Moderator, Session, SessionTotals
from analytics.presentation.pages import CHART_PAGES
from benchmarks.serving import ADDRESS, Served
from benchmarks.timing import Times, interleaved

#: A page that shows nothing of the data, which the others are measured against.
WITHOUT_DATA = "/search/"
PAGES = {
    "home": "/",
    "review, 4 weeks": "/review/",
    "review, all dates": "/review/?start=",
    "insights": "/insights/",
    "sessions": "/sessions/",
}
# As many videos as a long shift has.
VIDEOS = 254
ROUNDS = 25
PEOPLE = 50
SECONDS = 8.0
#: What else people ask for beside pages: metrics, files, and charts that are drawn again.
OTHERS = (
    "/api/v1/metrics/review-summary/",
    "/api/v1/metrics/decisions/figure/",
    "/api/v1/metrics/review-by-day/",
    "/metrics/video-status.csv",
    "/metrics/review-by-day.csv?start=",
)
CALLBACK = "/charts/app/review/_dash-update-component"
#: What is asked for of any days of a year, of everybody or of one of so many people: more than is
#: kept, so that most of it has to be made.
DAYS = 365
MODERATORS = 100
WITH_RANGES = (
    "/",
    "/review/",
    "/insights/",
    "/sessions/",
    "/changed/",
    "/quality/",
    "/metrics/review-by-day.csv",
    "/export/review.xlsx",
    "/rows/review-summary/",
    "/api/v1/insights/",
    "/api/v1/metrics/decisions/figure/",
)

#: An address, and the body of what a page's script posts there.
Question = tuple[str, bytes | None]


@dataclass(frozen=True)
class Load:
    """What many people at once got: answers, in so many seconds; their median and 95 % times."""

    answers: int
    seconds: float
    median: float
    slow: float


def long_session() -> tuple[int, str]:
    """How many videos the session has that is nearest to ``VIDEOS``, and its page's address."""
    nearest = SessionTotals.objects.order_by(Abs(F("videos") - VIDEOS)).select_related("session")
    totals = nearest[0]
    return totals.videos, f"/sessions/{totals.session.public_id}/"


def unchanged(portal: Served) -> dict[str, Times]:
    """The times of pages that were made before, in turn with the page without data."""
    videos, address = long_session()
    paths = {"without data": WITHOUT_DATA, **PAGES, f"one session of {videos} videos": address}
    keep = http.client.HTTPConnection(ADDRESS, portal.port, timeout=600)

    def get(path: str) -> Callable[[], object]:
        return lambda: portal.get(keep, path)

    return interleaved({name: get(path) for name, path in paths.items()}, rounds=ROUNDS)


def callback_body(search: str = "?start=") -> bytes:
    """What Dash's renderer sends when a filter of the review page changes."""
    outputs = [
        {"id": f"graph-{slug}", "property": "figure"} for slug in CHART_PAGES["review"].charts
    ]
    outputs.append({"id": "answer", "property": "data"})
    names = "...".join(f"{output['id']}.{output['property']}" for output in outputs)
    body = {
        "output": f"..{names}..",
        "outputs": outputs,
        "inputs": [{"id": "query", "property": "data", "value": {"search": search, "n": 1}}],
        "changedPropIds": ["query.data"],
    }
    return json.dumps(body).encode()


def closed_loop(portal: Served, *, people: int = PEOPLE, seconds: float = SECONDS) -> Load:
    """Let people ask one thing after the other, each as soon as the last was answered."""
    _, address = long_session()
    paths, body = [*PAGES.values(), address, *OTHERS], callback_body()

    def next_of(rng: random.Random, turn: int) -> Question:
        return (CALLBACK, body) if turn % 10 == 9 else (rng.choice(paths), None)

    return ask_together(portal, next_of, people=people, seconds=seconds)


def many_ranges(portal: Served, *, seconds: float, people: int = PEOPLE) -> Load:
    """Let people ask for pages, findings, lists, files and charts of any range of dates."""
    newest = timezone.localdate(Session.objects.latest("started_at").started_at)
    names = Moderator.objects.order_by("username").values_list("username", flat=True)[:MODERATORS]
    moderators = list(names)

    def next_of(rng: random.Random, turn: int) -> Question:
        start, end = sorted(newest - timedelta(rng.randrange(DAYS)) for _ in range(2))
        search = f"?start={start}&end={end}"
        if turn % 4 == 3:
            search += f"&moderator={rng.choice(moderators)}"
        if turn % 10 == 9:
            return CALLBACK, callback_body(search)
        return rng.choice(WITH_RANGES) + search, None

    return ask_together(portal, next_of, people=people, seconds=seconds)


def ask_together(
    portal: Served,
    next_of: Callable[[random.Random, int], Question],
    *,
    people: int,
    seconds: float,
) -> Load:
    """Let people ask; ``next_of`` gives each of them what comes next, by their luck and turn."""
    end = time.monotonic() + seconds
    times: list[float] = []
    failed: list[Exception] = []

    def ask(person: int) -> None:
        rng, keep = random.Random(person), http.client.HTTPConnection(ADDRESS, portal.port)
        try:
            for turn in itertools.count():
                began = time.monotonic()
                if began >= end:
                    break
                path, body = next_of(rng, turn)
                if body is None:
                    portal.get(keep, path)
                else:
                    portal.post(keep, path, body)
                times.append(time.monotonic() - began)
        except Exception as error:  # noqa: BLE001  # of a thread, told by the one that waits for it
            failed.append(error)
        finally:
            keep.close()

    threads = [threading.Thread(target=ask, args=[person]) for person in range(people)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    times.sort()
    took = time.monotonic() - began
    return Load(len(times), took, times[len(times) // 2], times[len(times) * 95 // 100])
