"""What an ETag covers: everything that makes an answer another one."""

import pytest

from accounts.models import Role, User
from analytics.conditional import viewer_etag

VIEWER = {"pk": 7, "username": "amy", "role": Role.MODERATOR, "moderator_id": 3}


def etag_of(*parts, version="1", **viewer):
    return viewer_etag(version, User(**{**VIEWER, **viewer}), *parts)


def test_the_same_answer_has_the_same_etag():
    assert etag_of("/videos/") == etag_of("/videos/")
    assert etag_of().startswith('"')
    assert etag_of().endswith('"')


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "2"},
        {"pk": 8},
        {"username": "bob"},
        {"role": Role.LEAD},
        {"moderator_id": 4},
        {"moderator_id": None},
    ],
)
def test_other_data_or_another_viewer_has_another_etag(changed):
    assert etag_of("/videos/", **changed) != etag_of("/videos/")


def test_an_etag_holds_for_a_time_zone_a_code_and_an_address(settings, monkeypatch):
    before = etag_of("/videos/")
    assert etag_of("/sessions/") != before
    monkeypatch.setattr("analytics.conditional.code_version", lambda: "another")
    assert etag_of("/videos/") != before
    monkeypatch.undo()
    settings.TIME_ZONE = "Asia/Tokyo"
    assert etag_of("/videos/") != before
