"""Batches set aside on disk."""

import pytest

from analytics.imports.spool import Spool


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
