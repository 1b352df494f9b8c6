"""Batches set aside on disk."""

import json
import resource
import tempfile
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from analytics.imports.spool import Spool, SpoolError
from analytics.models import Session


def test_batches_come_back_in_order_as_often_as_asked():
    with Spool() as spool:
        spool.add([1, "two"])
        spool.add([])
        spool.add([3.5, None])

        assert list(spool.batches()) == [[1, "two"], [], [3.5, None]]
        assert list(spool.batches()) == [[1, "two"], [], [3.5, None]]


def test_nothing_set_aside_gives_no_batches():
    with Spool() as spool:
        assert list(spool.batches()) == []


def test_batches_share_nothing_afterwards():
    shared = ["a"]
    with Spool() as spool:
        spool.add(shared)
        shared.append("b")
        spool.add(shared)

        assert list(spool.batches()) == [["a"], ["a", "b"]]


def test_the_file_goes_with_the_spool():
    with Spool() as spool:
        spool.add(1)
    with pytest.raises(ValueError, match="closed file"):
        list(spool.batches())


@contextmanager
def no_room():
    """The system lets files grow to two kilobytes only."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def set_aside(*batches):
    """Set batches aside and take them again."""
    with Spool() as spool:
        for batch in batches:
            spool.add(batch)
        return list(spool.batches())


@pytest.mark.parametrize("size", [1000, 3000, 300_000])
def test_a_full_disk_is_named_with_the_folder(size):
    """Whether it is noticed at once, or when what is left is written."""
    wanted = f"^{tempfile.gettempdir()}: File too large$"
    with no_room(), pytest.raises(SpoolError, match=wanted):
        set_aside("x" * size, "y" * size, "z" * size)


@pytest.mark.django_db
def test_a_strict_import_into_a_full_disk_stores_nothing_and_says_so(tmp_path):
    path = tmp_path / "sessions.jsonl"
    sessions = [{"_id": f"s{n}", "starttime": "2026-03-10T10:00:00Z"} for n in range(200)]
    path.write_text(json.dumps({"username": "ann", "sessions": sessions}))
    with no_room(), pytest.raises(CommandError) as failed:
        call_command("import_sessions", str(path), "--strict")
    folder = tempfile.gettempdir()
    assert str(failed.value) == (
        f"Nothing was stored: {folder}: File too large."
        " TMPDIR names another folder for temporary files."
    )
    assert failed.value.returncode == 2
    assert not Session.objects.exists()
