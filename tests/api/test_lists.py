"""Lists and details: fields, filters, orderings, cursors, and whose rows they are."""

import csv
import io
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.api.resources import RESOURCES
from analytics.api.transport.parameters import declared_filters
from analytics.models import Moderator, ModeratorPerformance, Session
from tests.api.conftest import API, with_login

DOCUMENT = {
    "username": "alice",
    "sessions": [
        {
            "_id": "a/1 ü?",
            "starttime": "2025-10-17T10:00:00Z",
            "endtime": "2025-10-17T10:30:00Z",
            "duration": 1800,
            "videos": [
                {
                    "videoId": "abc123",
                    "status": "Completed",
                    "watched": True,
                    "loopTime": 2,
                    "keys": ["x", "a"],
                    "soundMuted": "no",
                    "speeds": [1, {"value": 1.5, "at": "2025-10-17T10:01:00Z"}],
                },
                {"status": "Skipped", "keys": ["q"]},
            ],
            "inactivity": [
                {"type": "pause", "duration": 45.5, "startedAt": "2025-10-17T10:05:00Z"}
            ],
            "queues": [
                {
                    "name": "Spam",
                    "count": 40,
                    "subqueues": {"Links": 10, "Bots": 30},
                    "active": True,
                    "createdAt": "2025-10-17T10:00:00Z",
                }
            ],
        }
    ],
}
VIDEO = {
    "position": 0,
    "videoId": "abc123",
    "status": "completed",
    "watched": True,
    "loopTime": 2.0,
    "keys": ["x", "a"],
    "decision": "accepted",
    "soundMuted": "unmuted",
    "queue": None,
    "reason": None,
    "startedAt": None,
    "speeds": [
        {"value": 1.0, "at": None},
        {"value": 1.5, "at": "2025-10-17T10:01:00+00:00"},
    ],
}


def sessions(username, ids, *, day=1, videos=2):
    return {
        "username": username,
        "sessions": [
            {
                "_id": public_id,
                "starttime": f"2025-10-{day:02}T10:00:00Z",
                "duration": 60 * (i + 1) if i % 3 else None,
                "videos": [{"videoId": f"{public_id}-{n}", "keys": ["a"]} for n in range(videos)],
                "inactivity": [{"type": "pause", "duration": 5}],
                "queues": [{"name": "Spam", "count": i}],
            }
            for i, public_id in enumerate(ids)
        ],
    }


def everything(client, address, params=None):
    """Follow the cursors to the end; return the rows and the number of pages."""
    answer = client.read(address, params).json()
    rows, pages = list(answer["results"]), 1
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        rows += answer["results"]
        pages += 1
    return rows, pages


def without_ids(value):
    if isinstance(value, dict):
        return {name: without_ids(inner) for name, inner in value.items() if name != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def test_a_whole_session(sender, reader):
    assert sender.send("session-documents/", DOCUMENT).json()["created"] == 1
    answer = reader.read(f"sessions/{quote('a/1 ü?', safe='')}/")
    assert without_ids(answer.json()) == {
        "_id": "a/1 ü?",
        "moderator": "alice",
        "starttime": "2025-10-17T10:00:00+00:00",
        "endtime": "2025-10-17T10:30:00+00:00",
        "duration": 1800,
        "videos": [
            VIDEO,
            {
                "position": 1,
                "videoId": None,
                "status": "Skipped",
                "watched": None,
                "loopTime": None,
                "keys": ["q"],
                "decision": "rejected",
                "soundMuted": "unknown",
                "queue": None,
                "reason": None,
                "startedAt": None,
                "speeds": [],
            },
        ],
        "inactivity": [
            {
                "position": 0,
                "type": "pause",
                "duration": 45.5,
                "startedAt": "2025-10-17T10:05:00+00:00",
            }
        ],
        "queues": [
            {
                "position": 0,
                "name": "Spam",
                "count": 40,
                "subqueues": {"Links": 10, "Bots": 30},
                "active": True,
                "createdAt": "2025-10-17T10:00:00+00:00",
            }
        ],
    }


def test_a_row_of_each_list(sender, reader):
    sender.send("session-documents/", DOCUMENT)
    place = {
        "moderator": "alice",
        "session": "a/1 ü?",
        "session_start": "2025-10-17T10:00:00+00:00",
    }
    videos = reader.read("videos/").json()
    assert videos["next"] is None
    assert without_ids(videos["results"])[1] == VIDEO | place
    for name in ("videos", "inactivity", "queues"):
        row = reader.read(f"{name}/").json()["results"][0]
        assert {key: row[key] for key in place} == place
        assert reader.read(f"{name}/{row['id']}/").json() == row
    assert reader.read("moderators/").json()["results"][0]["username"] == "alice"
    assert reader.read("moderators/alice/").json()["username"] == "alice"


def test_rows_of_the_other_kinds(sender, reader):
    activity = {
        "user_id": "u1",
        "session_id": "c/1",
        "date": "2025-10-17",
        "session_length": 30.5,
        "messages_sent": 4,
        "feedback_rating": 5,
        "resources_clicked": None,
    }
    recommendation = {
        "recommendation_id": "r1",
        "user_id": None,
        "date": "2025-10-17",
        "recommendation_type": "video",
        "click_through_rate": 0.25,
        "feedback_score": None,
    }
    performance = {
        "moderator": "carol",
        "date": "2025-10-17",
        "sessions_moderated": 7,
        "average_response_time": 11.5,
        "satisfaction_score": 3.5,
    }
    for name, row, key in (
        ("user-activity", activity, "c/1"),
        ("recommendations", recommendation, "r1"),
        ("moderator-performance", performance, None),
    ):
        assert sender.send(f"{name}/", row).json()["created"] == 1
        assert sender.send(f"{name}/", [row]).json()["unchanged"] == 1
        found = reader.read(f"{name}/").json()["results"]
        assert without_ids(found) == [row]
        key = key or found[0]["id"]
        assert without_ids(reader.read(f"{name}/{quote(str(key), safe='')}/").json()) == row
    assert reader.read("user-activity/", {"start": "2025-10-18"}).json()["results"] == []


@pytest.mark.parametrize(
    ("address", "params", "count"),
    [
        ("sessions/", {}, 6),
        ("sessions/", {"moderator": "alice"}, 4),
        ("sessions/", {"start": "2025-10-02"}, 2),
        ("sessions/", {"end": "2025-10-01"}, 4),
        ("sessions/", {"duration_min": "120"}, 3),
        ("sessions/", {"duration_max": "120.5"}, 2),
        ("sessions/", {"open": "true"}, 6),
        ("sessions/", {"queue": "Spam "}, 6),
        ("sessions/", {"queue": "nothing"}, 0),
        ("videos/", {}, 12),
        ("videos/", {"session": "s1"}, 2),
        ("videos/", {"videoId": "s1-0"}, 1),
        ("videos/", {"decision": "accepted", "moderator": "bob"}, 4),
        ("videos/", {"decision": "rejected"}, 0),
        ("videos/", {"status": "unknown", "soundMuted": "unknown"}, 12),
        ("inactivity/", {"type": "pause", "duration_min": "5"}, 6),
        ("inactivity/", {"duration_min": "5.1"}, 0),
        ("queues/", {"name": "Spam", "count_max": "1", "active": "true"}, 4),
        ("moderators/", {"start": "2025-10-02"}, 1),
        ("moderators/", {"session": "s1"}, 1),
    ],
)
def test_filters(sender, reader, address, params, count):
    sender.send(
        "session-documents/",
        [sessions("alice", ["s1", "s2", "s3", "s4"]), sessions("bob", ["t1", "t2"], day=2)],
    )
    assert len(everything(reader, address, params)[0]) == count


@pytest.mark.parametrize(
    ("address", "params", "field"),
    [
        ("sessions/", {"colour": "red"}, "colour"),
        ("sessions/", {"moderator": ""}, "moderator"),
        ("sessions/", {"duration_min": "long"}, "duration_min"),
        ("sessions/", {"duration_min": "1e999"}, "duration_min"),
        ("sessions/", {"duration_min": "NaN"}, "duration_min"),
        ("sessions/", {"open": "maybe"}, "open"),
        ("sessions/", {"ordering": "colour"}, "ordering"),
        ("sessions/", {"page_size": "0"}, "page_size"),
        ("sessions/", {"page_size": "1001"}, "page_size"),
        ("sessions/", {"page_size": "9" * 5000}, "page_size"),
        ("sessions/", {"cursor": "garbage"}, "cursor"),
        ("sessions/", {"team": "true"}, "team"),
        ("videos/", {"decision": "perhaps"}, "decision"),
        ("user-activity/", {"moderator": "alice"}, "moderator"),
        ("user-activity/", {"feedback_rating": "good"}, "feedback_rating"),
        ("sessions/x/", {"page_size": "1"}, "page_size"),
    ],
)
def test_senseless_parameters(reader, address, params, field):
    answer = reader.read(address, params)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_huge_numbers_find_nothing(reader):
    assert reader.read("sessions/", {"duration_min": "1e40"}).json()["results"] == []
    assert reader.read("queues/", {"count_max": "-1e40"}).json()["results"] == []
    assert reader.read(f"videos/{10**30}/").status_code == 404


@pytest.mark.parametrize(
    "ordering",
    ["starttime", "-starttime", "endtime", "-endtime", "duration", "-duration", "_id", "-_id",
     "moderator", "-moderator"],
)  # fmt: skip
def test_every_ordering_pages_through_everything_once(sender, reader, ordering):
    ids = [f"s{i:02}" for i in range(13)]
    sender.send("session-documents/", [sessions("alice", ids[:8]), sessions("bob", ids[8:])])
    whole, _ = everything(reader, "sessions/", {"ordering": ordering})
    paged, pages = everything(reader, "sessions/", {"ordering": ordering, "page_size": 3})
    assert pages == 5
    assert paged == whole
    assert sorted(row["_id"] for row in paged) == ids
    field = {"_id": "_id"}.get(ordering.lstrip("-"), ordering.lstrip("-"))
    known = [row[field] for row in whole if row[field] is not None]
    assert known == sorted(known, reverse=ordering.startswith("-"))
    assert all(row[field] is None for row in whole[len(known) :])


@pytest.mark.parametrize("name", ["videos", "inactivity", "queues"])
def test_what_happened_in_sessions_pages_too(sender, reader, name):
    sender.send("session-documents/", sessions("alice", [f"s{i}" for i in range(5)], videos=4))
    orderings = reader.read(f"{name}/", {"ordering": "none"}).json()["detail"]
    for ordering in orderings.rstrip(".").split("none of ")[1].split(", "):
        whole, _ = everything(reader, f"{name}/", {"ordering": ordering})
        paged, _ = everything(reader, f"{name}/", {"ordering": ordering, "page_size": 2})
        assert paged == whole
        assert len({row["id"] for row in paged}) == len(paged)


def test_cursors_hold_while_data_come_in(sender, reader):
    sender.send("session-documents/", sessions("alice", [f"s{i}" for i in range(9)], day=5))
    first = reader.read("sessions/", {"page_size": 4}).json()
    sender.send("session-documents/", sessions("alice", ["new1", "new2"], day=6))
    Session.objects.get(public_id=first["results"][1]["_id"]).delete()
    rows = list(first["results"])
    link = first["next"]
    while link:
        answer = reader.get(link).json()
        rows += answer["results"]
        link = answer["next"]
    assert [row["_id"] for row in rows] == [f"s{i}" for i in reversed(range(9))]


def test_a_cursor_belongs_to_its_ordering(sender, reader):
    sender.send("session-documents/", sessions("alice", ["s1", "s2", "s3"]))
    link = reader.read("sessions/", {"page_size": 1}).json()["next"]
    answer = reader.get(f"{link}&ordering=_id")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


def test_lists_as_csv(sender, reader):
    sender.send("session-documents/", sessions("=cmd()", ["s1", "-s2", "s,3"]))
    answer = reader.read("sessions/", {"format": "csv", "ordering": "_id"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [line["_id"] for line in lines] == ["'-s2", "s,3", "s1"]
    assert {line["moderator"] for line in lines} == {"'=cmd()"}
    assert [line["duration"] for line in lines] == ["120", "180", ""]
    page = reader.read("sessions/", {"format": "csv", "ordering": "_id", "page_size": 2})
    assert len(b"".join(page).decode().splitlines()) == 3
    assert 'rel="next"' in page.headers["Link"]


def test_never_a_query_a_row(sender, reader):
    def queries(address):
        with CaptureQueriesContext(connection) as context:
            assert reader.read(address).json()["results"]
        return len(context)

    addresses = ("sessions/", "videos/", "inactivity/", "queues/", "moderators/")
    sender.send("session-documents/", sessions("alice", ["s1"]))
    few = {address: queries(address) for address in addresses}
    more = [sessions(f"m{i}", [f"m{i}-{n}" for n in range(4)]) for i in range(8)]
    sender.send("session-documents/", more)
    assert {address: queries(address) for address in addresses} == few
    assert max(few.values()) <= 8


@pytest.mark.parametrize(
    "address",
    ["sessions/", "videos/", "inactivity/", "queues/", "moderators/", "moderator-performance/"],
)
def test_moderators_see_their_own_rows(sender, alice, bob, address):
    sender.send("session-documents/", [sessions("alice", ["s1"]), sessions("bob", ["t1"])])
    for moderator in Moderator.objects.filter(username__in=("alice", "bob")):
        ModeratorPerformance.objects.create(
            moderator=moderator,
            date="2025-10-01",
            sessions_moderated=3,
            average_response_time=4,
        )
    client = with_login(alice)
    rows, _ = everything(client, address)
    assert rows
    assert {row.get("moderator", row.get("username")) for row in rows} == {"alice"}
    assert client.read(address, {"moderator": "bob"}).status_code == 404
    assert client.read(address, {"moderator": "nobody"}).status_code == 404
    other = everything(with_login(bob), address)[0][0]
    key = next(other[name] for name in ("_id", "id", "username") if name in other)
    assert client.read(f"{address}{key}/").status_code == 404
    assert with_login(bob).read(f"{address}{key}/").status_code == 200


def test_users_rows_are_not_for_moderators(alice, lea):
    for name in ("user-activity", "recommendations"):
        assert with_login(alice).read(f"{name}/").status_code == 403
        assert with_login(alice).read(f"{name}/x/").status_code == 403
        assert with_login(lea).read(f"{name}/").status_code == 200
        assert with_login(lea).read(f"{name}/x/").status_code == 404


def test_addresses_without_the_slash(reader):
    answer = reader.get(f"{API}sessions?moderator=a")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"{API}sessions/?moderator=a",
    )
    assert reader.send("session-documents", {}).status_code == 404
    nothing = reader.get("/api/v2/")
    assert nothing.status_code == 404
    assert nothing.headers["Content-Type"] == "application/problem+json"


def test_a_filter_by_a_name_of_blanks_finds_nothing(sender, reader):
    sender.send("session-documents/", sessions("alice", ["s1"]))
    assert len(reader.read("queues/", {"name": " Spam\u200b"}).json()["results"]) == 1
    assert reader.read("queues/", {"name": " \u200b"}).json()["results"] == []


def test_times_of_any_offset(sender, reader):
    session = {
        "_id": "s1",
        "starttime": "2025-10-17T10:00:00Z",
        "videos": [{"videoId": "v", "startedAt": "2025-10-17T10:05:00Z"}],
    }
    sender.send("session-documents/", {"username": "alice", "sessions": [session]})

    def found(**params):
        return len(reader.read("videos/", params).json()["results"])

    # 10:05 in UTC, with an offset that PostgreSQL would not read.
    assert found(startedAt_min="2025-10-18T03:27:00+17:22") == 1
    assert found(startedAt_min="2025-10-18T03:27:01+17:22") == 0
    assert found(startedAt_max="2025-10-17T10:05:00") == 1
    assert found(startedAt_max="0002-01-01T00:00:00+23:59") == 0
    for year in ("0001", "9999"):
        answer = reader.read("videos/", {"startedAt_min": f"{year}-12-31T00:00:00Z"})
        assert answer.json()["errors"] == [
            {"field": "startedAt_min", "message": "Enter a time of the years 2 to 9998."}
        ]
    beyond = reader.read("sessions/", {"duration_min": "1e51"})
    assert (beyond.status_code, beyond.json()["errors"][0]["field"]) == (400, "duration_min")


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_no_filter_has_the_name_of_one_of_the_scope(resource):
    """Both would be applied to the same parameter."""
    assert not set(resource.scope_parameters) & set(declared_filters(resource.filters))
