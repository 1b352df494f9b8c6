"""Pages of charts in headless Chromium, against a bare page of Plotly with the same figures.

The bare page has the same file of Plotly, the same places and options, and nothing else: no server
that computes, no style sheet, no modules, no typeface. Both are loaded in turn with a warm cache,
each in a tab of its own, and then both in one tab, where each load also takes down the other page.
A server of its own gives the bare page: an answer that Playwright puts in the place of another
switches the cache off.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from analytics.web.dash.app import CONFIG
from benchmarks import report, serving
from benchmarks.timing import Times
from tests.browser import chromium

PATHS = ("/", "/review/")
LOADS = 20
# How often each page is loaded before: from the third load on the browser has its code compiled.
WARM_UPS = 3
# When all charts are drawn, how many have a trace, and the sum of the layout's shifts. A line on
# the console tells it: what Playwright asks for meanwhile would be done by the page's own thread.
DRAWN = "benchmark: drawn"
WATCH = f"""
window.benchmark = {{ last: 0, charts: 0, shift: 0 }};
const finished = new MutationObserver(() => {{
  if (document.documentElement?.dataset.charts === "drawn") {{
    finished.disconnect();
    window.benchmark.last = performance.now();
    for (const graph of document.querySelectorAll(".js-plotly-plot")) {{
      window.benchmark.charts += graph.querySelector(".trace, .slice") ? 1 : 0;
    }}
    console.log("{DRAWN}");
  }}
}});
const watchRoot = (root) => finished.observe(root, {{ attributeFilter: ["data-charts"] }});
if (document.documentElement) {{
  watchRoot(document.documentElement);
}} else {{
  new MutationObserver((_, root) => {{
    if (document.documentElement) {{
      root.disconnect();
      watchRoot(document.documentElement);
    }}
  }}).observe(document, {{ childList: true }});
}}
new PerformanceObserver((list) => {{
  for (const shift of list.getEntries()) {{
    window.benchmark.shift += shift.value;
  }}
}}).observe({{ type: "layout-shift", buffered: true }});
"""
# Of each chart its size, and how its days are dragged over, which the page's script adds.
PLACES = """[...document.querySelectorAll("[data-chart] .js-plotly-plot")].map((graph) => [
  graph.closest("[data-chart]").dataset.chart, graph.clientWidth, graph.clientHeight,
  { dragmode: graph.layout.dragmode, selectdirection: graph.layout.selectdirection },
])"""
AT_REST = "new Promise((resolve) => requestIdleCallback(resolve))"
# With its host: the bare page has another one.
PLOTLY = "[...document.scripts].map((script) => script.src).find((src) => src.includes('/plotly-'))"
FIGURES = "document.getElementById('charts-figures').textContent"
DRAW = """
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const figures = read("figures");
const config = read("config");
for (const [slug, options] of Object.entries(read("options"))) {
  const { data, layout } = figures[slug];
  const size = { autosize: true, width: undefined, height: undefined };
  Plotly.newPlot(`chart-${slug}`, data, { ...layout, ...size, ...options }, config);
}
document.documentElement.dataset.charts = "drawn";
"""


@dataclass
class Turns:
    """The times of the last chart of a page and of its bare page, which took turns."""

    portal: Times = field(default_factory=Times)
    bare: Times = field(default_factory=Times)


@dataclass
class Loaded:
    """What a page of charts weighs cold, and when its last chart stands.

    ``apart``: it and its bare page each in a tab of its own; ``together``: both in one.
    """

    requests: int
    kilobytes: float
    charts: int
    apart: Turns = field(default_factory=Turns)
    together: Turns = field(default_factory=Turns)
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
        return {path: load(browser, portal, bare, path, loads) for path in PATHS}


def load(
    browser: Browser, portal: serving.Served, bare: BarePages, path: str, loads: int
) -> Loaded:
    """Measure one page, in contexts of its own: no process of the browser has had another page."""
    address = f"http://{serving.ADDRESS}:{portal.port}{path}"
    with tab(browser, portal) as page, tab(browser, portal) as other:
        measured = weigh(page, address)
        bare.html = bare_page(page)
        take_turns(measured, measured.apart, {address: page, bare.address: other}, loads)
    with tab(browser, portal) as page:
        take_turns(measured, measured.together, {address: page, bare.address: page}, loads)
    return measured


@contextmanager
def tab(browser: Browser, portal: serving.Served) -> Iterator[Page]:
    """A tab in a context of its own, where somebody is logged in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    name, value = portal.cookie.split("=", 1)
    url = f"http://{serving.ADDRESS}:{portal.port}"
    context.add_cookies([{"name": name, "value": value, "url": url}])
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def take_turns(measured: Loaded, turns: Turns, tabs: Mapping[str, Page], loads: int) -> None:
    """Load the page and its bare page in turn, each in its tab, which is at rest before."""
    for number in range(WARM_UPS + loads):
        for (address, page), times in zip(tabs.items(), (turns.portal, turns.bare), strict=True):
            last, shift = drawn(page, address, measured.charts)
            if number >= WARM_UPS:
                times.seconds.append(last / 1000)
                measured.shift = max(measured.shift, shift if times is turns.portal else 0)


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


def drawn(page: Page, address: str, charts: int | None = None) -> tuple[float, float]:
    """Load a page; the milliseconds until its last chart stood, and the sum of the shifts.

    Raises ``RuntimeError`` where another number of charts than expected has traces.
    """
    with page.expect_console_message(lambda message: message.text == DRAWN):
        page.goto(address, wait_until="commit")
    page.evaluate(AT_REST)
    last, shift, found = page.evaluate(
        "[window.benchmark.last, window.benchmark.shift, window.benchmark.charts]"
    )
    if charts is not None and found != charts:
        raise RuntimeError(f"{address}: {found} charts have a trace, not {charts}")
    return float(last), float(shift)


def bare_page(page: Page) -> str:
    """A page of the same figures in the same places, drawn by the same Plotly."""
    places = page.evaluate(PLACES)
    divisions = "".join(
        f'<div id="chart-{slug}" style="width:{width}px;height:{height}px"></div>'
        for slug, width, height, _ in places
    )
    data = {
        "figures": json.loads(page.evaluate(FIGURES)),
        "options": {slug: options for slug, _, _, options in places},
        "config": CONFIG,
    }
    scripts = "".join(
        f'<script type="application/json" id="{name}">{as_script(value)}</script>'
        for name, value in data.items()
    )
    return (
        f'<!doctype html><meta charset="utf-8"><script src="{page.evaluate(PLOTLY)}"></script>'
        f"{divisions}{scripts}<script>{DRAW}</script>"
    )


def as_script(value: Any) -> str:
    """JSON as a script element takes it."""
    return json.dumps(value).replace("</", "<\\/")


def weights(measured: Mapping[str, Loaded]) -> str:
    """What the pages weigh when they are loaded for the first time, as a table."""
    head = ("page", "charts", "requests, cold", "kB, cold", "shift")
    rows = [
        (path, str(page.charts), str(page.requests), f"{page.kilobytes:.0f}", f"{page.shift:.3f}")
        for path, page in measured.items()
    ]
    return report.table(head, rows)


def times(measured: Mapping[str, Turns]) -> str:
    """When the last charts stand, as a table: median and slowest, and against the bare page."""
    head = (
        *("page", "last chart, ms", "slowest", "bare page, ms", "slowest"),
        *("median against bare", "slowest against bare"),
    )
    rows = []
    for path, turns in measured.items():
        ours, theirs = turns.portal, turns.bare
        seconds = (ours.median, ours.spread[1], theirs.median, theirs.spread[1])
        rows.append(
            (
                path,
                *(f"{each * 1000:.0f}" for each in seconds),
                f"{ours.median / theirs.median:.2f}",
                f"{ours.spread[1] / theirs.spread[1]:.2f}",
            )
        )
    return report.table(head, rows)
