"""Pages of charts in headless Chromium, against a bare page of Plotly with the same figures.

The bare page has the same file of Plotly and the same places, and nothing else: no server that
computes, no style sheet, no modules. Both are loaded in turn with a warm cache. A server of its own
gives the bare page: an answer that Playwright puts in the place of another switches the cache off.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks import report, serving
from benchmarks.timing import Times
from tests.browser import chromium

PATHS = ("/", "/review/")
LOADS = 20
# How often each page is loaded before: from the third load on the browser has its code compiled.
WARM_UPS = 3
# When the last chart got its first trace, how many have one, and the sum of the layout's shifts.
WATCH = """
window.benchmark = { last: 0, shift: 0 };
const drawn = new Set();
new MutationObserver(() => {
  for (const graph of document.querySelectorAll(".js-plotly-plot")) {
    if (!drawn.has(graph) && graph.querySelector(".trace, .slice")) {
      drawn.add(graph);
      window.benchmark.last = performance.now();
    }
  }
}).observe(document, { subtree: true, childList: true });
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    window.benchmark.shift += shift.value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""
PLACES = """[...document.querySelectorAll("[data-chart]")]
  .filter((place) => place.querySelector(".js-plotly-plot"))
  .map((place) => [place.dataset.chart, place.clientWidth, place.clientHeight])"""
# With its host: the bare page has another one.
PLOTLY = "[...document.scripts].map((script) => script.src).find((src) => src.includes('/plotly-'))"
FIGURES = "document.getElementById('charts-figures').textContent"
DRAW = """
const figures = JSON.parse(document.getElementById("figures").textContent);
for (const place of document.querySelectorAll("[id^=chart-]")) {
  const figure = figures[place.id.slice(6)];
  Plotly.newPlot(place, figure.data, figure.layout, { displayModeBar: false });
}
document.documentElement.dataset.charts = "drawn";
"""


@dataclass
class Loaded:
    """What a page of charts weighs cold, and the times of its last chart and of the bare page's."""

    requests: int
    kilobytes: float
    charts: int
    portal: Times = field(default_factory=Times)
    bare: Times = field(default_factory=Times)
    shift: float = 0.0


@contextmanager
def collected() -> Iterator[Path]:
    """The static files as production has them, in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-static-") as folder:
        environment = {**os.environ, "STATIC_ROOT": folder}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=serving.PROJECT, env=environment, check=True)
        yield Path(folder)


class BarePages(ThreadingHTTPServer):
    """Serves one page, which can be exchanged."""

    html = ""

    def __init__(self) -> None:
        super().__init__((serving.ADDRESS, 0), BarePageHandler)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{serving.ADDRESS}:{self.server_port}/"


class BarePageHandler(BaseHTTPRequestHandler):
    """Answers everything with the page."""

    protocol_version = "HTTP/1.1"
    server: BarePages

    def do_GET(self) -> None:
        """The page."""
        body = self.server.html.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def bare_pages() -> Iterator[BarePages]:
    """The server of the bare page, while it runs."""
    with BarePages() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def measure(database: str, *, loads: int = LOADS) -> dict[str, Loaded]:
    """Load every page cold once, then warm in turn with its bare page; by path."""
    # What people use, not the shell that the tests drive.
    path = chromium.find(chromium.WHOLE)
    if path is None:
        raise RuntimeError(chromium.MISSING)
    with (
        collected() as folder,
        serving.served(database, static=folder) as portal,
        bare_pages() as bare,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        return {page: load(browser.new_context(), portal, bare, page, loads) for page in PATHS}


def load(
    context: BrowserContext, portal: serving.Served, bare: BarePages, path: str, loads: int
) -> Loaded:
    """Measure one page in a context of its own."""
    address = f"http://{serving.ADDRESS}:{portal.port}"
    name, value = portal.cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": address}])
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    measured = weigh(page, address + path)
    bare.html = bare_page(page)
    turns = ((address + path, measured.portal), (bare.address, measured.bare))
    for number in range(WARM_UPS + loads):
        for place, times in turns:
            last, shift = drawn(page, place)
            if number >= WARM_UPS:
                times.seconds.append(last / 1000)
                measured.shift = max(measured.shift, shift if times is measured.portal else 0)
    context.close()
    return measured


def weigh(page: Page, address: str) -> Loaded:
    """Count the requests of a first load, and their bytes as they came over the wire."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: dict[str, float] = {}
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    drawn(page, address)
    page.wait_for_load_state("networkidle")
    weighed = [size for size in sizes.values() if size]
    network.detach()
    return Loaded(len(weighed), sum(weighed) / 1000, len(page.evaluate(PLACES)))


def drawn(page: Page, address: str) -> tuple[float, float]:
    """Load a page; the milliseconds until its last chart stood, and the sum of the shifts."""
    page.goto(address)
    page.wait_for_selector("html[data-charts=drawn]")
    last, shift = page.evaluate("[window.benchmark.last, window.benchmark.shift]")
    return float(last), float(shift)


def bare_page(page: Page) -> str:
    """A page of the same figures in the same places, drawn by the same Plotly."""
    places = "".join(
        f'<div id="chart-{slug}" style="width:{width}px;height:{height}px"></div>'
        for slug, width, height in page.evaluate(PLACES)
    )
    figures = json.dumps(json.loads(page.evaluate(FIGURES))).replace("</", "<\\/")
    return (
        f'<!doctype html><meta charset="utf-8"><script src="{page.evaluate(PLOTLY)}"></script>'
        f'{places}<script type="application/json" id="figures">{figures}</script>'
        f"<script>{DRAW}</script>"
    )


def table(measured: dict[str, Loaded]) -> str:
    """The pages as a table: median and slowest of the last chart, and against the bare page."""
    head = (
        *("page", "charts", "requests, cold", "kB, cold", "last chart, ms", "slowest"),
        *("bare page, ms", "slowest", "median against bare", "slowest against bare", "shift"),
    )
    rows = []
    for path, page in measured.items():
        ours, theirs = page.portal.median, page.bare.median
        rows.append(
            (
                path,
                str(page.charts),
                str(page.requests),
                f"{page.kilobytes:.0f}",
                *(f"{seconds * 1000:.0f}" for seconds in (ours, page.portal.spread[1])),
                *(f"{seconds * 1000:.0f}" for seconds in (theirs, page.bare.spread[1])),
                f"{ours / theirs:.2f}",
                f"{page.portal.spread[1] / page.bare.spread[1]:.2f}",
                f"{page.shift:.3f}",
            )
        )
    return report.table(head, rows)
