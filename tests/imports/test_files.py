"""Files that the admin imports."""

import gzip

import pytest

from analytics.imports.files import import_session_file
from analytics.imports.modes import StoreMode

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
