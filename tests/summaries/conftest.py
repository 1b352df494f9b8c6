"""What the tests of the summaries share: roll-ups kept although the tests are transactions."""

import pytest

from analytics.summaries import kept_rollups
from analytics.summaries.snapshots import SnapshotState


@pytest.fixture
def keeping(monkeypatch):
    """Keep what is read of roll-ups: nobody else commits inside a test's transaction."""
    always = property(lambda _state: True, lambda _state, _value: None)
    monkeypatch.setattr(SnapshotState, "is_repeatable", always, raising=False)
    kept_rollups.forget_rollups()
    yield
    kept_rollups.forget_rollups()
