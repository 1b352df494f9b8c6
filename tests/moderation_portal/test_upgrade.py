"""The data of another major version: refused, and taken over by pg_upgrade."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from moderation_portal.postgres import PostgresError, Server, UnsuitableError
from moderation_portal.postgres.clusters import running_pid
from moderation_portal.postgres.installation import Installation
from moderation_portal.postgres.server import Status
from moderation_portal.postgres.upgrade import _leave_out, upgrade


@pytest.fixture
def data_dir():
    folder = Path(tempfile.mkdtemp(prefix="portal-upgrade-test-"))
    yield folder
    Server(folder).stop()
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("major", "words"),
    [(15, "manage.py database upgrade"), (99, "Install a version of the portal that brings 99")],
)
def test_data_of_another_major_are_not_hidden_by_new_ones(data_dir, major, words):
    (data_dir / f"postgres-{major}").mkdir()
    (data_dir / f"postgres-{major}" / "PG_VERSION").write_text(f"{major}\n")

    with pytest.raises(UnsuitableError, match=words) as refused:
        Server(data_dir).start()
    assert refused.value.reasons == {"version": str(refused.value)}
    assert str(refused.value).startswith(
        f"The data in postgres-{major} are those of PostgreSQL {major}, and the portal brings 18. "
    )
    assert not refused.value.answers
    assert not Server(data_dir).cluster.exists()


def test_the_old_programs_are_asked_for(data_dir):
    (data_dir / "postgres-9").mkdir()
    (data_dir / "postgres-9" / "PG_VERSION").write_text("9\n")

    with pytest.raises(PostgresError, match="apt-get install postgresql-9"):
        upgrade(Server(data_dir), lambda line: None)


def test_a_server_of_another_major_is_told_of_and_stopped(data_dir, monkeypatch):
    Server(data_dir).start()
    pid = Server(data_dir).status().pid
    monkeypatch.setattr(Installation, "major", 19)
    told = (
        f"PostgreSQL is not running. PostgreSQL 18 (process {pid}), which the portal does not use, "
        f"runs on the data in {data_dir}/postgres-18"
    )
    assert Server(data_dir).status() == Status(running=False, pid=None, description=told)
    assert Server(data_dir).stop() is True
    assert running_pid(data_dir / "postgres-18") is None
    assert Server(data_dir).stop() is False


def test_nothing_to_upgrade(data_dir):
    with pytest.raises(PostgresError, match="There is nothing to upgrade"):
        upgrade(Server(data_dir), lambda line: None)


def test_all_rows_are_taken_over_and_the_old_ones_kept(data_dir, monkeypatch):
    server = Server(data_dir)
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value")
    programs = server.installation.bin
    # Only one version's programs are at hand: what they wrote counts as older than they are.
    monkeypatch.setattr(Installation, "major", 19)
    # An older version of the portal left it running: not to be used, and ended by the upgrade.
    with pytest.raises(PostgresError, match="Upgrade them, which keeps the old ones"):
        Server(data_dir).start()
    assert running_pid(data_dir / "postgres-18") is not None

    old = upgrade(Server(data_dir), lambda line: None, programs)

    assert old == data_dir / "postgres-18"
    assert running_pid(old) is None
    assert (data_dir / "postgres-19" / "PG_VERSION").read_text() == "18\n"
    monkeypatch.setattr("moderation_portal.postgres.server.refuse_other_majors", lambda *args: None)
    assert Server(data_dir).start() is True
    with psycopg.connect(Server(data_dir).url) as connection:
        assert connection.execute("SELECT sum(value) FROM kept").fetchone() == (500_500,)
    assert (old / "base").is_dir()
    Server(data_dir).stop()


def test_an_option_nobody_knows_is_left_out_of_statements_only(tmp_path):
    row = b'ALTER TABLE ONLY "a" ALTER COLUMN "b" SET (odd=1);\n'
    rows = b"COPY public.a (b) FROM stdin;\n" + row + b"\\.\n"
    other = b'ALTER TABLE ONLY "a" ALTER COLUMN "b" SET (n_distinct=1);\n'
    (tmp_path / "dump").write_bytes(row + rows + other)

    _leave_out("odd", tmp_path / "dump", tmp_path / "script")

    assert (tmp_path / "script").read_bytes() == rows + other
