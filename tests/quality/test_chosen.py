"""The chosen views are read one by one, and of disputed videos no more than are drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.access import PORTAL
from analytics.models import Moderator, Session
from analytics.quality import chosen
from analytics.quality.chosen import (
    ChosenPlace,
    count_views_of_disputed,
    views_at,
    views_of_disputed,
)
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.factory import write_sessions
from tests.quality.world import plain_session, write_world

pytestmark = pytest.mark.django_db
EVERYONE = Scope(PORTAL)


def test_each_place_gives_its_view_in_the_order_of_the_places():
    write_world()
    s1, s3 = (Session.objects.get(public_id=name).pk for name in ("s1", "s3"))
    places = [
        ChosenPlace(1, s3, 1, None),
        ChosenPlace(0, s1, 2, None),
        ChosenPlace(0, s1, 1, "Spam"),
        ChosenPlace(0, s1, 0, "Hate"),
        ChosenPlace(0, s1, 0, ""),
        ChosenPlace(0, s1, 3, None),
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = [
            (v.session, v.position, v.video, v.decision, v.stratum)
            for v in views_at(places, "random")
        ]

    assert found == [
        ("s3", 1, "", "accepted", 1),
        ("s1", 3, "v4", "rejected", 0),
        ("s1", 1, "v2", "rejected", 0),
        ("s1", 3, "v4", "rejected", 0),
        # No view of an unknown queue, and no fourth decided one.
    ]
    assert len(queries) == 1
    assert views_at([], "random") == []


def test_rejects_are_counted_among_rejects():
    write_world()
    s1 = Session.objects.get(public_id="s1").pk

    (view,) = views_at([ChosenPlace(0, s1, 1, None)], "rejects")

    assert (view.position, view.decision) == (3, "rejected")


@pytest.fixture
def disputed():
    """Ann and Ben divided on a, b, c; Cyd and Dan on d, e: the names are the order."""
    keys = {"ann": "aaa", "ben": "qqq"}
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    sessions = [
        plain_session(
            name, name, noon, [(v, k, None) for v, k in zip("abc", keys[name], strict=True)]
        )
        for name in ("ann", "ben")
    ]
    later = noon + timedelta(days=1)
    sessions += [
        plain_session("cyd", "cyd", later, [("d", "a", None), ("e", "q", None)]),
        plain_session("dan", "dan", later, [("d", "q", None), ("e", "a", None)]),
    ]
    write_sessions(sessions)


def drawn(scope, size):
    with snapshot():
        return [(view.video, view.session) for view in views_of_disputed(scope, size)]


def test_the_first_views_of_the_first_videos(disputed):
    with snapshot():
        assert count_views_of_disputed(EVERYONE) == 10
    assert drawn(EVERYONE, 3) == [("a", "ann"), ("a", "ben"), ("b", "ann")]
    assert len(drawn(EVERYONE, 10_000)) == 10


def test_of_a_moderator_their_own_videos_are_the_first(disputed, monkeypatch):
    dan = Scope(PORTAL, moderator=Moderator.objects.get(username="dan"))
    monkeypatch.setattr(chosen, "MAX_SAMPLE", 2)

    with snapshot():
        assert count_views_of_disputed(dan) == 2
    assert drawn(dan, 2) == [("d", "dan"), ("e", "dan")]


def test_so_many_videos_need_no_counting(disputed, monkeypatch):
    monkeypatch.setattr(chosen, "MAX_SAMPLE", 4)
    monkeypatch.setattr(chosen, "decided_views", None)

    with snapshot():
        assert count_views_of_disputed(EVERYONE) == 4
