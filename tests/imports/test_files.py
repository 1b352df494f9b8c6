"""Files that the admin imports."""

import gzip
from datetime import date

import pytest

from analytics.imports.files import Change, import_row_file, import_session_file
from analytics.imports.modes import StoreMode
from analytics.imports.rows.fields import USER_ACTIVITY

DOCUMENT = b"""{"username": "ana", "sessions": [{"_id": "s1", "starttime": "2026-03-10T10:00:00Z"}]}
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (1000, ""),
        (
            1001,
            "it is larger than 0 MiB unpacked; the import commands take files of any size",
        ),
        (10**7, "it is larger than 0 MiB unpacked; the import commands take files of any size"),
    ],
)
def test_a_packed_file_is_read_up_to_what_a_request_may_hold(settings, size, reason):
    settings.API_BODY_LIMIT = 1000
    packed = gzip.compress(DOCUMENT.ljust(size, b"\n"))

    report = import_session_file(packed, StoreMode.DRY_RUN)

    assert (report.unreadable, report.counts.created) == (reason, 0 if reason else 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "shown"), [(99, 99), (100, 100), (101, 100)])
def test_a_preview_shows_the_first_100_rows_and_counts_all(rows, shown):
    lines = [f"U1,S{row},2026-03-10,10,5,," for row in range(rows)]
    header = (
        "user_id,session_id,date,session_length,messages_sent,feedback_rating,resources_clicked"
    )

    report = import_row_file(USER_ACTIVITY, "\n".join([header, *lines]).encode(), StoreMode.DRY_RUN)

    assert (report.unreadable, report.rejections.count, report.counts.created) == ("", 0, rows)
    assert report.changes == [
        Change(
            "New",
            [
                (None, "U1"),
                (None, f"S{row}"),
                (None, date(2026, 3, 10)),
                (None, 10.0),
                (None, 5),
                (None, None),
                (None, None),
            ],
        )
        for row in range(shown)
    ]
