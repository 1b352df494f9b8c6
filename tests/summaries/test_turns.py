"""Whose turn it is to write."""

import threading
import time

import pytest
from django.db import connection, connections

from analytics.summaries.writing import write_lock


def waiting() -> int:
    """How many stand in line for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


def wait_for(number: int) -> None:
    until = time.monotonic() + 20
    while waiting() != number:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_short_write_goes_before_the_next_turn_of_imports():
    order = []

    def write(name, *, bulk):
        with write_lock(bulk=bulk):
            order.append(name)
        connections.close_all()

    threads = []
    with write_lock(bulk=True):
        for number, (name, bulk) in enumerate([("a", True), ("b", True), ("post", False)], 1):
            threads.append(threading.Thread(target=write, args=(name,), kwargs={"bulk": bulk}))
            threads[-1].start()
            wait_for(number)
    for thread in threads:
        thread.join()

    assert order == ["post", "a", "b"]
