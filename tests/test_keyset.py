"""Pages by cursors: each row once, nulls last, and a cursor only where it comes from."""

from datetime import UTC, date, datetime

import pytest

from analytics.access import ScopeError
from analytics.api.transport.pagination import CURSOR, PAGE_SIZE, paginate
from analytics.keyset import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    Ordering,
    SortKey,
)
from analytics.models import ChatSession

BY_RATING = Ordering("rating", (SortKey("feedback_rating", nullable=True), SortKey("session_id")))
BY_RATING_DESCENDING = Ordering("-rating", BY_RATING.keys, descending=True)
BY_DATE = Ordering("date", (SortKey("date"), SortKey("session_id")))
BY_ID = Ordering("session_id", (SortKey("session_id"),))


def write(*ratings):
    ChatSession.objects.bulk_create(
        ChatSession(
            session_id=f"c{n}",
            user_id="u",
            date=date(2026, 3, 1 + n % 2),
            length_minutes=1,
            messages_sent=1,
            feedback_rating=rating,
        )
        for n, rating in enumerate(ratings)
    )


def pages(ordering, size):
    """The ids of every page."""
    found, values = [], {"page_size": str(size)}
    while True:
        page = paginate(ChatSession.objects.all(), ordering, values)
        found.append([row.session_id for row in page.rows])
        if page.cursor is None:
            return found
        values["cursor"] = page.cursor


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        (BY_RATING, [["c1", "c4"], ["c3", "c0"], ["c2"]]),
        (BY_RATING_DESCENDING, [["c3", "c4"], ["c1", "c2"], ["c0"]]),
        (BY_DATE, [["c0", "c2"], ["c4", "c1"], ["c3"]]),
        (BY_ID, [["c0", "c1"], ["c2", "c3"], ["c4"]]),
    ],
)
def test_pages(db, ordering, expected):
    write(None, 2, None, 5, 2)
    assert pages(ordering, 2) == expected


def test_the_last_page_is_full_and_has_no_cursor(db):
    write(1, 2, 3, 4)
    assert pages(BY_ID, 2) == [["c0", "c1"], ["c2", "c3"]]
    assert pages(BY_ID, 4) == [["c0", "c1", "c2", "c3"]]


def test_size_by_default(db):
    write(*[1] * (DEFAULT_PAGE_SIZE + 1))
    page = paginate(ChatSession.objects.all(), BY_ID, {})
    assert len(page.rows) == DEFAULT_PAGE_SIZE
    assert page.cursor is not None
    assert PAGE_SIZE.schema["maximum"] == MAX_PAGE_SIZE == 1000


def test_values_come_back_from_a_cursor_as_they_were():
    ordering = Ordering("any", (SortKey("date"), SortKey("feedback_rating"), SortKey("session_id")))
    for value in (date(2026, 3, 1), datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC), None, 1.5):
        row = ChatSession(date=value, feedback_rating=None, session_id="ü\n'")
        assert ordering.decode_cursor(ordering.encode_cursor(row)) == [value, None, "ü\n'"]


@pytest.mark.parametrize(
    "other",
    [
        Ordering("date", (SortKey("date"),)),
        Ordering("date", (SortKey("date"), SortKey("user_id"))),
        Ordering("-date", BY_DATE.keys, descending=True),
    ],
)
def test_a_cursor_of_another_ordering_is_none(other):
    row = ChatSession(date=date(2026, 3, 1), session_id="c", user_id="u")
    with pytest.raises(ScopeError) as refused:
        other.decode_cursor(BY_DATE.encode_cursor(row))
    assert refused.value.field == CURSOR.name


@pytest.mark.parametrize("cursor", ["x", "x:y", ":", "é", "W10:abc"])
def test_garbage_is_no_cursor(cursor):
    with pytest.raises(ScopeError):
        BY_ID.decode_cursor(cursor)
