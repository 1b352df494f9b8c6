"""Looks that wait for the database."""

from django.db import DatabaseError

from audit import looks


def refuse(look):
    raise DatabaseError("away")


def test_looks_stay_in_their_order_while_the_database_is_away(monkeypatch, caplog):
    monkeypatch.setattr(looks, "entry_of", refuse)
    monkeypatch.setattr(looks, "BATCH", 2)
    looks.pending.extend(["first", "second", "third"])
    looks.flush()
    assert list(looks.pending) == ["first", "second", "third"]
    assert "2 looks wait" in caplog.text
