"""A backup, put into a new database on the same server, and what is refused."""

import gzip
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from moderation_portal.backups import files, tables
from moderation_portal.backups.backup import backup
from moderation_portal.backups.files import BackupError
from moderation_portal.backups.restore import restore
from tests.conftest import make_user
from tests.reviewed import write_march

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def ignore(*_args):
    """No progress bar."""


@pytest.fixture
def elsewhere(transactional_db):
    """A database of another name that is not there yet."""
    # Of this process: others that test at the same time have their own.
    name = f"{connection.settings_dict['NAME']}_restored"
    other = connections["restored"] = connection.copy(alias="restored")
    other.settings_dict = {**connection.settings_dict, "NAME": name}
    drop = f'DROP DATABASE IF EXISTS "{name}"'
    with connection.cursor() as cursor:
        cursor.execute(drop)
    yield other
    other.close()
    del connections["restored"]
    with connection.cursor() as cursor:
        cursor.execute(drop)


def contents(database) -> dict[str, list[tuple]]:
    """Every row of every table."""
    rows = {}
    for table in tables.tables(database):
        with database.cursor() as cursor:
            names = ", ".join(f'"{column}"' for column in table.columns)
            cursor.execute(f'SELECT {names} FROM "{table.name}"')
            rows[table.name] = sorted(cursor.fetchall(), key=repr)
    return rows


def test_everything_comes_back(elsewhere, tmp_path):
    make_user("alice", "moderator", moderates=True)
    write_march()
    saved = backup(connection, tmp_path / "b", now=NOW, progress=ignore)

    restored = restore(elsewhere, tmp_path / "b", progress=ignore)

    assert restored == saved
    assert saved.made_at == "2026-05-04T12:00:00+00:00"
    assert saved.counts["analytics_session"] == 3
    assert saved.counts["analytics_videoview"] == 8
    assert contents(elsewhere) == contents(connection)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    with elsewhere.cursor() as cursor:
        # New rows go on after the old ones, and the triggers note them.
        cursor.execute("DELETE FROM analytics_stalesession")
        cursor.execute(
            "INSERT INTO analytics_inactivity (session_id, position, kind, duration_us)"
            " SELECT id, 99, 'pause', 1 FROM analytics_session LIMIT 1"
        )
        cursor.execute("SELECT count(*) FROM analytics_stalesession")
        assert cursor.fetchone()[0] > 0

    with pytest.raises(BackupError, match="The database is not empty: there are rows in acc"):
        restore(elsewhere, tmp_path / "b", progress=ignore)


def test_a_backup_is_whole_or_not_at_all(elsewhere, tmp_path):
    write_march()
    path = tmp_path / "b"
    backup(connection, path, now=NOW, progress=ignore)
    with pytest.raises(BackupError, match="exists already"):
        backup(connection, path, now=NOW, progress=ignore)

    whole = gzip.decompress(path.read_bytes())
    for damage, words in [
        (whole[: len(whole) // 2], "ends too early"),
        (whole.replace(b'"analytics_session": 3', b'"analytics_session": 4'), "not as many"),
        (whole.replace(b"backup 1", b"backup 9"), "no backup that this version"),
        (whole.replace(b'"0001_initial"', b'"9001_initial"'), "newer version of the portal"),
    ]:
        path.write_bytes(gzip.compress(damage))
        with pytest.raises(BackupError, match=words):
            restore(elsewhere, path, progress=ignore)
    # Nothing of all that came in.
    path.unlink()
    backup(connection, path, now=NOW, progress=ignore)
    assert restore(elsewhere, path, progress=ignore).counts["analytics_session"] == 3


def test_an_interrupted_backup_leaves_no_file(tmp_path):
    def interrupt(writer):
        writer.piece(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), files.create(tmp_path / "b") as writer:
        interrupt(writer)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_backup_is_said_to_be_none(tmp_path):
    (tmp_path / "text").write_text("no gzip")
    with pytest.raises(BackupError, match="is no whole backup"), files.read(tmp_path / "text") as r:
        r.header()
    with pytest.raises(BackupError, match="cannot be read"), files.read(tmp_path / "absent") as r:
        r.header()
