"""What a process keeps has one budget (``analytics.keeping``)."""

import gc

import pytest
from cachetools import Cache
from django.urls import get_resolver

from analytics import keeping
from analytics.keeping import KEY_BYTES, KeptThings, ThingsMadeAgain


@pytest.fixture(autouse=True)
def no_others(monkeypatch):
    """Only the kinds that a test makes, as they are kept elsewhere."""
    monkeypatch.setattr(keeping, "_kinds", [])
    monkeypatch.setattr(keeping, "WAITS", True)


def kind(max_bytes: int = 2**20) -> KeptThings[bytes]:
    return KeptThings(max_bytes, len)


def test_of_a_kind_the_least_recently_used_go_first():
    things = kind(3 * (KEY_BYTES + 100))
    for key in range(3):
        things[key] = bytes(100)
    assert things.get(0)
    things[3] = bytes(100)
    assert list(things) == [0, 2, 3]


def test_a_thing_is_as_large_as_it_is_with_its_key():
    things = kind()
    things["four", b"three", 5, ("within",)] = bytes(30)
    assert things.currsize == KEY_BYTES + 4 + 5 + 30
    things["one"] = b""
    assert things.currsize == 2 * KEY_BYTES + 4 + 5 + 30 + 3
    things["one"] = bytes(9)
    del things["four", b"three", 5, ("within",)]
    assert things.currsize == keeping.kept_bytes() == KEY_BYTES + 3 + 9


def test_what_is_larger_than_its_kind_may_be_is_not_kept():
    things = kind(KEY_BYTES + 1_000)
    things["key"] = bytes(990)
    with pytest.raises(ValueError, match="too large"):
        things["other"] = bytes(1_000)
    with pytest.raises(ValueError, match="too large"):
        things["x" * 1_001] = b""
    assert list(things) == ["key"]


def test_together_they_are_no_more_than_the_budget_and_the_largest_gives_way(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_BYTES", 20 * (KEY_BYTES + 100))
    small, large, growing = kind(), kind(), kind()
    for key in range(4):
        small[key] = bytes(100)
    for key in range(30):
        large[key] = bytes(100)
    assert list(large) == list(range(14, 30))
    for key in range(30):
        growing[key] = bytes(100)
        assert keeping.kept_bytes() <= keeping.MAX_BYTES
    assert list(small) == list(range(4))
    assert list(large) == list(range(22, 30))
    assert list(growing) == list(range(22, 30))


def test_they_are_not_too_many_and_the_kind_with_most_gives_way(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_THINGS", 10)
    few, many = kind(), kind()
    few["large"] = bytes(10_000)
    few["other"] = bytes(10_000)
    for key in range(20):
        many[key] = b""
    assert list(few) == ["large", "other"]
    assert list(many) == list(range(12, 20))


def test_what_is_good_for_long_is_kept_when_it_is_made_again(monkeypatch):
    monkeypatch.setattr(keeping, "MAX_MADE_ONCE", 3)
    things = ThingsMadeAgain(2**20, len)
    things["often"] = b"1"
    assert list(things) == []
    things["often"] = b"2"
    assert things["often"] == b"2"
    things["often"] = b"3"
    assert things["often"] == b"3"
    for key in range(10):
        things[key] = b""
    assert list(things) == ["often"]
    things[6] = b""
    assert list(things) == ["often"]
    things[9] = b""
    assert list(things) == ["often", 9]
    assert things.currsize == keeping.kept_bytes() == 2 * KEY_BYTES + 5 + 1


def test_whatever_the_portal_keeps_counts():
    get_resolver().url_patterns  # noqa: B018 - a property that imports
    caches = [each for each in gc.get_objects() if issubclass(type(each), Cache)]
    kinds = [cache for cache in caches if isinstance(cache, KeptThings)]
    counted = {id(kind._made_once) for kind in kinds if isinstance(kind, ThingsMadeAgain)}
    counted |= set(map(id, kinds))
    others = [cache for cache in caches if id(cache) not in counted]
    assert len(kinds) > 10
    # The newest versions of what there is one of, and the clients of the provider of logins.
    assert max(cache.maxsize for cache in others) <= 4
