"""The worst day, rehearsed: every figure comes back, from a backup and from exports."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Role, User
from analytics.metrics.registry import METRICS
from analytics.metrics.result_cache import compute_cached
from analytics.models import Session, Target
from audit.models import Action, Entry
from moderation_portal.backups.backup import backup
from tests.conftest import make_user
from tests.moderation_portal.test_backups import elsewhere, ignore  # noqa: F401  # a fixture

SAMPLES = Path(__file__).parents[1] / "data/samples"
KINDS = ("user-activity", "moderator-performance", "recommendations")
# What metrics ask for that are about one session.
NEEDED = {"session": "61f8416310d7543a3b64d0a9"}


@pytest.fixture
def filled(transactional_db, capsys):
    """Documents, the three files, accounts and a target."""
    make_user("ada", Role.ADMIN)
    call_command("import_sessions", str(SAMPLES / "sessions.jsonl"))
    for kind in KINDS:
        call_command("import_csv", kind, str(SAMPLES / f"report/{kind}.csv"))
    Target.objects.update(value=7)


def ask(address: str) -> bytes:
    """What an admin is answered."""
    client = Client()
    client.force_login(User.objects.get(username="ada"))
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def values(figures: dict[str, bytes]) -> tuple[dict[str, object], dict[str, float]]:
    """Every value by its place, the fractions apart, without when the data last changed."""
    others: dict[str, object] = {}
    fractions: dict[str, float] = {}

    def collect(place: str, value: object) -> None:
        if isinstance(value, dict):
            others[place] = list(value)
            for name, inner in value.items():
                collect(f"{place}/{name}", inner)
        elif isinstance(value, list):
            others[place] = len(value)
            for number, inner in enumerate(value):
                collect(f"{place}/{number}", inner)
        elif isinstance(value, float):
            fractions[place] = value
        else:
            others[place] = value

    for slug, body in figures.items():
        collect(slug, json.loads(body) | {"as_of": None})
    return others, fractions


def assert_same(after: dict[str, bytes], before: dict[str, bytes]) -> None:
    """Every count and word is equal; fractions are to twelve digits.

    PostgreSQL adds in the order in which rows lie in a table, and the last digit of a sum of
    fractions depends on that order.
    """
    others, fractions = values(after)
    others_before, fractions_before = values(before)
    assert others == others_before
    assert fractions == pytest.approx(fractions_before, rel=1e-12, abs=1e-12)


def figures() -> dict[str, bytes]:
    """The rows of every metric."""
    compute_cached.cache_clear()
    found = {}
    for slug, metric in METRICS.items():
        query = urlencode({name: NEEDED[name] for name in metric.needs})
        found[slug] = ask(f"/api/v1/metrics/{slug}/?{query}")
    return found


def test_a_restored_backup_has_every_figure(filled, elsewhere, tmp_path, monkeypatch):  # noqa: F811
    now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    before = figures() | {"insights": ask("/api/v1/insights/")}
    backup(connection, tmp_path / "b", now=now, progress=ignore)
    connection.close()
    with monkeypatch.context() as other:
        other.setitem(connection.settings_dict, "NAME", elsewhere.settings_dict["NAME"])
        call_command("restore", str(tmp_path / "b"))
        entry = Entry.objects.get(object_kind="backup")
        assert (entry.action, entry.object_key) == (Action.IMPORT, "b")
        assert entry.details["made_at"].startswith("2026-05-04")
        after = figures() | {"insights": ask("/api/v1/insights/")}
        connection.close()

    assert_same(after, before)
    stamps = [json.loads(body)["as_of"] for body in after.values()]
    assert stamps == [json.loads(body)["as_of"] for body in before.values()]


def test_documents_and_files_rebuild_every_figure(filled, tmp_path):
    before = figures()
    documents = tmp_path / "documents.jsonl"
    documents.write_bytes(ask("/api/v1/export/session-documents.jsonl"))
    for kind in KINDS:
        (tmp_path / f"{kind}.csv").write_bytes(ask(f"/api/v1/export/{kind}.csv"))
    call_command("flush", interactive=False, verbosity=0)
    make_user("ada", Role.ADMIN)
    # Not data, so that they are in a backup only.
    Target.objects.update(value=7)
    assert not Session.objects.exists()

    call_command("import_sessions", str(documents))
    for kind in KINDS:
        call_command("import_csv", kind, str(tmp_path / f"{kind}.csv"))

    assert_same(figures(), before)
    call_command("summaries", "check")
