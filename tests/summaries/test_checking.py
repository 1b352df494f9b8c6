"""What the check of the summaries says of each kind of difference."""

import pytest
from django.db import connection

from analytics.models import PeriodValue, SessionTotals, SessionValue, Video
from analytics.summaries import checking, writing
from analytics.summaries.checking import compare, values_equal
from tests.reviewed import write_march


@pytest.fixture
def march(db):
    sessions = write_march()
    writing.refresh()
    return {name: session.pk for name, session in sessions.items()}


def test_a_row_is_missing_superfluous_or_different():
    expected = {1: (1, 0.5), 2: (2,), 4: (4, 4)}
    stored = {1: (1, 0.5 + 1e-12), 3: (3,), 4: (4, 5)}
    assert list(compare("totals", expected, stored)) == [
        "totals 2: missing, should be (2,)",
        "totals 4: is (4, 5), should be (4, 4)",
        "totals 3: should not be there, is (3,)",
    ]


@pytest.mark.parametrize(
    ("value", "other", "equal"),
    [
        (1e6, 1e6 + 1e-4, True),
        (1e6, 1e6 + 1e-2, False),
        (0.0, 1e-10, True),
        (0.0, 1e-8, False),
        (10**12, 10**12 + 1, False),
        (None, 0, False),
        (None, 0.0, False),
        (None, None, True),
    ],
)
def test_fractions_are_equal_to_nine_digits(value, other, equal):
    assert values_equal(value, other) is values_equal(other, value) is equal


def test_progress_is_told_batch_by_batch(march, monkeypatch):
    monkeypatch.setattr(checking, "SESSION_BATCH", 2)
    told = []
    assert list(checking.differences(lambda done, total: told.append((done, total)))) == []
    assert told == [(2, 3), (3, 3)]


@pytest.mark.parametrize("name", ["alice-1", "alice-2", "bob-1"])
@pytest.mark.parametrize(
    ("model", "column", "label"),
    [(SessionTotals, "videos", "totals"), (SessionValue, "n", "values")],
)
def test_a_difference_is_told_once_in_whatever_batch(
    march, monkeypatch, name, model, column, label
):
    monkeypatch.setattr(checking, "SESSION_BATCH", 1)
    row = model.objects.filter(session_id=march[name]).order_by("pk")[0]
    model.objects.filter(pk=row.pk).update(**{column: 99})
    found = [text for text in checking.differences() if text.startswith("session")]
    assert len(found) == 1
    assert found[0].startswith(
        (f"session {label} {march[name]}:", f"session {label} ({march[name]},")
    )


def test_the_videos_of_a_session(march):
    ids = Video.objects.in_bulk(["v1", "v4", "v5"], field_name="public_id")
    videos = tuple(sorted(video.pk for video in ids.values()))
    bob = march["bob-1"]
    assert checking.raw_video_sets([bob]) == checking.stored_video_sets([bob]) == {bob: videos}


def test_rows_of_a_session_that_is_gone(march):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE analytics_sessiontotals SET session_id = 0 WHERE session_id = %s",
            [march["bob-1"]],
        )
    missing, gone = checking.differences()
    assert missing.startswith(f"session totals {march['bob-1']}: missing, should be (")
    assert gone == "session 0: is gone, and has rows in analytics_sessiontotals"


def test_the_roll_ups_are_left_as_they_were(march):
    PeriodValue.objects.filter(period="month", subject="status", value="partial").update(n=7)
    before = sorted(PeriodValue.objects.values_list("pk", "n"))
    (found,) = checking.differences()
    assert found.startswith("roll-up ('PeriodValue', 'month', datetime.date(2026, 3, 1), 'status'")
    assert ": is (7, " in found
    assert "should be (1, " in found
    assert sorted(PeriodValue.objects.values_list("pk", "n")) == before
