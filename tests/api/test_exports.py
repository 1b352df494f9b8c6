"""The exports over REST: whole, the viewer's own, and the same portal when imported again."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from analytics.metrics.registry import metrics_of_group
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
    Session,
)
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
        for metric in metrics_of_group("review")
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


def rows_of(model, *names):
    return list(model.objects.order_by("date", "pk").values_list(*names))


def imported(kind, text, folder):
    """What the command that imports says last."""
    file = folder / f"{kind}.csv"
    file.write_text(text, newline="")
    out = io.StringIO()
    call_command("import_csv", kind, str(file), stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()[-1]


ROWS = {
    "user-activity": (
        ChatSession,
        [
            [
                "user_id",
                "session_id",
                "date",
                "session_length",
                "messages_sent",
                "feedback_rating",
                "resources_clicked",
            ],
            ["'=1+1", "s,1", "2024-03-02", "0.1", "3", "", "0"],
            ["u1", "'-2", "2024-03-01", "12", "0", "6", ""],
        ],
    ),
    "recommendations": (
        Recommendation,
        [
            [
                "recommendation_id",
                "user_id",
                "date",
                "recommendation_type",
                "click_through_rate",
                "feedback_score",
            ],
            ["r2", "'@u", "2024-03-02", "vidéo", "0.3333333333333333", ""],
            ["r1", "", "2024-03-01", "article", "1", "4.25"],
        ],
    ),
    "moderator-performance": (
        ModeratorPerformance,
        [
            [
                "moderator",
                "date",
                "sessions_moderated",
                "average_response_time",
                "satisfaction_score",
            ],
            ["bob", "2024-03-02", "0", "7.25", ""],
            ["alice", "2024-03-01", "5", "0", "3.5"],
        ],
    ),
}


@pytest.mark.parametrize("kind", ROWS)
def test_tables_give_the_same_rows(reader, tmp_path, kind):
    model, table = ROWS[kind]
    text = "".join(",".join(f'"{c}"' for c in row) + "\n" for row in table)
    assert imported(kind, text, tmp_path) == "rows: 2 created, 0 updated, 0 unchanged, 0 rejected"
    names = [field.attname for field in model._meta.fields if not field.primary_key]
    if kind == "moderator-performance":
        names[names.index("moderator_id")] = "moderator__username"
    before = rows_of(model, *names)

    answer = reader.read(f"export/{kind}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'"{kind}.csv"' in answer.headers["Content-Disposition"]
    export = text_of(answer)
    assert list(csv.reader(io.StringIO(export))) == table

    assert imported(kind, export, tmp_path) == "rows: 0 created, 0 updated, 2 unchanged, 0 rejected"
    model.objects.all().delete()
    Moderator.objects.all().delete()
    assert imported(kind, export, tmp_path) == "rows: 2 created, 0 updated, 0 unchanged, 0 rejected"
    assert rows_of(model, *names) == before
    assert text_of(reader.read(f"export/{kind}.csv")) == export
    first = reader.read(f"export/{kind}.csv", {"end": "2024-03-01"})
    assert list(csv.reader(io.StringIO(text_of(first)))) == [table[0], table[2]]


def test_moderators_export_their_own_rows_of_the_third_table(alice, tmp_path):
    _, table = ROWS["moderator-performance"]
    text = "".join(",".join(row) + "\n" for row in table)
    imported("moderator-performance", text, tmp_path)
    client = with_login(alice)

    export = text_of(client.read("export/moderator-performance.csv"))
    assert list(csv.reader(io.StringIO(export))) == [table[0], table[2]]
    other = client.read("export/moderator-performance.csv", {"moderator": "bob"})
    assert other.status_code == 404
    assert client.read("export/user-activity.csv").status_code == 403
    assert client.read("export/recommendations.csv").status_code == 403
    assert client.read("export/moderator-performance.csv", {"session": "s"}).status_code == 400
