"""What is found by whom: the page of results and the options of the search box."""

from datetime import timedelta
from html import unescape
from re import findall, sub

import pytest

from accounts.models import Role
from analytics.metrics.registry import METRICS
from analytics.models import Annotation, Moderator
from audit import looks
from audit.models import Entry
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import NOON, write_session


@pytest.fixture
def data(db):
    """Write two sessions of alice and one of bob, each with a video of its own and a shared one."""
    for number, name in enumerate(("alice", "bob", "alice")):
        write_session(
            PlainSession(
                public_id=f"sitting-{number}",
                moderator=name,
                started_at=NOON + timedelta(days=number),
                duration_us=60_000_000,
                views=[
                    PlainView(video=f"clip-{name}", status="completed", keys=["a"], sound="muted"),
                    PlainView(video="clip_all%", status="completed", keys=["a"], sound="muted"),
                ],
                idle=[],
                queues=[(f"Queue of {name}", 4, True, {})],
            )
        )
    Annotation.objects.create(start="2026-03-10", end="2026-03-12", text="Policy of whole videos")


@pytest.fixture
def find(client):
    def ask(user, typed, path="/search/results/"):
        client.force_login(user)
        answer = client.get(path, {"q": typed})
        assert answer.status_code == 200, answer.content
        html = answer.content.decode()
        found = {}
        for group in html.split('class="search-group"')[1:]:
            title = findall(r"<h[23][^>]*>([^<]*)<", group)[0]
            hits = findall(
                r'class="hit"[^>]*href="([^"]*)">.*?<bdi>(.*?)</bdi>', group.replace("\n", " ")
            )
            found[title] = [
                (unescape(sub("<[^>]+>", "", name)), unescape(url)) for url, name in hits
            ]
        return found

    return ask


#: Metrics whose names hold "ali", by their slugs.
OF_QUALITY = [
    (METRICS[slug].title, f"/metrics/#{slug}")
    for slug in ("quality-summary", "quality-by-moderator", "quality-by-queue", "quality-by-month")
]


def test_a_lead_finds_everything(find, lea, data):
    assert find(lea, "ali") == {
        "People": [("alice", "/moderators/alice/")],
        "Pages": [("Quality", "/quality/")],
        "Metrics": OF_QUALITY,
        "Queues": [("Queue of alice", "/sessions/?queue=Queue+of+alice")],
    }
    assert find(lea, "sitting-") == {
        "Review sessions": [(f"sitting-{n}", f"/sessions/sitting-{n}/") for n in range(3)]
    }
    assert find(lea, "clip")["Videos"] == [
        ("clip-alice", "/videos/clip-alice/"),
        ("clip-bob", "/videos/clip-bob/"),
        ("clip_all%", "/videos/clip_all%25/"),
    ]
    assert find(lea, "whole v")["Annotations"] == [
        ("Policy of whole videos", "/review/?start=2026-02-24&end=2026-03-26")
    ]
    assert find(lea, "review act")["Pages"] == [("Review activity", "/review/")]
    assert find(lea, "video-status")["Metrics"] == [
        (METRICS["video-status"].title, "/metrics/#video-status")
    ]


def test_a_moderator_finds_their_own_and_nothing_of_others(find, bob, data):
    assert find(bob, "ali") == {"Pages": [("Quality", "/quality/")], "Metrics": OF_QUALITY}
    assert find(bob, "bob") == {
        "People": [("bob", "/moderators/bob/")],
        "Queues": [("Queue of bob", "/sessions/?queue=Queue+of+bob")],
    }
    assert find(bob, "sitting") == {"Review sessions": [("sitting-1", "/sessions/sitting-1/")]}
    assert find(bob, "clip") == {
        "Videos": [
            ("clip-bob", "/videos/clip-bob/"),
            ("clip_all%", "/videos/clip_all%25/"),
        ]
    }
    assert "Pages" not in find(bob, "targets")
    assert find(bob, "targets").get("Pages") is None


def test_what_a_moderator_reads_does_not_depend_on_others(client, bob, data):
    """The same bytes for a name that there is and one that there is not."""
    client.force_login(bob)
    answers = [
        client.get("/search/results/", {"q": typed}).content.replace(typed.encode(), b"X")
        for typed in ("alice", "zlice")
    ]
    assert answers[0] == answers[1]


def test_who_has_no_work_finds_pages_and_definitions_only(find, data):
    unlinked = make_user("ulla", Role.MODERATOR)
    assert find(unlinked, "ali") == {"Metrics": OF_QUALITY}
    assert find(unlinked, "sitting") == {}
    assert find(unlinked, "clip") == {}
    assert list(find(unlinked, "how it is")) == ["Pages"]


def test_an_admin_finds_the_admin(find, ada, data):
    assert ("Targets", "/admin/analytics/target/") in find(ada, "target")["Pages"]


@pytest.mark.parametrize(
    ("typed", "videos"),
    [("clip_", ["clip_all%"]), ("cli%", []), ("CLIP-B", ["clip-bob"]), ("cl", []), ("clip\\", [])],
)
def test_ids_are_found_by_how_they_begin(find, lea, data, typed, videos):
    assert [name for name, _ in find(lea, typed).get("Videos", [])] == videos


@pytest.mark.parametrize("name", ["100%_x", "Ünal Ö", "עדי כהן", "a'b\"<i>", "x" * 190])
def test_odd_names_are_found(find, lea, data, name):
    Moderator.objects.create(username=name)
    for typed in (name, name[:3], name.upper()):
        assert name in [found for found, _ in find(lea, typed)["People"]]


def test_few_of_many(find, lea, db):
    Moderator.objects.bulk_create(Moderator(username=f"anna{n:04}") for n in range(50))
    Moderator.objects.create(username="ann")
    found = find(lea, "ann")["People"]
    assert len(found) == 5
    assert found[0][0] == "ann"


@pytest.mark.parametrize("path", ["/search/", "/search/results/"])
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("q=a%00b", "q: holds a NUL character"),
        (f"q={'x' * 201}", "q: is longer than 200 characters"),
        ("q=a&q=b", "q: given more than once"),
        ("p=a", "p: unknown parameter"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(client, lea, db, path, query, reason):
    client.force_login(lea)
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert reason in unescape(answer.content.decode()).replace("Q:", "q:").replace("P:", "p:")


def test_the_page_has_the_same_results(find, client, lea, data):
    assert find(lea, "clip", "/search/") == find(lea, "clip")
    html = client.get("/search/", {"q": 'x"><script>'}).content.decode()
    assert "Nothing fits “x&quot;&gt;&lt;script&gt;”" in html
    assert "Nothing fits" not in client.get("/search/").content.decode()
    hint = "Ids of sessions and videos from 3 characters on"
    assert hint in client.get("/search/", {"q": "zq"}).content.decode()
    assert hint not in client.get("/search/", {"q": "zqx"}).content.decode()


def test_the_audit_keeps_no_word_of_it(client, lea, data):
    client.force_login(lea)
    for typed in ("ali", "alice", "bob"):
        client.get("/search/results/", {"q": typed})
    looks.flush()
    [entry] = Entry.objects.filter(action="look")
    assert (entry.subject, entry.details) == (None, {})


def test_queries(client, lea, data, django_assert_max_num_queries):
    client.force_login(lea)
    with django_assert_max_num_queries(20):
        client.get("/search/results/", {"q": "ali"})
