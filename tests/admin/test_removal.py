"""Deleting sessions keeps every figure equal to one computed from what is left."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from analytics.access import PORTAL
from analytics.admin import removal
from analytics.admin.removal import contents, remove_sessions
from analytics.metrics.registry import METRICS
from analytics.models import (
    Inactivity,
    PendingDay,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    SessionTotals,
    StaleSession,
    Video,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.checking import differences
from analytics.summaries.writing import refresh, reset_summaries
from tests.admin.conftest import LISTS, make_session


@pytest.fixture
def summed(transactional_db):
    """Six sessions of two people on three days in two months, summed up."""
    for i in range(6):
        make_session(f"s{i}", f"m{i % 2}", days=(0, 1, 30)[i // 2], views=i)
    refresh()


def chosen(*names):
    return list(Session.objects.filter(public_id__in=names).values_list("pk", flat=True))


def figures():
    scope = Scope(viewer=PORTAL)
    return {
        slug: metric(scope)
        for slug, metric in METRICS.items()
        if metric.group == "review" and not metric.needs
    }


@pytest.mark.django_db
def test_what_goes_is_counted():
    make_session("s1", views=3)
    make_session("s2", views=1)
    make_session("s3", views=5)

    assert contents(chosen("s1", "s2")) == {
        "sessions": 2,
        "views": 4,
        "chosen speeds": 8,
        "idle intervals": 2,
        "queues": 2,
    }


@pytest.mark.parametrize(
    "names",
    [("s1",), ("s0", "s1"), ("s2", "s5"), ("s0", "s1", "s2", "s3", "s4", "s5")],
    ids="-".join,
)
def test_sessions_go_with_all_that_is_theirs_and_the_summaries_follow(summed, names):
    ids = chosen(*names)
    kept = VideoView.objects.exclude(session__in=ids).count()

    remove_sessions(ids)

    assert not Session.objects.filter(pk__in=ids).exists()
    assert VideoView.objects.count() == kept
    assert PlaybackSpeed.objects.count() == 2 * kept
    for model in (Inactivity, QueueAssignment):
        assert model.objects.count() == 6 - len(names)
    assert Video.objects.count() == 5
    assert not SessionTotals.objects.filter(pk__in=ids).exists()
    # Nothing is left to be done: neither a mark nor a day without its roll-up.
    assert not StaleSession.objects.exists()
    assert not PendingDay.objects.exists()
    assert list(differences()) == []


def test_every_metric_is_that_of_the_sessions_left(summed):
    remove_sessions(chosen("s1", "s4"))
    left = figures()

    # With no summary left, everything is computed from the raw rows.
    reset_summaries()
    assert figures() == left


def test_through_the_admin_too(summed, admin_client):
    (one,) = chosen("s3")
    admin_client.post(f"{LISTS}session/{one}/delete/", {"post": "yes"})
    admin_client.post(
        f"{LISTS}session/",
        {"action": "delete_selected", "_selected_action": chosen("s1", "s2"), "post": "yes"},
    )

    assert sorted(map(str, Session.objects.all())) == ["s0", "s4", "s5"]
    assert not PendingDay.objects.exists()
    assert list(differences()) == []


def test_sessions_that_are_gone_already_do_no_harm(summed):
    remove_sessions([999_999])

    assert Session.objects.count() == 6
    assert list(differences()) == []


def test_all_or_nothing(summed, monkeypatch):
    def fail(_ids):
        raise IntegrityError

    monkeypatch.setattr("analytics.admin.removal.summarise", fail)
    with pytest.raises(IntegrityError):
        remove_sessions(chosen("s1"))

    assert Session.objects.count() == 6
    assert list(differences()) == []


def test_nobody_adds_to_sessions_that_are_going(summed, monkeypatch):
    (pk,) = chosen("s3")
    delete_children, refused = removal.delete_children, []

    def hold():
        try:
            with transaction.atomic():
                Session.objects.select_for_update(nowait=True).get(pk=pk)
        except OperationalError:
            refused.append(pk)
        finally:
            connection.close()

    def delete_while_another_asks(ids):
        other = threading.Thread(target=hold)
        other.start()
        other.join()
        delete_children(ids)

    monkeypatch.setattr(removal, "delete_children", delete_while_another_asks)
    remove_sessions([pk])
    assert refused == [pk]
    assert chosen("s3") == []
