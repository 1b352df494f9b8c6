"""Two web machines on one database behind PgBouncer: real gunicorns that share no folder."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client

from accounts.models import Role, User
from analytics.models import ChatSession, Session, VideoView
from tests.conftest import make_user
from tests.moderation_portal.own_server import in_thread, own_server
from tests.reviewed import write_march

PROJECT = Path(__file__).resolve().parents[2]
CONNECTIONS, CLIENTS = 4, 6

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = [
    # CI has it.
    pytest.mark.skipif(PROGRAM is None and "CI" not in os.environ, reason="no pgbouncer here"),
    pytest.mark.django_db(transaction=True),
]

CONFIGURATION = """
[databases]
portal = host={sockets} port=5432 user=portal
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
query_wait_timeout = 15
server_connect_timeout = 3
server_login_retry = 1
logfile = {folder}/log
pidfile = {folder}/pid
"""

LISTS = "/admin/analytics/"
#: Seconds for an answer, where much else may be going on.
PATIENCE = 240
READ = [
    "/",
    "/review/",
    "/insights/",
    "/sessions/",
    "/export/videos.csv",
    "/api/v1/metrics/review-summary/",
    "/api/v1/metrics/decisions/figure/",
    "/api/v1/sessions/",
    "/api/v1/export/session-documents.jsonl",
    # Streams that keep a transaction open for their cursor.
    f"{LISTS}chatsession/export/?",
    f"{LISTS}recommendation/export/?",
    f"{LISTS}moderatorperformance/export/?",
]


@contextmanager
def pool_before(server, servers: int):
    """The folder of PgBouncer's socket; it opens this many connections to the server at most."""
    assert PROGRAM is not None
    (server.cluster / "pg_hba.conf").write_text("local all all trust\n")
    server.installation.run("pg_ctl", "reload", "-D", server.cluster)
    folder = server.data_dir / "pool"
    folder.mkdir()
    (folder / "ini").write_text(
        CONFIGURATION.format(sockets=server.sockets, folder=folder, connections=servers)
    )
    server.installation.give(folder)
    server.installation.run(PROGRAM, "-d", folder / "ini")
    yield folder
    server.installation.run("/bin/kill", (folder / "pid").read_text().strip())


@pytest.fixture
def database(monkeypatch):
    """The address of a server behind a pool, with the portal's tables; threads use it directly."""
    with own_server() as server, pool_before(server, CONNECTIONS) as pool:
        at = {"NAME": "portal", "USER": "portal", "HOST": str(server.sockets), "PORT": "5432"}
        default = {**connections.settings["default"], **at, "CONN_MAX_AGE": 0}
        monkeypatch.setitem(connections.settings, "default", default)
        in_thread(lambda: call_command("migrate", verbosity=0))
        quoted = str(pool).replace("/", "%2F")
        yield f"postgres://portal@{quoted}:6432/portal"


class Machine:
    """A machine's environment: folders of its own, the database and the secret shared."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.socket = socket.create_server(("127.0.0.1", 0))
        for name in ("temporary", "data"):
            (folder / name).mkdir(parents=True)
        # Production's settings; those of the tests name options, which PgBouncer refuses.
        ours = ("DEBUG", "DJANGO_SETTINGS_MODULE")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ours},
            "DATABASE_URL": database,
            "POOLED": "1",
            "PORTAL_DATA_DIR": str(folder / "data"),
            "TMPDIR": str(folder / "temporary"),
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": settings.SECRET_KEY,
            "LOG_LEVEL": "WARNING",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    @contextmanager
    def serving(self):
        """Run gunicorn."""
        number = self.socket.fileno()
        bind = ("--bind", f"fd://{number}", "--workers", "1")
        # Production's settings, without collected static files, which nobody asks for here.
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        log = self.folder / "log"
        with (
            self.socket,
            log.open("wb") as output,
            subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "moderation_portal.wsgi", *bind],
                cwd=PROJECT,
                env=environment,
                pass_fds=[number],
                stdout=output,
                stderr=output,
            ) as process,
        ):
            try:
                self.wait_until_ready(process, log)
                yield self
            finally:
                process.terminate()
        assert "Traceback" not in log.read_text()

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert process.poll() is None, log.read_text()
            try:
                if requests.get(f"{self.url}/readyz", timeout=20).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(log.read_text())

    def manage(self, *command: str) -> str:
        """What a command prints that is run on this machine and succeeds."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def machines(database, tmp_path):
    first, second = (Machine(tmp_path / name, database) for name in ("first", "second"))
    with first.serving(), second.serving():
        yield first, second


def logged_in() -> dict[str, str]:
    """The cookies of an admin's login, good on every machine."""
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    return {name: cookie.value for name, cookie in client.cookies.items()}


def read_in_turn(machines: tuple[Machine, ...], cookies: dict[str, str], first: int) -> set[int]:
    """The statuses of every address, asked of the machines in turn."""
    statuses = set()
    with requests.Session() as browser:
        for number, path in enumerate(READ, start=first):
            machine = machines[number % len(machines)]
            answer = browser.get(f"{machine.url}{path}", cookies=cookies, timeout=PATIENCE)
            statuses.add(answer.status_code)
    return statuses


def import_chats(upload_at: Machine, confirm_at: Machine, cookies: dict[str, str]) -> str:
    """Upload a file to one machine and confirm it on the other; what the last page says."""
    path = f"{LISTS}chatsession/import/"
    columns = "user_id,session_id,date,session_length,messages_sent,feedback_rating"
    columns += ",resources_clicked"
    rows = "\n".join([columns, *(f"U1,S{n},2026-03-01,10,5,4,1" for n in range(300))])
    with requests.Session() as browser:
        browser.cookies.update(cookies)

        def post(url: str, page: str, **sent: object) -> str:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token, page
            fields = {"csrfmiddlewaretoken": token[1]}
            return browser.post(url, data=fields, timeout=PATIENCE, **sent).text

        form = browser.get(f"{upload_at.url}{path}", timeout=PATIENCE).text
        files = {"import_file": ("rows.csv", rows)}
        preview = post(f"{upload_at.url}{path}", form, files=files)
        kept = re.search(rf"{path}\d+/", preview)
        assert kept, preview
        return post(f"{confirm_at.url}{kept[0]}", preview)


def import_documents(machine: Machine) -> None:
    """Import a file of documents by the command, on a machine."""
    path = machine.folder / "documents.jsonl"
    sessions = [
        {
            "_id": f"b{n}",
            "starttime": f"2026-03-{1 + n % 28:02}T10:00:00Z",
            "videos": [{"videoId": f"v{n}", "status": "completed", "keys": ["a"]}],
        }
        for n in range(400)
    ]
    lines = (json.dumps({"username": "bob", "sessions": [session]}) for session in sessions)
    path.write_text("\n".join(lines))
    machine.manage("import_sessions", str(path))


def test_two_machines_share_the_database_and_nothing_else(machines):
    first, second = machines

    def prepare():
        make_user("ada", Role.ADMIN)
        write_march()
        return logged_in()

    (cookies,) = in_thread(prepare)
    with ThreadPoolExecutor(CLIENTS + 3) as threads:
        importing = threads.submit(import_documents, second)
        refreshing = threads.submit(first.manage, "summaries", "refresh")
        chats = threads.submit(import_chats, first, second, cookies)
        clients = [
            threads.submit(read_in_turn, machines, cookies, number) for number in range(CLIENTS)
        ]
        statuses = set().union(*(client.result() for client in clients))
        importing.result()
        refreshing.result()

    assert statuses == {200}
    assert "300" in chats.result()
    assert in_thread(count) == [(403, 400, 300)]
    assert figures_of(first, cookies) == figures_of(second, cookies)
    assert [wrong_password(machine) for machine in (*machines, *machines, *machines)] == [
        *[200] * 4,
        *[429] * 2,
    ]
    assert_one_erases_for_both(machines, cookies)


def count() -> tuple[int, int, int]:
    """How much is there, once no summary is wrong (the command exits with 1 where one is)."""
    call_command("summaries", "check")
    imported = VideoView.objects.filter(session__public_id__regex=r"^b\d").count()
    return Session.objects.count(), imported, ChatSession.objects.count()


def figures_of(machine: Machine, cookies: dict[str, str]) -> object:
    """The figures that a machine answers after all."""
    url = f"{machine.url}/api/v1/metrics/review-summary/"
    answer = requests.get(url, cookies=cookies, timeout=PATIENCE).json()
    assert answer["rows"][0]["sessions"] == 403
    return answer


def wrong_password(machine: Machine) -> int:
    """The status of a wrong guess; the fifth, wherever, has the name wait at this address."""
    url = f"{machine.url}/login/"
    cookies = requests.get(url, timeout=PATIENCE).cookies
    fields = {"username": "ada", "password": "guessed", "csrfmiddlewaretoken": cookies["csrftoken"]}
    return requests.post(url, data=fields, cookies=cookies, timeout=PATIENCE).status_code


def assert_one_erases_for_both(machines: tuple[Machine, ...], cookies: dict[str, str]) -> None:
    """Neither gives what it kept of somebody who was erased elsewhere, nor says "unchanged"."""

    def read(machine: Machine, etag: str = "") -> tuple[int, bool, str]:
        url = f"{machine.url}/api/v1/metrics/moderator-comparison/"
        headers = {"If-None-Match": etag}
        answer = requests.get(url, cookies=cookies, headers=headers, timeout=PATIENCE)
        return answer.status_code, '"bob"' in answer.text, answer.headers["ETag"]

    kept = [read(machine) for machine in machines]
    # The address is part of an ETag.
    etags = [etag for *_, etag in kept]
    again = list(map(read, machines, etags))
    in_thread(lambda: call_command("person", "erase", "bob", "--noinput"))
    after = list(map(read, machines, etags))
    for answers, expected in ((kept, (200, True)), (again, (304, False)), (after, (200, False))):
        assert [answer[:2] for answer in answers] == [expected] * 2
