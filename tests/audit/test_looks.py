"""Looks that wait for the database."""

import pytest
from django.db import DatabaseError, DataError
from django.utils import timezone

from audit import looks
from audit.context import Circumstances
from audit.models import Action


def look_at(view):
    return looks.Look(
        at=timezone.now(),
        how=Circumstances(None, None, None, "web", "", ""),
        action=Action.LOOK,
        view=view,
        kwargs={},
        query={},
        own=None,
        sees_everyone=True,
    )


def refuse(look):
    raise DatabaseError("away")


@pytest.mark.django_db
def test_looks_stay_in_their_order_while_the_database_is_away(monkeypatch, caplog):
    monkeypatch.setattr(looks, "entry_of", refuse)
    monkeypatch.setattr(looks, "BATCH", 2)
    looks.pending.extend(["first", "second", "third"])
    looks.flush()
    assert list(looks.pending) == ["first", "second", "third"]
    assert "2 looks wait" in caplog.text


@pytest.mark.django_db
def test_what_the_database_never_takes_is_left_out(monkeypatch, caplog):
    written = []
    looks_by_name = {name: look_at(name) for name in ("first", "bad", "third")}

    def entry_of(look):
        if look.view == "bad":
            raise DataError("NUL")
        return look.view

    monkeypatch.setattr(looks, "entry_of", entry_of)
    monkeypatch.setattr(looks, "write", written.extend)
    looks.pending.extend(looks_by_name.values())
    looks.flush()
    assert written == ["first", "third"]
    assert not looks.pending
    assert "The audit cannot hold a look at bad" in caplog.text
