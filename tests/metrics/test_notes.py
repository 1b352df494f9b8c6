"""Notes on what figures leave out: one, many, none."""

from types import SimpleNamespace

import pytest

from analytics.metrics import notes


@pytest.mark.parametrize(
    ("n", "sentences"),
    [(0, []), (1, ["1 is missing"]), (2, ["2 are missing"]), (1234, ["1,234 are missing"])],
)
def test_a_count(n, sentences):
    assert notes.count_note(n, "is missing", "are missing") == sentences


@pytest.mark.parametrize(
    ("n", "sentences"),
    [(0, []), (1, ["1\u00a0row has no score."]), (2, ["2\u00a0rows have no score."])],
)
def test_what_is_missing(n, sentences):
    assert notes.missing_note(n, "row", "score") == sentences


def test_what_summaries_leave_out():
    totals = {"sessions": 5, "timed_sessions": 3, "unnamed": 1, "unmeasured_idle": 4}
    summaries = SimpleNamespace(totals=totals)
    assert notes.unknown_duration_note(summaries) == [
        "2 sessions have no duration and are not in times and handle time"
    ]
    assert notes.unknown_video_note(summaries) == [
        "1 view has no video id and is not among the unique videos"
    ]
    assert notes.unknown_idle_length_note(summaries) == [
        "4 intervals have no length and are in no figure"
    ]
