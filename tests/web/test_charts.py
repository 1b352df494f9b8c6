"""The pages of charts by role: whose work, which filters, which answers."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest

from accounts.models import Role
from analytics.metrics.registry import METRICS
from analytics.presentation.pages import CHART_PAGES
from analytics.summaries import snapshots
from analytics.summaries.version import DataVersion
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import write_session
from tests.reviewed import FIRST, view, write_march

MARCH = "start=2026-03-01&end=2026-03-31"


@pytest.fixture
def march(db):
    return write_march()


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""

    def set_clock(now):
        monkeypatch.setattr("analytics.web.views.timezone.now", lambda: now)

    return set_clock


def html_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def charts_of(html):
    return json.loads(re.search(r'<script id="charts-figures"[^>]*>(.*?)</script>', html)[1])


def scope_of(html):
    return re.search(r"data-scope>(.*?)</span>", html)[1].replace("\u00a0", " ")


@pytest.mark.parametrize("path", ["/", *(f"/{name}/" for name in CHART_PAGES if name != "home")])
def test_nobody_without_a_login_sees_a_page(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url == f"/login/?next={path}"


def test_a_lead_sees_everyone(client, lea, march):
    client.force_login(lea)
    html = html_of(client, f"/review/?{MARCH}")
    assert scope_of(html).startswith("Everyone · 1 Mar – 31 Mar 2026 (31 days)")
    charts = charts_of(html)
    # Nothing is known of the videos' own queues and reasons.
    unknown = ("decisions-by-queue", "decisions-by-reason")
    assert list(charts) == [slug for slug in CHART_PAGES["review"].charts if slug not in unknown]
    assert charts["decisions"]["data"][0]["y"] == [3, 2, 3]
    assert 'id="card-moderator-review"' in html
    assert f'href="/moderators/bob/?{MARCH.replace("&", "&amp;")}">bob</a>' in html


def test_a_moderator_sees_their_own_by_default(client, alice, march):
    client.force_login(alice)
    html = html_of(client, f"/review/?{MARCH}")
    assert scope_of(html).startswith("alice · 1 Mar")
    assert charts_of(html)["decisions"]["data"][0]["y"] == [2, 2, 1]
    assert 'name="moderator"' not in html
    assert "moderator-review" not in html
    assert not re.search(r"\bbob\b", html)


@pytest.mark.parametrize(
    "path",
    [
        "/review/?moderator=bob",
        "/review/?session=bob-1",
        "/review/?moderator=nobody",
        "/?moderator=bob",
        "/sessions/bob-1/",
        "/sessions/?moderator=bob",
        "/export/videos.csv?moderator=bob",
        "/metrics/decisions.csv?moderator=bob",
        "/metrics/decisions.csv?session=bob-1",
    ],
)
def test_what_is_another_s_is_not_there_for_a_moderator(client, alice, march, path):
    client.force_login(alice)
    html = html_of(client, path, 404)
    assert "bob-1" not in html.replace(path, "")


def test_an_account_without_a_moderator_is_told_why(client, db, march):
    client.force_login(make_user("carl", Role.MODERATOR))
    for path in ("/", "/review/", "/sessions/", "/export/videos.csv"):
        html = html_of(client, path, 403)
        assert "Your account is not linked to a moderator; an admin can link it." in html


@pytest.mark.parametrize("name", ["engagement", "recommendations"])
def test_pages_of_everyone_are_forbidden_to_moderators(client, alice, name):
    client.force_login(alice)
    html_of(client, f"/{name}/?start=", 403)


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("start=yesterday", "start", "is not a date; write it as YYYY-MM-DD."),
        ("start=2026-03-02&end=2026-03-01", "start", "is after the end"),
        ("end=2026-02-30", "end", "is not a date"),
        ("moderator=alice&session=bob-1", "session", "is not a session of alice"),
        ("colour=red", "", "unknown parameter"),
        ("start=2026-03-01&start=2026-03-02", "start", "Given more than once"),
    ],
)
def test_filters_that_do_not_fit_are_400_with_the_reason_and_the_form(
    client, lea, march, query, field, reason
):
    client.force_login(lea)
    html = html_of(client, f"/review/?{query}", 400).replace("&#x27;", "'")
    assert reason.lower() in html.lower()
    assert 'name="start"' in html
    assert 'aria-current="true"' not in html
    if field:
        assert f'class="filter-field filter-{field} field-invalid"' in html
        assert 'aria-invalid="true"' in html


def test_an_empty_field_of_the_form_is_no_filter(client, lea, march):
    client.force_login(lea)
    html = html_of(client, "/review/?moderator=&session=&start=&end=")
    assert scope_of(html) == "Everyone · all dates"
    assert charts_of(html)["decisions"]["data"][0]["y"] == [3, 2, 3]


def test_a_page_opens_with_the_last_4_whole_weeks(client, lea, march, at):
    at(datetime(2026, 3, 20, 12, tzinfo=UTC))
    client.force_login(lea)
    html = html_of(client, "/review/")
    assert "20 Feb – 19 Mar 2026 (28 days)" in scope_of(html)
    assert 'data-query="?start=2026-02-20&amp;end=2026-03-19"' in html
    assert html.count('aria-current="true">4 weeks<') == 1


def test_a_page_opens_with_everything_when_the_last_4_weeks_hold_nothing(client, lea, march, at):
    at(datetime(2027, 3, 20, 12, tzinfo=UTC))
    client.force_login(lea)
    html = html_of(client, "/review/")
    assert scope_of(html) == "Everyone · all dates"


def test_old_numbers_have_a_banner(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr(snapshots, "data_version", lambda: DataVersion("1", FIRST, ""))
    html = html_of(client, f"/review/?{MARCH}")
    assert "The data last changed on 10\u00a0Mar\u00a02026, 09:30\u00a0UTC." in html


def test_dates_without_data_say_where_there_are_some(client, lea, march):
    client.force_login(lea)
    html = html_of(client, "/review/?moderator=bob&start=2027-01-01&end=2027-01-07")
    assert "No videos in these 7\u00a0days" in html
    assert "bob: last data on 12\u00a0Mar\u00a02026." in html
    link = 'href="/review/?moderator=bob&amp;start=2026-02-13&amp;end=2026-03-12"'
    assert link in html
    assert charts_of(html) == {}


def test_without_any_data_there_is_no_such_link(client, lea):
    client.force_login(lea)
    html = html_of(client, "/review/")
    assert "There is no data yet for this choice." in html
    assert "Last 4 weeks with data" not in html


def test_the_session_of_a_moderator_are_offered_newest_first(client, lea, march):
    client.force_login(lea)
    html = html_of(client, "/review/?moderator=alice")
    options = re.findall(r'<option value="(alice-\d)"[^>]*>', html)
    assert options == ["alice-2", "alice-1"]


def test_many_people_are_found_by_typing(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr("analytics.presentation.filters.MAX_CHOICES", 1)
    monkeypatch.setattr("analytics.presentation.filters.MAX_SESSIONS", 1)
    html = html_of(client, "/review/?moderator=alice")
    assert 'data-suggest="/suggest/moderators/"' in html
    assert "<select" not in html
    assert '<datalist id="id_session_list"><option value="alice-2"></option></datalist>' in html
    assert client.get("/suggest/moderators/?q=LI").json() == {"suggestions": ["alice"]}
    assert client.get("/suggest/sessions/?q=alice").json() == {
        "suggestions": ["alice-2", "alice-1"]
    }


def test_suggestions_hold_only_what_may_be_seen(client, alice, march):
    client.force_login(alice)
    assert client.get("/suggest/moderators/").json() == {"suggestions": ["alice"]}
    assert client.get("/suggest/sessions/?q=bob").json() == {"suggestions": []}
    assert client.get("/suggest/sessions/?q=%00").status_code == 400
    for address in ("moderators/?colour=red", "moderators/?moderator=1", "sessions/?q=a&q=b",
                    "sessions/?moderator=alice"):  # fmt: skip
        assert client.get(f"/suggest/{address}").status_code == 400, address
    assert client.get("/suggest/sessions/?q=&moderator=").status_code == 200


def test_one_session_has_its_queues_no_charts_of_one_dot_and_leads_to_its_page(client, lea, march):
    client.force_login(lea)
    html = html_of(client, f"/review/?{MARCH}")
    assert "card-queue-details" not in html
    assert "Open the session" not in html
    html = html_of(client, "/review/?session=alice-1")
    assert '<a class="button" href="/sessions/alice-1/">Open the session</a>' in html
    assert re.findall(r'data-card="([^"]+)"', html) == [
        "decisions", "video-status", "sound-status", "idle-time", "idle-summary",
        "playback-speeds", "queues", "queue-details",
    ]  # fmt: skip
    rows = re.search(r'id="card-queue-details".*?<tbody>(.*?)</tbody>', html, re.DOTALL)[1]
    words = [re.sub("<[^>]+>", "|", row).replace("||", "|") for row in rows.split("</tr>")[:-1]]
    assert [re.sub(r"\|+", "|", row).strip("|") for row in words] == [
        "Spam|40|Bots|30",
        "Spam|40|Links|10",
        "=Minors|—|no subqueue|—",
    ]


def test_names_of_the_data_are_never_markup(client, lea, db):
    evil = '<img src=x onerror="alert(1)">'
    write_session(
        PlainSession(evil, evil, FIRST, 60_000_000, [view(evil, "a", status=evil)],
                     [(evil, 1_000_000, None)], [(evil, 1, True, {evil: 2})])
    )  # fmt: skip
    client.force_login(lea)
    for path in (f"/review/?{MARCH}", "/", "/sessions/", f"/sessions/{evil}/"):
        html = html_of(client, path)
        assert "<img src=x" not in html, path


def test_the_report_of_views_is_streamed_whole(client, lea, march):
    client.force_login(lea)
    answer = client.get("/export/videos.csv?moderator=alice&session=&start=&end=")
    assert answer.streaming
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="videos.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [(row["session_id"], row["videoId"], row["decision"]) for row in rows] == [
        ("alice-1", "v1", "accepted"),
        ("alice-1", "v2", "rejected"),
        ("alice-1", "v1", "accepted"),
        ("alice-1", "", "none"),
        ("alice-2", "v3", "rejected"),
    ]
    assert client.get("/export/videos.csv?start=x").status_code == 400


def test_each_metric_as_csv(client, lea, march):
    client.force_login(lea)
    answer = client.get("/metrics/queues.csv?session=alice-1")
    assert b"".join(answer).decode() == "queue,assignments,items\r\nSpam,1,40\r\n'=Minors,1,0\r\n"
    assert client.get("/metrics/nothing.csv").status_code == 404
    assert client.get("/metrics/queue-details.csv").status_code == 400


def test_how_it_is_computed_lists_every_metric(client, alice):
    client.force_login(alice)
    html = html_of(client, "/metrics/")
    for slug in METRICS:
        assert f'id="{slug}"' in html


def test_pages_answer_only_to_being_read(client, lea):
    client.force_login(lea)
    for path in ("/", "/review/", "/sessions/", "/metrics/", "/export/videos.csv"):
        assert client.post(path).status_code == 405


def test_the_page_asks_the_database_few_questions(
    client, lea, march, django_assert_max_num_queries
):
    client.force_login(lea)
    with django_assert_max_num_queries(45) as few:
        client.get(f"/review/?{MARCH}")
    # More people and sessions are not more questions.
    for name in ("carl", "dora", "erik"):
        write_more(name)
    # Reading again what the page was made of begins with a place to go back to.
    with django_assert_max_num_queries(len(few.captured_queries) + 2):
        client.get(f"/review/?{MARCH}")
    # As long as nothing changes, no figure is asked for again.
    with django_assert_max_num_queries(14):
        client.get(f"/review/?{MARCH}")


def write_more(name):
    write_session(PlainSession(f"{name}-1", name, FIRST, 60_000_000, [view("v1", "a")], [], []))


def test_a_page_without_anything_says_so_once_and_where_there_is_something(client, lea, march):
    client.force_login(lea)
    html = html_of(client, "/review/?start=2020-01-01&end=2020-01-07")
    assert html.count("No videos in these 7") == 1
    assert "data-card=" not in html
    assert html.count("Last 4 weeks with data") == 1
