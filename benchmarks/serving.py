"""The portal over HTTP: gunicorn with production's settings on one of the databases."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.test import Client

from accounts.models import Role, User
from benchmarks import databases
from benchmarks.cases import Case
from benchmarks.queries import LINES
from benchmarks.reading import metrics

ADDRESS = "127.0.0.1"
START_SECONDS = 60
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """A running portal and a login to it."""

    port: int
    cookie: str
    process: int

    def get(self, keep: http.client.HTTPConnection, path: str) -> bytes:
        """The body of an answer. Raises ``RuntimeError`` unless it is a 200."""
        return self._ask(keep, "GET", path)

    def post(self, keep: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
        """The answer to JSON that a script of a page sends."""
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        return self._ask(keep, "POST", path, body, headers)

    def _ask(
        self,
        keep: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes:
        own = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        keep.request(method, path, body, {**own, **headers})
        response = keep.getresponse()
        answer = response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {response.status} {answer[:200]!r}")
        return answer

    def peak_mebibytes(self) -> float | None:
        """The greatest peak of memory of the server's workers; None where not told."""
        peaks = []
        for child in children(self.process):
            status = Path(f"/proc/{child}/status")
            if not status.exists():
                return None
            line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
            peaks.append(int(line.split()[1]) / 1024)
        return max(peaks, default=None)


def children(process: int) -> list[int]:
    """The processes that a process started; Linux only, elsewhere none."""
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in path.read_text().split()] if path.exists() else []


@contextmanager
def served(database: str, *, workers: int = 1, static: Path | None = None) -> Iterator[Served]:
    """Serve a database, which Django's connection leads to, with workers of two threads each.

    ``static``: the folder of collected static files; none are served without.
    """
    url = databases.url_of(database)
    with serve(url, cookie(), workers=workers, static=static) as portal:
        yield portal


@contextmanager
def serve(
    url: str,
    login: str,
    *,
    workers: int,
    static: Path | None = None,
    project: Path = PROJECT,
) -> Iterator[Served]:
    """Serve the database of a DATABASE_URL by the portal in a folder; ``login`` is a cookie."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": ADDRESS,
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "LOG_LEVEL": "WARNING",
    }
    if static is not None:
        environment |= {
            "DJANGO_SETTINGS_MODULE": "moderation_portal.settings",
            "STATIC_ROOT": str(static),
        }
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "moderation_portal.wsgi:application"]
    command += ["--bind", f"{ADDRESS}:{port}", "--workers", str(workers)]
    command += ["--threads", "2"]
    # DuckDB may take minutes between two requests of one connection.
    command += ["--timeout", "600", "--keep-alive", "600", "--log-level", "warning"]
    with subprocess.Popen(command, cwd=project, env=environment) as process:
        try:
            wait_for(port)
            yield Served(port, login, process.pid)
        finally:
            process.terminate()


def cookie() -> str:
    """The cookie of a lead who is logged in."""
    lead, _ = User.objects.get_or_create(username="bench-lead", defaults={"role": Role.LEAD})
    client = Client()
    client.force_login(lead, backend="accounts.backends.PasswordBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def wait_for(port: int) -> None:
    """Block until the portal answers; raises ``RuntimeError`` after ``START_SECONDS``."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            ask = http.client.HTTPConnection(ADDRESS, port, timeout=5)
            ask.request("GET", "/healthz")
            ask.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the portal did not start")


def page_metrics(portal: Served, case: Case) -> Callable[[], object]:
    """What asks for every metric of the page in a scope, the lines as drawn."""
    query = "&".join(f"{name}={value}" for name, value in case.scope.as_params().items())
    paths = [
        f"/api/v1/metrics/{metric.slug}/{'figure/' if metric.slug in LINES else ''}?{query}"
        for metric in metrics(case, lines=True)
    ]
    keep = http.client.HTTPConnection(ADDRESS, portal.port, timeout=600)

    def run() -> None:
        for path in paths:
            portal.get(keep, path)

    return run


def page(portal: Served, query: str) -> Callable[[], object]:
    """What asks for the review page: HTML with every figure."""
    keep = http.client.HTTPConnection(ADDRESS, portal.port, timeout=600)
    return lambda: portal.get(keep, f"/review/?{query}")
