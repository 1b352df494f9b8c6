"""The metrics over REST: complete, equal to the expected figures, refused where they must be."""

import csv
import gc
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.response import Response

from analytics.metrics.registry import METRICS
from analytics.models import Target
from tests.api.conftest import SAMPLES, documents, with_login

EXPECTED = json.loads((SAMPLES / "expected-sessions.json").read_text())


@pytest.fixture
def sent(sender):
    answer = sender.send("session-documents/", documents())
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_catalogue(reader):
    catalogue = reader.read("metrics/").json()
    assert [metric["slug"] for metric in catalogue] == list(METRICS)
    decisions = next(metric for metric in catalogue if metric["slug"] == "decisions")
    assert decisions["group"] == "review"
    assert decisions["parameters"] == ["moderator", "session", "start", "end"]
    assert decisions["columns"][0] == {
        "name": "decision",
        "label": METRICS["decisions"].columns[0].label,
        "type": "text",
        "unit": "",
    }


def test_samples_sent_are_read_back_as_expected(sent, reader):
    none_rejected = {"rejected_count": 0, "rejected": []}
    assert sent == {"created": 129, "updated": 0, "unchanged": 0, **none_rejected}
    for case in EXPECTED["sessions.jsonl"]:
        for slug, rows in case["rows"].items():
            answer = reader.read(f"metrics/{slug}/", case["scope"])
            assert answer.status_code == 200, answer.content
            assert_same(answer.json()["rows"], rows, (case["scope"], slug))


def assert_same(found, expected, where):
    assert len(found) == len(expected), where
    for row, wanted in zip(found, expected, strict=True):
        for name, value in wanted.items():
            if isinstance(value, float):
                assert row[name] == pytest.approx(value, rel=1e-9), (where, name)
            else:
                assert row[name] == value, (where, name)


def test_whole_answer(sent, reader):
    answer = reader.read("metrics/decisions/", {"moderator": "bilal000"})
    body = answer.json()
    assert list(body) == [
        "slug", "title", "group", "definition", "scope", "columns", "rows", "summary", "notes",
        "as_of",
    ]  # fmt: skip
    assert body["scope"] == {"moderator": "bilal000"}
    assert body["as_of"].endswith("+00:00")
    assert answer.headers["Content-Type"] == "application/json"


def test_csv_is_the_same_rows(sent, reader):
    rows = reader.read("metrics/video-status/").json()["rows"]
    answer = reader.read("metrics/video-status/", {"format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [line["status"] for line in lines] == [row["status"] for row in rows]
    assert [int(line["videos"]) for line in lines] == [row["videos"] for row in rows]
    by_header = reader.read("metrics/video-status/", headers={"accept": "text/csv"})
    assert by_header.content == answer.content


def test_figures(sent, reader):
    for slug, metric in METRICS.items():
        params = {"session": "61f8416310d7543a3b64d0a9"} if metric.needs else {}
        answer = reader.read(f"metrics/{slug}/figure/", params)
        assert answer.status_code == 200, (slug, answer.content)
        assert set(answer.json()) == {"data", "layout"}


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({"start": "yesterday"}, 400, "start"),
        ({"start": ""}, 400, "start"),
        ({"start": "2025-02-30"}, 400, "start"),
        ({"start": "2025-10-02", "end": "2025-10-01"}, 400, "start"),
        ({"begin": "2025-10-02"}, 400, "begin"),
        ({"end": ["2025-10-01", "2025-10-02"]}, 400, "end"),
        ({"moderator": "nobody"}, 404, "moderator"),
        ({"session": "none"}, 404, "session"),
        ({"moderator": "a\0"}, 400, "moderator"),
        ({"format": "xml"}, 400, "format"),
        ({"format": ""}, 400, "format"),
        ({"format": ["csv", "csv"]}, 400, "format"),
        ({"team": "perhaps"}, 400, "team"),
    ],
)
def test_senseless_parameters(reader, params, status, field):
    answer = reader.read("metrics/decisions/", params)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["errors"][0]["field"] == field
    assert problem["detail"].endswith(".")


def test_what_a_metric_does_not_take(reader):
    answer = reader.read("metrics/activity-summary/", {"moderator": "user1"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "moderator"
    assert reader.read("metrics/queue-details/").json()["errors"][0]["field"] == "session"
    assert reader.read("metrics/none/").status_code == 404
    assert reader.read("metrics/decisions/figure/", {"theme": "pink"}).status_code == 400


def test_moderators_see_their_own(sent, alice, bob):
    client = with_login(alice)
    assert client.read("metrics/review-summary/").json()["scope"] == {"moderator": "alice"}
    assert client.read("metrics/review-summary/", {"moderator": "bob"}).status_code == 404
    assert client.read("metrics/review-summary/", {"moderator": "nobody"}).status_code == 404
    assert client.read("metrics/activity-summary/").status_code == 403


def test_not_modified_until_something_changes(sender, reader, ada, lea):
    sender.send("session-documents/", documents()[:1])
    first = reader.read("metrics/decisions/")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" in first.headers
    etag = first.headers["ETag"]

    def again(client=reader, **params):
        return client.read("metrics/decisions/", params, headers={"if-none-match": etag})

    unchanged = again()
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == etag
    assert again(with_login(ada)).status_code == 200
    assert again(start="2025-01-01").status_code == 200
    sender.send("session-documents/", documents()[1:2])
    assert again().status_code == 200
    etag = reader.read("metrics/decisions/").headers["ETag"]
    assert again().status_code == 304
    # A new role ends what was open: the same person's next login has another answer.
    lea.role = "admin"
    lea.save()
    assert again().status_code == 401
    lea.refresh_from_db()
    assert again(with_login(lea)).status_code == 200


def test_another_linked_moderator_is_another_answer(sender, alice, bob):
    sender.send("session-documents/", documents())
    client = with_login(alice)
    etag = client.read("metrics/decisions/").headers["ETag"]
    alice.moderator, bob.moderator = bob.moderator, None
    bob.save()
    alice.save()
    again = client.read("metrics/decisions/", headers={"if-none-match": etag})
    assert (again.status_code, again.json()["scope"]) == (200, {"moderator": "bob"})


def test_an_answer_on_condition_of_another_etag_is_a_problem(reader):
    refused = reader.read("metrics/decisions/", headers={"if-match": '"another"'})
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["status"] == 412


def test_targets_are_part_of_the_version(reader):
    etag = reader.read("metrics/decisions/").headers["ETag"]
    Target.objects.update_or_create(
        figure="average_rating",
        defaults={"label": "Rating", "value": 4.2, "direction": "higher"},
    )
    assert reader.read("metrics/decisions/").headers["ETag"] != etag


def test_a_target_holds_from_its_day_on_though_nothing_else_changes(reader, monkeypatch):
    now = timezone.now()
    tomorrow = now + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    Target.objects.filter(figure="average_ctr").update(value=0.6)
    Target.objects.create(
        figure="average_ctr", label="Click-through rate", value=0.7, direction="higher",
        valid_from=timezone.localdate(tomorrow),
    )  # fmt: skip
    today = reader.read("metrics/click-through-rate/")
    assert today.json()["summary"] == {"target": 0.6}

    monkeypatch.setattr(timezone, "now", lambda: tomorrow)

    again = reader.read(
        "metrics/click-through-rate/", headers={"if-none-match": today.headers["ETag"]}
    )
    assert (again.status_code, again.json()["summary"]) == (200, {"target": 0.7})


def sample_rows(kind):
    text = (SAMPLES / "report" / f"{kind}.csv").read_text()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("scope", ["all", "first_quarter"])
def test_report_sent_is_read_back_as_expected(sender, reader, scope):
    for kind in ("user-activity", "recommendations", "moderator-performance"):
        rows = sample_rows(kind)
        answer = sender.send(f"{kind}/", rows)
        assert answer.json() == {
            "created": len(rows),
            "updated": 0,
            "unchanged": 0,
            "rejected_count": 0,
            "rejected": [],
        }
    params = {"first_quarter": {"start": "2024-01-01", "end": "2024-03-31"}}.get(scope, {})
    expected = json.loads((SAMPLES / "expected-report.json").read_text())["report"][scope]
    for name, figures in expected.items():
        slug, _, part = name.partition(".")
        body = reader.read(f"metrics/{slug}/", params).json()
        if part == "summary":
            found, figures = [body["summary"]], [figures]
        elif len(body["rows"]) == 1 and list(body["rows"][0]) == list(figures):
            found, figures = body["rows"], [figures]
        else:
            first = body["columns"][0]["name"]
            assert [str(row[first]) for row in body["rows"]] == list(figures)
            found, figures = body["rows"], list(figures.values())
        assert_same(found, figures, (scope, name))


def test_insights(sender, reader, alice):
    rows = sample_rows("user-activity")
    sender.send("user-activity/", rows)
    body = reader.read("insights/", {"start": "2024-01-01"}).json()
    assert body["scope"] == {"start": "2024-01-01"}
    rating = next(told for told in body["findings"] if "rating" in told["slug"])
    assert rating["level"] in ("good", "watch", "act")
    assert rating["evidence"]["n"] > 100
    assert rating["metric"] in METRICS
    assert reader.read("insights/", {"session": "x"}).status_code == 400
    own = with_login(alice).read("insights/").json()
    assert own["scope"] == {"moderator": "alice"}
    assert not any("alice" in told["sentence"] for told in own["findings"])


def test_an_answer_leaves_its_rows_to_no_collector(sent, reader):
    """Few objects, of which one may be large: Python would look for circles late."""
    gc.collect()
    gc.disable()
    try:
        assert reader.read("metrics/video-status/").status_code == 200
        left = [each for each in gc.get_objects() if issubclass(type(each), Response)]
    finally:
        gc.enable()
    assert left == []
