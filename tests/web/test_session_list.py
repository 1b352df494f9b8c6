"""The list of sessions, and one session's page."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Max

from analytics import pagination
from analytics.kept_answers import forget_answers
from analytics.models import VideoView
from analytics.summaries.writing import refresh
from audit import looks
from audit.models import Entry
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions
from tests.reviewed import write_march


@pytest.fixture
def march(db):
    return write_march()


def listed(client, query=""):
    """The ids of the sessions listed, in their order."""
    answer = client.get(f"/sessions/{query}")
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="/sessions/([^/]+)/"', answer.content.decode())


def words_of(html):
    """The words of a piece of HTML, by |."""
    return re.sub(r"[\s|]*\|[\s|]*", "|", re.sub("<[^>]+>", "|", html)).strip("|").strip()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["bob-1", "alice-2", "alice-1"]),
        ("?order=started", ["alice-1", "alice-2", "bob-1"]),
        # Unknown lengths come last either way.
        ("?order=-length", ["alice-1", "bob-1", "alice-2"]),
        ("?order=length", ["bob-1", "alice-1", "alice-2"]),
        ("?order=moderator", ["alice-1", "alice-2", "bob-1"]),
        ("?order=-session", ["bob-1", "alice-2", "alice-1"]),
        # 4, 3 and 1 videos; 3, 1 and 1 decided, of equals the newest first.
        ("?order=-videos", ["alice-1", "bob-1", "alice-2"]),
        ("?order=-decided", ["alice-1", "bob-1", "alice-2"]),
        # 1 of 1, 1 of 3 and 0 of 1 rejected.
        ("?order=-reject_rate", ["alice-2", "alice-1", "bob-1"]),
        ("?order=reject_rate", ["bob-1", "alice-1", "alice-2"]),
        # 170 s, 100 s, and an unknown length.
        ("?order=-handle_time", ["alice-1", "bob-1", "alice-2"]),
        ("?order=handle_time", ["bob-1", "alice-1", "alice-2"]),
        # 15 %, none, and an unknown length.
        ("?order=-idle", ["alice-1", "bob-1", "alice-2"]),
        ("?order=idle", ["bob-1", "alice-1", "alice-2"]),
        # All of bob's 3 and alice's 1 were completed.
        ("?order=-completed", ["bob-1", "alice-2", "alice-1"]),
        ("?order=queues", ["alice-1", "bob-1", "alice-2"]),
        ("?moderator=alice", ["alice-2", "alice-1"]),
        ("?moderator=&session=&queue=", ["bob-1", "alice-2", "alice-1"]),
        ("?session=alice-", ["alice-2", "alice-1"]),
        ("?queue=Spam", ["bob-1", "alice-1"]),
        ("?queue=spa", ["bob-1", "alice-1"]),
        ("?queue=minor", ["alice-1"]),
        ("?status=partial", ["alice-1"]),
        ("?status=completed", ["bob-1", "alice-2", "alice-1"]),
        ("?status=lost", []),
        ("?longer=5", ["alice-1"]),
        ("?open=true", ["alice-2"]),
        ("?open=false", ["bob-1", "alice-1"]),
        ("?start=2026-03-11", ["bob-1", "alice-2"]),
        ("?end=2026-03-11", ["alice-2", "alice-1"]),
        ("?start=2026-03-11&end=2026-03-11", ["alice-2"]),
        ("?session=nothing", []),
    ],
)
def test_filters_and_orders(client, lea, march, query, ids):
    client.force_login(lea)
    assert listed(client, query) == ids


@pytest.mark.parametrize("is_summed_up", [True, False])
def test_orders_and_filters_by_counters_follow_the_raw_rows(client, lea, march, is_summed_up):
    """alice-1 now has all of 4 rejected, which its summary knows or does not know yet."""
    refresh()
    VideoView.objects.filter(session=march["alice-1"]).update(keys=["q"], status="odd")
    if is_summed_up:
        refresh()
    client.force_login(lea)
    assert listed(client, "?order=-reject_rate") == ["alice-2", "alice-1", "bob-1"]
    assert listed(client, "?order=-completed") == ["bob-1", "alice-2", "alice-1"]
    assert listed(client, "?status=odd") == ["alice-1"]
    assert listed(client, "?status=partial") == []


def test_no_order_of_counters_while_too_many_are_counted_anew(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr("analytics.presentation.session_table.MAX_COUNTED_ANEW", 3)
    assert listed(client, "?order=videos") == ["alice-2", "bob-1", "alice-1"]
    monkeypatch.setattr("analytics.presentation.session_table.MAX_COUNTED_ANEW", 2)
    forget_answers()
    answer = client.get("/sessions/?order=videos")
    assert answer.status_code == 400
    assert "many sessions have just changed" in answer.content.decode()
    assert listed(client, "?order=length") == ["bob-1", "alice-1", "alice-2"]


def test_the_list_opens_with_the_other_pages_four_weeks(client, lea, march, monkeypatch):
    monkeypatch.setattr(
        "analytics.presentation.session_query.timezone.localdate", lambda: date(2026, 4, 8)
    )
    client.force_login(lea)
    # 11 March to 7 April: alice-1 is of the 10th.
    assert listed(client) == ["bob-1", "alice-2"]
    assert listed(client, "?start=") == ["bob-1", "alice-2", "alice-1"]
    monkeypatch.setattr("analytics.web.session_list.PAGE_SIZE", 1)
    forget_answers()
    html = " ".join(client.get("/sessions/").content.decode().split())
    assert "2 review sessions · Everyone · 11 Mar – 7 Apr 2026 (28 days)" in html
    assert 'rel="next" href="?start=2026-03-11&amp;end=2026-04-07&amp;page=2"' in html
    html = " ".join(client.get("/sessions/?start=").content.decode().split())
    assert 'rel="next" href="?start=&amp;page=2"' in html


def csv_of(client, query):
    answer = client.get(f"/export/sessions.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_list_as_csv(client, lea, alice, march):
    client.force_login(lea)
    assert csv_of(client, "?order=-length") == [
        [
            *("session", "moderator", "started", "ended", "length_seconds", "queues", "videos"),
            *("accepted", "rejected", "completed", "reject_rate", "handle_seconds", "idle_share"),
            *("completion_rate", "average_speed"),
        ],
        [
            *("alice-1", "alice", "2026-03-10T09:30:00+00:00", "2026-03-10T09:40:00+00:00", "600"),
            *('["Spam", "=Minors"]', "4", "2", "1", "2"),
            *(str(1 / 3), "170", "0.15", "0.5", "1.5"),
        ],
        [
            *("bob-1", "bob", "2026-03-12T09:30:00+00:00", "2026-03-12T09:31:40+00:00", "100"),
            *('["Spam"]', "3", "1", "0", "3", "0", "100", "0", "1", ""),
        ],
        [
            *("alice-2", "alice", "2026-03-11T09:30:00+00:00", "", "", "[]"),
            *("1", "0", "1", "1", "1", "", "", "1", ""),
        ],
    ]
    assert [row[0] for row in csv_of(client, "?queue=spam&open=false")[1:]] == ["bob-1", "alice-1"]
    assert client.get("/export/sessions.csv?longer=x").status_code == 400
    assert client.get("/export/sessions.csv?colour=red").status_code == 400
    client.force_login(alice)
    assert [row[0] for row in csv_of(client, "?start=")[1:]] == ["alice-2", "alice-1"]
    assert client.get("/export/sessions.csv?moderator=bob").status_code == 404


def test_the_csv_reads_some_at_a_time(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr("analytics.presentation.session_table.SESSIONS_AT_ONCE", 2)
    assert [row[0] for row in csv_of(client, "?start=")[1:]] == ["bob-1", "alice-2", "alice-1"]


def test_suggestions_of_queues_and_statuses(client, lea, bob, march):
    client.force_login(lea)

    def suggested(address):
        return client.get(address).json()["suggestions"]

    assert suggested("/suggest/queues/") == ["=Minors", "Old", "Spam"]
    assert suggested("/suggest/queues/?q=SPA") == ["Spam"]
    assert suggested("/suggest/statuses/") == ["completed", "not_started", "partial"]
    assert suggested("/suggest/statuses/?q=Part") == ["partial"]
    client.force_login(bob)
    assert suggested("/suggest/queues/") == ["Spam"]
    assert suggested("/suggest/statuses/") == ["completed"]


def test_the_beginning_of_an_id_hides_no_look(client, lea, alice, march):
    """Whoever lists sessions looks at people, whatever they filter by."""
    for user, query, subject in [
        (lea, "?session=alice", None),
        (lea, "?session=alice&moderator=alice", "alice"),
        (alice, "?session=alice", "alice"),
    ]:
        client.force_login(user)
        before = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
        client.get(f"/sessions/{query}")
        looks.flush()
        new = Entry.objects.filter(pk__gt=before).values_list("action", "subject__name")
        assert list(new) == [("look", subject)]


def test_a_moderator_s_list_is_their_own(client, alice, march):
    client.force_login(alice)
    assert listed(client) == ["alice-2", "alice-1"]
    assert listed(client, "?moderator=alice") == ["alice-2", "alice-1"]
    assert listed(client, "?session=bob") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?start=x", 400),
        ("?longer=-1", 400),
        ("?longer=x", 400),
        ("?open=x", 400),
        ("?start=2026-03-12&end=2026-03-11", 400),
        ("?queue=Spam&queue=Bots", 400),
        ("?order=colour", 400),
        ("?colour=red", 400),
        ("?session=%00", 400),
        ("?moderator=nobody", 404),
        ("?page=0", 404),
        ("?page=9", 404),
        ("?page=x", 404),
    ],
)
def test_what_does_not_fit_is_refused(client, lea, march, query, status):
    client.force_login(lea)
    assert client.get(f"/sessions/{query}").status_code == status


def test_the_row_of_a_session(client, lea, march, monkeypatch):
    today = "analytics.presentation.session_table.timezone.localdate"
    client.force_login(lea)
    monkeypatch.setattr(today, lambda: date(2027, 1, 1))
    html = client.get("/sessions/?session=alice-1").content.decode().replace("\u00a0", " ")
    assert "10 Mar 2026, 09:30 UTC" in html
    monkeypatch.setattr(today, lambda: date(2026, 12, 31))
    forget_answers()
    html = client.get("/sessions/?session=alice-1").content.decode()
    row = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    assert words_of(row).replace("\u00a0", " ") == (
        "alice-1|alice|10 Mar, 09:30|10 min 00 s|Spam +1|4|33 %|2 min 50 s|15 %|50 %"
    )
    assert 'aria-label="2 accepted, 1 rejected, 1 without a decision"' in row
    assert 'class="swatch-accepted" style="--value:50.00%"' in row


def test_headings_lead_to_their_order_and_back(client, lea, march):
    client.force_login(lea)
    html = client.get("/sessions/?moderator=alice&order=-length").content.decode()
    assert 'aria-sort="descending"><a href="?moderator=alice&amp;order=length">Length' in re.sub(
        r">\s+<", "><", html
    )
    assert '<a href="?moderator=alice&amp;order=-started">Started' in html


def test_pages_are_counted_no_further_than_they_go(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr("analytics.web.session_list.PAGE_SIZE", 1)
    html = " ".join(client.get("/sessions/?page=2&moderator=").content.decode().split())
    assert "2–2 of 3" in html
    assert 'rel="next" href="?start=&amp;page=3"' in html
    monkeypatch.setattr(pagination, "MAX_LISTED", 2)
    forget_answers()
    html = client.get("/sessions/?page=2").content.decode()
    assert "2–2 of more than 2" in " ".join(html.split())
    assert 'rel="next"' not in html


def test_the_list_asks_the_same_however_long_it_is(client, lea, march, django_assert_num_queries):
    client.force_login(lea)
    client.get("/sessions/?session=alice-1")
    forget_answers()
    for query in ("?session=alice-1", "?start="):
        # Login, user, version twice, people of the filter, count, rows, marks, raw, queues.
        with django_assert_num_queries(12):
            client.get(f"/sessions/{query}")


def page_of(client, public_id, status=200):
    answer = client.get(f"/sessions/{public_id}/")
    assert answer.status_code == status
    return answer.content.decode().replace("\u00a0", " ")


def test_a_session_in_numbers(client, lea, march):
    client.force_login(lea)
    html = page_of(client, "alice-1")
    assert ">alice</a> · Tuesday 10 Mar 2026, 09:30–09:40 UTC" in html
    strip = re.search(r'<dl class="kpis"[^>]*>(.*?)</dl>', html, re.DOTALL)[1]
    figures = [words_of(figure) for figure in re.split('<div class="kpi[^>]*>', strip)[1:]]
    assert figures == [
        "Length|10|min 00 s|09:30 → 09:40 UTC",
        "Videos|4|2 unique|2 completed, 1 partial",
        "Accepted|2|66.7 % of 3 decided",
        "Rejected|1|33.3 % of 3 decided|95 %: 6.1–79.2 %|1 without a decision",
        # 600 s less 60 s and 30 s idle, over 3 decided.
        "Handle time|2|min 50 s|3 decisions",
        "Idle|1|min 30 s|15.0 % of the session|1 pause, 1 inactivity",
    ]


def test_a_session_s_views_queues_and_idle_intervals(client, lea, march):
    client.force_login(lea)
    html = page_of(client, "alice-1")
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    views, queues, idle = ([words_of(row) for row in body.split("</tr>")[:-1]] for body in bodies)
    assert views == [
        "1|v1|Completed|Accepted|a|1×, 1.5×|Muted|—",
        "2|v2|Partial|Rejected|q|—|Unmuted|—",
        "3|v1|Completed|Accepted|a|2×|Muted|—",
        "4|—|Not started|No decision|—|—|Unknown|—",
    ]
    assert queues == ["Spam|40", "Bots|30", "Links|10", "=Minors|—"]
    # At 300 of 600 s: 300 active seconds of 540, so before the third of four videos.
    assert idle == ["before 3|Pause|1 min 00 s", "—|Inactivity|30 s"]
    assert html.count('<rect x="') >= 5


def test_sessions_before_and_after_are_of_the_same_person(client, lea, march):
    client.force_login(lea)
    first, second = page_of(client, "alice-1"), page_of(client, "alice-2")
    assert 'rel="next" href="/sessions/alice-2/"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="/sessions/alice-1/"' in second
    assert 'rel="next"' not in second
    other = page_of(client, "bob-1")
    assert 'rel="prev"' not in other
    assert 'rel="next"' not in other


def test_an_open_session_has_no_end_and_no_length(client, lea, march):
    client.force_login(lea)
    html = page_of(client, "alice-2")
    assert "09:30 UTC · open, without an end" in html
    assert "Length|—|09:30 → open UTC" in words_of(html)


def test_a_session_that_is_not_there(client, lea, alice, march):
    client.force_login(lea)
    page_of(client, "nothing", 404)
    client.force_login(alice)
    assert not re.search(r"\bbob\b", page_of(client, "bob-1", 404).replace("/sessions/bob-1/", ""))
    page_of(client, "alice-1")


def test_a_session_s_page_asks_the_same_however_long_it_is(
    client, lea, march, django_assert_num_queries
):
    client.force_login(lea)
    with django_assert_num_queries(19):
        client.get("/sessions/bob-1/")
    with django_assert_num_queries(19):
        client.get("/sessions/alice-1/")


@pytest.mark.parametrize("public_id", ["a/b", "a\nb", "ü ?#%25", "//", "<b>", " "])
def test_a_session_is_found_whatever_its_id(client, lea, db, public_id):
    march = write_march()
    march["bob-1"].public_id = public_id
    march["bob-1"].save()
    client.force_login(lea)
    html = client.get("/sessions/").content.decode()
    link = re.search(r'<th scope="row"><a href="([^"]+)"', html)[1]
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.context["session"].public_id == public_id
    assert client.get("/review/", {"session": public_id}).status_code == 200


def test_quick_ranges_keep_the_other_filters(client, lea, march, monkeypatch):
    monkeypatch.setattr("analytics.web.session_list.timezone.localdate", lambda: date(2026, 3, 31))
    client.force_login(lea)
    html = client.get(
        "/sessions/",
        {"moderator": "alice", "start": "2026-03-03", "end": "2026-03-30"},
    ).content.decode()
    assert 'href="?moderator=alice&amp;start=2026-03-24&amp;end=2026-03-30"' in html
    assert 'href="?moderator=alice" data-range>All' in html
    assert html.count('aria-current="true">4 weeks<') == 1


@pytest.mark.parametrize(("sessions", "last", "more"), [(50, 50, False), (51, 50, True)])
def test_a_page_holds_fifty_sessions(client, lea, sessions, last, more):
    write_sessions(
        [
            PlainSession(f"s{n:02d}", "amy", NOON + timedelta(days=n), None, [], [], [])
            for n in range(sessions)
        ]
    )
    client.force_login(lea)
    assert len(listed(client)) == last
    html = " ".join(client.get("/sessions/").content.decode().split())
    assert f"1–{last} of {sessions}" in html
    assert ('rel="next"' in html) is more


def test_fields_that_the_review_tool_sends_get_columns(client, lea, march):
    VideoView.objects.filter(session=march["alice-1"], position=1).update(
        queue="Spam", reason="Nudity", started_at=datetime(2026, 3, 10, 9, 31, tzinfo=UTC)
    )
    client.force_login(lea)
    html = page_of(client, "alice-1")
    views = words_of(re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1].replace("</tr>", ";"))
    assert "2|v2|Partial|Rejected|q|—|Unmuted|—|Spam|Nudity|09:31" in views
    assert "3|v1|Completed|Accepted|a|2×|Muted|—|unknown|unknown|—" in views
    assert [
        words_of(heading)
        for heading in re.findall(r"<th scope=\"col\"\s.*?</th>", html, re.DOTALL)[8:11]
    ] == ["Queue", "Reason", "Started"]
