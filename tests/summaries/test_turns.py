"""Whose turn it is to write."""

import threading

import pytest
from django.db import connections

from analytics.summaries.writing import write_lock
from tests.locks import wait_until_blocked


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
            wait_until_blocked(number)
    for thread in threads:
        thread.join()

    assert order == ["post", "a", "b"]
