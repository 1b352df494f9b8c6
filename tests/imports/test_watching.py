"""What deserves a notice on its way into the store."""

from datetime import date

import pytest

from analytics.imports.memory import InputMemory
from analytics.imports.notices import Notices
from analytics.imports.report import Rejection
from analytics.imports.rows.csv_files import CsvRow
from analytics.imports.rows.fields import MODERATOR_PERFORMANCE, USER_ACTIVITY
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.watching import watch_rows, watch_sessions
from analytics.models import Moderator

# Names that look alike are searched among the stored moderators.
pytestmark = pytest.mark.django_db


def session(public_id, content, place, username="ann"):
    return SessionRecord(username, public_id, content, place=place)


def watched_sessions(*entries):
    """Return what came through, and the notices."""
    notices = Notices()
    with InputMemory() as memory:
        return list(watch_sessions(entries, notices, memory)), list(notices.sentences())


def watched_rows(kind, *rows):
    """Return what came through, and the notices."""
    notices = Notices()
    with InputMemory() as memory:
        return list(watch_rows(kind, rows, notices, memory)), list(notices.sentences())


def performance(number, sessions, moderator="ann", day=10):
    record = {"moderator": moderator, "date": date(2026, 3, day), "sessions_moderated": sessions}
    return CsvRow(number, record)


def test_sessions_pass_by_as_they_are():
    entries = [
        ModeratorRecord("ann", None),
        session("s1", "content", "line 1"),
        Rejection("is empty", place="line 2"),
    ]

    assert watched_sessions(*entries) == (entries, [])


def test_a_session_twice_with_other_values_is_noted():
    _, sentences = watched_sessions(
        session("s1", "one", "line 1"),
        session("s1", "one", "line 2"),
        session("s1", "another", "line 3"),
        session("s2", "another", "line 4"),
    )

    assert sentences == [
        "line 3: the session s1 was in line 2 already, with other values; the later one counts"
    ]


def test_a_session_of_another_moderator_is_left_to_the_store():
    _, sentences = watched_sessions(
        session("s1", "one", "line 1"), session("s1", "another", "line 2", username="ben")
    )

    assert sentences == []


def test_a_session_id_that_excel_changed_is_noted():
    _, sentences = watched_sessions(session("6.5E+23", "one", "line 1"))

    assert sentences == [
        "line 1: the session 6.5E+23 looks as if Excel had taken it for a number or a day"
    ]


def test_a_moderator_whose_name_looks_like_a_stored_one_is_noted():
    Moderator.objects.create(username="Ann")

    _, sentences = watched_sessions(ModeratorRecord("ann", None), ModeratorRecord("ben", None))

    assert sentences == ["Ann and ann look alike: are they one?"]


def test_rows_pass_by_as_they_are():
    rows = [performance(2, 5), CsvRow(3, None, Rejection("is empty")), performance(4, 5, day=11)]

    assert watched_rows(MODERATOR_PERFORMANCE, *rows) == (rows, [])


def test_a_row_twice_with_other_values_is_noted_by_its_whole_identity():
    _, sentences = watched_rows(
        MODERATOR_PERFORMANCE,
        performance(2, 5),
        performance(3, 5),
        performance(4, 6, day=11),
        performance(5, 7),
    )

    told = "the row ann 2026-03-10 was in line 3 already, with other values; the later one counts"
    assert sentences == [f"line 5: {told}"]


def test_moderators_of_rows_that_look_alike_are_noted():
    Moderator.objects.create(username="Ann")

    _, sentences = watched_rows(MODERATOR_PERFORMANCE, performance(2, 5))

    assert sentences == ["Ann and ann look alike: are they one?"]


def test_a_row_id_that_excel_changed_is_noted_where_rows_have_ids():
    _, sentences = watched_rows(USER_ACTIVITY, CsvRow(2, {"session_id": "1,5e+12"}))
    assert sentences == [
        "line 2: the row 1,5e+12 looks as if Excel had taken it for a number or a day"
    ]

    _, sentences = watched_rows(MODERATOR_PERFORMANCE, performance(2, 5, moderator="1e+12"))
    assert sentences == []
