"""What many want at once is made once, and nobody waits for ever."""

import threading
from types import SimpleNamespace

import pytest

from analytics import single_flight
from analytics.single_flight import SingleFlight


def in_thread(run):
    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def flights():
    return SingleFlight(seconds=30)


def test_others_wait_until_the_first_has_made_it(flights):
    order, asked = [], threading.Event()

    def ask():
        asked.set()
        with flights.first("page") as is_first:
            order.append(is_first)

    with flights.first("page") as is_first:
        assert is_first
        other = in_thread(ask)
        asked.wait(60)
        order.append("made")
    other.join(60)
    assert order == ["made", False]
    # Nothing is left of it: the next makes it again.
    with flights.first("page") as is_first:
        assert is_first


def test_other_things_are_made_meanwhile(flights):
    with flights.first("page") as first, flights.first("another") as other:
        assert first
        assert other


def test_an_error_is_that_of_who_made_it_and_frees_the_others(flights):
    got, asked = [], threading.Event()

    def ask():
        asked.set()
        with flights.first("page") as is_first:
            got.append(is_first)

    def fail():
        with flights.first("page"):
            waiting.append(in_thread(ask))
            asked.wait(60)
            raise RuntimeError

    waiting = []
    with pytest.raises(RuntimeError):
        fail()
    (other,) = waiting
    other.join(60)
    assert not other.is_alive()
    assert len(got) == 1


def test_nobody_waits_longer_than_the_limit_after_the_beginning(flights, monkeypatch):
    limits = []

    class NeverLanded(threading.Event):
        def wait(self, timeout=None):
            limits.append(timeout)
            return False

    monkeypatch.setattr(single_flight, "Event", NeverLanded)
    clock = SimpleNamespace(monotonic=lambda: 100.0)
    monkeypatch.setattr(single_flight, "time", clock)
    with flights.first("page"):
        for now in (100.0, 120.0, 131.0):
            monkeypatch.setattr(clock, "monotonic", lambda now=now: now)
            with flights.first("page") as is_first:
                assert not is_first
    assert limits == [30, 10, 0]
