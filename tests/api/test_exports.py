"""The exports over REST: whole, the viewer's own, and the same portal when imported again."""

import csv
import io
import json

from analytics.metrics.registry import of_group
from analytics.models import Moderator, Session
from tests.api.conftest import documents, with_login


def text_of(answer):
    assert answer.status_code == 200, answer.content
    assert answer.streaming
    return b"".join(answer).decode()


def test_videos(sender, reader):
    sender.send("session-documents/", documents())
    answer = reader.read("export/videos.csv", {"moderator": "bilal000"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "videos.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    summary = reader.read("metrics/review-summary/", {"moderator": "bilal000"}).json()["rows"][0]
    assert len(rows) == summary["videos"]
    assert {row["username"] for row in rows} == {"bilal000"}
    assert sum(row["decision"] == "accepted" for row in rows) == summary["accepted"]
    assert all(isinstance(json.loads(row["keys"]), list) for row in rows)


def test_documents_give_the_same_portal(sender, reader):
    sender.send("session-documents/", documents("sessions.mongoexport.jsonl"))
    sender.send("session-documents/?partial=true", {"username": "new", "note": 1, "sessions": []})
    before = figures(reader)
    export = text_of(reader.read("export/session-documents.jsonl"))
    lines = [json.loads(line) for line in export.splitlines()]
    assert sum(len(line["sessions"]) for line in lines) == Session.objects.count()
    Session.objects.all().delete()
    Moderator.objects.all().delete()
    assert figures(reader) != before
    answer = sender.send("session-documents/", lines)
    assert answer.status_code == 200, answer.content
    assert figures(reader) == before
    assert text_of(reader.read("export/session-documents.jsonl")) == export


def figures(reader):
    return {
        metric.slug: reader.read(f"metrics/{metric.slug}/").json()["rows"]
        for metric in of_group("review")
        if not metric.needs
    }


def test_everybody_exports_their_own(sender, alice, bob):
    for name in ("alice", "bob"):
        session = {
            "_id": f"{name}'s",
            "starttime": "2025-10-17T10:00:00Z",
            "videos": [{"videoId": "v"}],
        }
        sender.send("session-documents/", {"username": name, "sessions": [session]})
    client = with_login(alice)
    for address in ("export/videos.csv", "export/session-documents.jsonl"):
        text = text_of(client.read(address))
        assert "alice's" in text
        assert "bob" not in text
        assert client.read(address, {"moderator": "bob"}).status_code == 404
        assert client.read(address, {"session": "bob's"}).status_code == 404
        assert client.read(address, {"status": "completed"}).status_code == 400
        assert client.head(f"/api/v1/{address}").status_code == 200
