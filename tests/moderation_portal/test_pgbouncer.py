"""The portal behind PgBouncer in transaction mode: a real one, and more clients than servers."""

import json
import os
import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections
from django.test import Client

from accounts.models import Role, User
from analytics.models import ChatSession, Session
from tests.conftest import make_user
from tests.moderation_portal.own_server import in_thread, own_server
from tests.reviewed import write_march

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
SERVERS, CLIENTS = 2, 6

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
default_pool_size = {servers}
logfile = {folder}/log
pidfile = {folder}/pid
"""


@pytest.fixture
def server():
    """A server of its own."""
    with own_server() as server:
        yield server


@pytest.fixture
def pool(server):
    """The folder of PgBouncer's socket; the server lets its account in."""
    assert PROGRAM is not None
    (server.cluster / "pg_hba.conf").write_text("local all all trust\n")
    server.installation.run("pg_ctl", "reload", "-D", server.cluster)
    folder = server.data_dir / "pool"
    folder.mkdir()
    (folder / "ini").write_text(
        CONFIGURATION.format(sockets=server.sockets, folder=folder, servers=SERVERS)
    )
    server.installation.give(folder)
    server.installation.run(PROGRAM, "-d", folder / "ini")
    yield folder
    server.installation.run("/bin/kill", (folder / "pid").read_text().strip())


@pytest.fixture
def portal(server, pool, monkeypatch):
    """The portal's tables there; whatever a thread does from now on, it does through the pool."""
    settings = connections.settings["default"]
    direct = {"NAME": "portal", "USER": "portal", "HOST": str(server.sockets), "PORT": "5432"}
    pooled = {"HOST": str(pool), "PORT": "6432", "POOLED": True, "CONN_MAX_AGE": 0}
    monkeypatch.setitem(connections.settings, "default", {**settings, **direct})
    in_thread(lambda: call_command("migrate", verbosity=0))
    monkeypatch.setitem(connections.settings, "default", {**settings, **direct, **pooled})


LISTS = "/admin/analytics/"
READ = [
    "/",
    "/sessions/",
    "/insights/",
    "/export/videos.csv",
    "/api/v1/sessions/",
    "/api/v1/export/session-documents.jsonl",
    f"{LISTS}chatsession/export/?",
    f"{LISTS}recommendation/export/?",
    f"{LISTS}moderatorperformance/export/?",
]


def read_everything() -> dict[str, int]:
    """The statuses by address; streams are read to their end."""
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    statuses = {}
    for address in READ:
        answer = client.get(address)
        statuses[address] = answer.status_code
        assert answer.streaming is False or b"".join(answer.streaming_content)
    return statuses


def import_chats() -> int:
    """Upload a file and confirm it."""
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    rows = "user_id,session_id,date,session_length,messages_sent,feedback_rating,resources_clicked"
    file = "\n".join([rows, *(f"U1,S{n},2026-03-01,10,5,4,1" for n in range(300))])
    upload = SimpleUploadedFile("rows.csv", file.encode())
    preview = client.post(f"{LISTS}chatsession/import/", {"import_file": upload})
    kept = preview.context["upload"]
    return client.post(f"{LISTS}chatsession/import/{kept.pk}/", follow=True).status_code


def import_sessions(folder: Path) -> None:
    """Import session documents by the command."""
    lines = [
        json.dumps(
            {"username": "bob", "sessions": [{"_id": f"b{n}", "starttime": "2026-03-02T10:00:00Z"}]}
        )
        for n in range(100)
    ]
    path = folder / "documents.jsonl"
    path.write_text("\n".join(lines))
    call_command("import_sessions", str(path))


def test_everything_works_through_a_pool(portal, tmp_path):
    def prepare():
        make_user("ada", Role.ADMIN)
        write_march()

    in_thread(prepare)
    *statuses, chats, _sessions, _refreshed = in_thread(
        *[read_everything] * CLIENTS,
        import_chats,
        lambda: import_sessions(tmp_path),
        lambda: call_command("summaries", "refresh"),
    )

    assert statuses == [dict.fromkeys(READ, 200)] * CLIENTS
    assert chats == 200

    def count():
        # Exits with 1 when a summary is wrong.
        call_command("summaries", "check")
        return Session.objects.count(), ChatSession.objects.count()

    assert in_thread(count) == [(103, 300)]
