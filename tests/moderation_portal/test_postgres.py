"""The embedded server, really started, killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from moderation_portal.postgres import (
    PostgresError,
    Server,
    default_data_dir,
    installation,
    server,
)
from moderation_portal.postgres.installation import Account

PROJECT = Path(__file__).parents[2]
NOT_RUNNING = server.Status(running=False, pid=None, description="PostgreSQL is not running")


@pytest.fixture
def data_dir():
    """A folder with a space in its name, closed to others as mkdtemp makes it."""
    # Not pytest's tmp_path: run by root that is closed to the user who runs the server.
    folder = Path(tempfile.mkdtemp(prefix="portal test "))
    yield folder
    Server(folder).stop()
    shutil.rmtree(folder)


def connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(Server(folder).url, autocommit=True)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def reach(folder: Path, account: str) -> str:
    """What that account of the system hears when it connects."""
    heard = Server(folder).installation.bin / "psql"
    result = subprocess.run(
        [heard, "-h", Server(folder).sockets, "-U", "portal", "portal", "-c", "SELECT 1"],
        user=account,
        group=pwd.getpwnam(account).pw_gid,
        extra_groups=[],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = ("Permission denied", "Peer authentication failed")
    return next((words for words in wanted if words in result.stderr), result.stderr)


def test_what_was_committed_survives_kill_9(data_dir):
    assert Server(data_dir).start() is True
    assert Server(data_dir).start() is False
    with connect(data_dir) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (42)")
        # Still open when the server dies: its process has to go before the next start.
        os.kill(Server(data_dir).status().pid, signal.SIGKILL)
        assert Server(data_dir).start() is True
    with connect(data_dir) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(42,)]

    assert Server(data_dir).stop() is True
    assert Server(data_dir).stop() is False
    assert Server(data_dir).status() == NOT_RUNNING


def test_many_processes_may_start_it_at_once(data_dir):
    command = ("database", "start")
    environment = {"PORTAL_DATA_DIR": str(data_dir)}
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(manage, *command, **environment) for _ in range(3)]
    answers = sorted(run.result().stdout.split(";")[0] for run in runs)

    assert answers == ["PostgreSQL started", "PostgreSQL was running", "PostgreSQL was running"]


def test_a_pid_file_of_another_life_is_no_obstacle(data_dir):
    Server(data_dir).start()
    Server(data_dir).stop()
    pid_file = Server(data_dir).cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{Server(data_dir).cluster}\n1700000000\n5432\n\n\n\n")

    assert Server(data_dir).status() == NOT_RUNNING
    assert Server(data_dir).start() is True


def test_an_interrupted_creation_leaves_nothing_in_the_way(data_dir):
    (data_dir / "cluster-new-abc" / "base").mkdir(parents=True)

    Server(data_dir).start()

    assert not list(data_dir.glob("*-new-*"))


def test_a_server_that_root_started_as_another_account_is_seen_and_stopped(data_dir):
    Server(data_dir).start()
    Server(data_dir).stop()
    if os.geteuid() == 0:
        nobody = Account("nobody", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        earlier = Server(data_dir)
        earlier.installation.account = nobody
        earlier.start()
    else:
        Server(data_dir).start()

    status = Server(data_dir).status()
    assert status.running
    assert Server(data_dir).stop() is True
    assert Server(data_dir).status() == NOT_RUNNING
    assert Server(data_dir).start() is True


def test_a_disk_that_is_full_is_said_in_a_sentence_and_not_filled_further(data_dir, monkeypatch):
    reason = "[Errno 28] No space left on device: 'postgres'"

    def fail(*_args, **_options):
        raise shutil.Error([("a", "b", reason), ("c", "d", reason)])

    monkeypatch.setattr(installation, "is_root", lambda: True)
    monkeypatch.setattr(installation.shutil, "copytree", fail)
    with pytest.raises(PostgresError) as refused:
        _ = Server(data_dir).installation.bin
    assert str(refused.value) == f"PostgreSQL's programs cannot be copied to {data_dir}: {reason}"
    assert list(data_dir.iterdir()) == []


def test_nobody_else_can_reach_the_data(data_dir):
    Server(data_dir).start()

    assert (data_dir / "lock").stat().st_mode & 0o777 == 0o600
    access = (Server(data_dir).cluster / "pg_hba.conf").read_text().splitlines()[1:]
    assert access == [
        "local all all peer map=portal",
        "local replication postgres peer map=standby",
    ]
    account = Server(data_dir).installation.account
    if os.geteuid() == 0:
        assert account.name == "moderation-portal"
        assert reach(data_dir, "nobody") == "Permission denied"
        assert reach(data_dir, account.name) == "Peer authentication failed"
    with connect(data_dir) as connection:
        role = "SELECT rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = USER"
        assert connection.execute(role).fetchone() == (False, False, False)

    assert Server(data_dir).sockets.stat().st_mode & 0o077 == 0
    assert Server(data_dir).cluster.stat().st_mode & 0o077 == 0
    with connect(data_dir) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_text_sorts_by_code_point_whatever_the_system_is_set_to(data_dir):
    Server(data_dir).start()
    with connect(data_dir) as connection:
        rows = connection.execute(
            "SELECT upper(word) FROM unnest(%s::text[]) AS word ORDER BY word", [["ä", "b", "Z"]]
        ).fetchall()
        assert rows == [("Z",), ("B",), ("Ä",)]


def test_a_long_path_keeps_its_socket_elsewhere():
    short, long = Server(Path("/srv/data")), Server(Path("/srv") / ("x" * 100))

    assert short.sockets == Path("/srv/data/socket")
    assert long.sockets.parent == Path("/tmp")
    assert long.sockets != Server(Path("/srv") / ("y" * 100)).sockets


def test_root_is_told_which_folder_is_closed(monkeypatch, tmp_path):
    monkeypatch.setattr(server, "is_root", lambda: True)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(server, "first_closed", lambda path: closed)

    with pytest.raises(PostgresError, match=f"cannot enter {closed}"):
        Server(closed / "data").start()
    assert default_data_dir(closed).parent == Path("/var/lib/moderation-portal")


def test_windows_is_asked_for_a_server(monkeypatch, data_dir):
    monkeypatch.setattr(server.sys, "platform", "win32")
    with pytest.raises(PostgresError, match="set DATABASE_URL"):
        Server(data_dir).start()


def test_the_command(data_dir):
    environment = {"PORTAL_DATA_DIR": str(data_dir)}

    status = manage("database", "status", **environment)
    assert (status.returncode, status.stderr) == (3, "CommandError: PostgreSQL is not running\n")
    assert manage("database", "start", **environment).stdout.startswith("PostgreSQL started")
    assert manage("database", "status", **environment).returncode == 0
    url = manage("database", "url", **environment).stdout.strip()
    with psycopg.connect(url) as connection:
        assert connection.info.dbname == "portal"
    assert manage("database", "stop", **environment).stdout == "PostgreSQL stopped\n"
    assert manage("database", "stop", **environment).stdout == "PostgreSQL was not running\n"


def test_the_command_leaves_another_database_alone():
    result = manage("database", "stop", DATABASE_URL="postgres://elsewhere.example/portal")

    assert result.returncode == 1
    assert "DATABASE_URL is set" in result.stderr


def test_a_server_without_a_connection_to_spare_is_there_all_the_same(data_dir):
    Server(data_dir).start()
    # The server keeps three of its sixty for its own superuser.
    connections = [connect(data_dir) for _ in range(57)]
    with pytest.raises(psycopg.OperationalError, match="remaining connection slots are reserved"):
        connect(data_dir)

    assert Server(data_dir).start() is False
    for connection in connections:
        connection.close()


def test_a_command_says_what_is_wrong_without_a_traceback(tmp_path):
    (tmp_path / "file").touch()

    result = manage("migrate", PORTAL_DATA_DIR=str(tmp_path / "file"))

    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: PORTAL_DATA_DIR, {tmp_path}/file, cannot be used")


def test_django_starts_it_when_it_connects(data_dir):
    result = manage("check", "--database", "default", PORTAL_DATA_DIR=str(data_dir))

    assert result.returncode == 0, result.stderr
    assert Server(data_dir).status().running


def test_a_server_that_was_stopped_is_not_waited_for(data_dir):
    Server(data_dir).start()
    pid = Server(data_dir).status().pid
    os.kill(pid, signal.SIGSTOP)
    try:
        status = Server(data_dir).status()
        assert (status.running, status.pid) == (False, pid)
        assert status.description.endswith(f"kill -CONT {pid}")
        with pytest.raises(PostgresError, match=f"kill -CONT {pid}"):
            Server(data_dir).start()
        with pytest.raises(PostgresError, match=f"kill -CONT {pid}"):
            Server(data_dir).stop()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert Server(data_dir).start() is False


def test_a_failed_start_is_remembered(data_dir, monkeypatch):
    starts = []

    def fail(self):
        starts.append(self)
        raise PostgresError("no room")

    monkeypatch.setattr(Server, "start", fail)
    for _ in range(3):
        with pytest.raises(PostgresError, match="no room"):
            Server(data_dir).ensure()
    assert len(starts) == 1


def test_nobody_holds_up_a_start_for_ever(data_dir, monkeypatch):
    monkeypatch.setattr(server, "_LOCK_SECONDS", 0.2)
    with (
        Server(data_dir).lock(),
        pytest.raises(PostgresError, match="Another process has been starting"),
    ):
        Server(data_dir).start()


def test_the_superuser_of_the_first_versions_becomes_two_roles(data_dir):
    Server(data_dir).start()
    sockets = str(Server(data_dir).sockets)
    as_superuser = {"host": sockets, "port": 5432, "autocommit": True}
    with psycopg.connect(**as_superuser, user="postgres", dbname="postgres") as connection:
        connection.execute("DROP DATABASE portal")
        connection.execute("DROP ROLE portal")
        connection.execute("CREATE ROLE helper SUPERUSER LOGIN")
    with psycopg.connect(**as_superuser, user="helper", dbname="postgres") as connection:
        connection.execute("ALTER ROLE postgres RENAME TO portal")
    with psycopg.connect(**as_superuser, user="portal", dbname="postgres") as connection:
        connection.execute("DROP ROLE helper")
        connection.execute("CREATE DATABASE portal")
    with connect(data_dir) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
        connection.execute("CREATE VIEW seen AS SELECT value FROM kept")
        connection.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 42'")
    Server(data_dir).stop()

    Server(data_dir).start()

    with connect(data_dir) as connection:
        connection.execute("ALTER TABLE kept ADD COLUMN more int")
        connection.execute("DROP FUNCTION f()")
        assert connection.execute("SELECT value FROM seen").fetchall() == [(42,)]
        assert connection.execute(
            "SELECT rolname, rolsuper FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1"
        ).fetchall() == [("portal", False), ("postgres", True)]
