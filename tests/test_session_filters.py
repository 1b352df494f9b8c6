"""The filters of the session list: one declaration, three faces."""

import pytest

from analytics.models import Session
from analytics.session_filters import filter_set, filters_of
from tests.reviewed import write_march


@pytest.fixture
def march(db):
    return write_march()


def found(face, **params):
    filters = filter_set(filters_of(face))(params, Session.objects.order_by("public_id"))
    assert filters.errors == {}
    return [session.public_id for session in filters.qs]


def test_each_face_has_its_parameters():
    assert list(filters_of("page")) == ["session", "queue", "status", "longer", "open"]
    assert list(filters_of("api")) == ["queue", "status", "duration_min", "duration_max", "open"]
    assert list(filters_of("admin")) == list(filters_of("api"))


# alice-1 has 600 s, bob-1 100 s, alice-2 no end.
@pytest.mark.parametrize(
    ("face", "params", "ids"),
    [
        ("page", {"longer": "10"}, ["alice-1"]),
        ("page", {"longer": "10.01"}, []),
        ("admin", {"duration_min": "1.5"}, ["alice-1", "bob-1"]),
        ("admin", {"duration_max": "1.5"}, []),
        ("api", {"duration_min": "100"}, ["alice-1", "bob-1"]),
        ("api", {"duration_min": "100.000001"}, ["alice-1"]),
        ("api", {"duration_max": "100"}, ["bob-1"]),
        ("api", {"open": "true"}, ["alice-2"]),
        ("page", {"open": "false"}, ["alice-1", "bob-1"]),
        ("page", {"session": "alice-"}, ["alice-1", "alice-2"]),
        ("page", {"session": " alice-"}, []),
        # Names are normalised as the stored ones are.
        ("page", {"queue": " Spam "}, ["alice-1", "bob-1"]),
        ("api", {"queue": "spam"}, []),
        ("page", {"queue": "spam"}, ["alice-1", "bob-1"]),
        ("api", {"status": "partial"}, ["alice-1"]),
        ("admin", {"queue": "Old"}, ["alice-1"]),
    ],
)
def test_units_and_names_of_each_face(march, face, params, ids):
    assert found(face, **params) == ids
