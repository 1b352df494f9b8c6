"""The pages of the engagement report, the insights and the overview, as every role."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from accounts.models import Role
from analytics.demo.engagement import load_engagement
from analytics.insights import FINDINGS
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
    Session,
    Target,
)
from tests.conftest import make_user
from tests.insights.test_registry import UNASKED
from tests.reviewed import write_march

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 31)
FEBRUARY = "start=2026-02-01&end=2026-02-28"
MARCH = "start=2026-03-01&end=2026-03-31"
PAGES = ("engagement", "recommendations", "moderators", "insights")
#: Who answers late among the demo's people.
SOMEBODY = "daniel.berg"


@pytest.fixture
def report(db):
    load_engagement(2026, TODAY)


@pytest.fixture
def daniel(db):
    """A moderator with performance rows."""
    return make_user(SOMEBODY, Role.MODERATOR, moderates=True)


@pytest.fixture
def at(monkeypatch):
    now = datetime(2026, 3, 31, 23, tzinfo=UTC)
    monkeypatch.setattr("analytics.web.views.timezone.now", lambda: now)
    return now


def html_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode().replace("\u00a0", " ")


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def charts_of(html):
    return json.loads(re.search(r'<script id="charts-figures"[^>]*>(.*?)</script>', html)[1])


def statuses(client, person, query=""):
    client.force_login(person)
    return [client.get(f"/{name}/{query}").status_code for name in PAGES]


def test_who_may_open_which_page(client, report, at, daniel, lea, ada):
    assert [client.get(f"/{name}/").status_code for name in PAGES] == [302] * 4
    assert statuses(client, lea) == [200] * 4
    assert statuses(client, ada) == [200] * 4
    # Their own work on two of them; what belongs to nobody only as a team's whole months.
    assert statuses(client, daniel) == [200] * 4
    assert statuses(client, daniel, f"?{MARCH}") == [403, 403, 200, 200]
    assert statuses(client, daniel, f"?{FEBRUARY}&team=true") == [200, 200, 403, 200]
    # March has not ended.
    assert statuses(client, daniel, f"?{MARCH}&team=true") == [400] * 4
    assert statuses(client, daniel, "?team=true&start=2026-03-02&end=2026-03-31") == [400] * 4
    assert statuses(client, daniel, f"?{MARCH}&moderator=alice")[2:] == [404, 404]
    nobody = make_user("nobody", Role.MODERATOR)
    assert statuses(client, nobody) == [403] * 4


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("query", ["start=yesterday", "start=2026-03-02&end=2026-03-01", "x=1"])
def test_filters_that_do_not_fit(client, lea, report, name, query):
    client.force_login(lea)
    assert "These filters are not valid" in html_of(client, f"/{name}/?{query}", 400)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_yet(client, lea, name):
    client.force_login(lea)
    assert html_of(client, f"/{name}/")


def test_a_moderator_opens_the_teams_newest_whole_month(client, daniel, report, at):
    client.force_login(daniel)
    html = html_of(client, "/engagement/")
    assert "The team · 1 Feb – 28 Feb 2026 (28 days)" in text_of(html)
    assert '<input type="hidden" name="team" value="true"' in html
    assert "/engagement/?start=2026-01-01&amp;end=2026-01-31&amp;team=true" in html
    # No moderator is behind these figures: it makes no difference how many there are.
    ModeratorPerformance.objects.exclude(moderator=daniel.moderator).delete()
    assert "The team · 1 Feb – 28 Feb 2026 (28 days)" in text_of(html_of(client, "/engagement/"))


def test_engagement(client, lea, report):
    client.force_login(lea)
    html = html_of(client, "/engagement/?start=")
    text = text_of(html)
    assert "Session length 58.7 min" in text
    assert "Feedback rating 3.38 of 6" in text
    assert "Target 4" in text
    assert "Stacked Side by side" in text
    charts = charts_of(html)
    stacked = charts["activity-by-rating"]
    assert stacked["layout"]["barmode"] == "stack"
    beside = stacked["layout"]["meta"]["variants"][0]
    assert beside["layout"]["barmode"] == "group"
    assert [trace["yaxis"] for trace in beside["data"]] == ["y", "y2"]
    assert [t["y"] for t in beside["data"]] == [t["y"] for t in stacked["data"]]
    assert "3 sessions" not in text


def test_recommendations(client, lea, report):
    client.force_login(lea)
    html = html_of(client, "/recommendations/?start=")
    assert "Click-through 52.0 %" in text_of(html)
    assert set(charts_of(html)) == {
        "recommendation-effectiveness",
        "recommendation-mix",
        "click-through-rate",
    }


def test_moderators_and_their_distance_from_the_targets(client, lea, report):
    client.force_login(lea)
    Target.objects.filter(figure="average_response_minutes").update(value=12.5)
    html = html_of(client, "/moderators/?start=")
    assert "Against target 12.5 min" in html.replace("\u00a0", " ")
    table = html[html.index('id="card-moderator-distances"') :]
    row = re.search(rf'<tr><th scope="row">(<a [^>]*>)?{SOMEBODY}.*?</tr>', table)[0]
    assert re.search(r">▲ \d", row)
    assert "worse" not in row
    assert f'href="/moderators/{SOMEBODY}/?start="' in row
    assert "r = " in text_of(html)


def test_a_moderator_sees_only_their_own_row(client, daniel, report):
    client.force_login(daniel)
    html = html_of(client, "/moderators/?start=")
    others = Moderator.objects.exclude(username=SOMEBODY).values_list("username", flat=True)
    assert SOMEBODY in html
    assert not [name for name in others if name in html]


def test_team_totals_name_nobody_and_are_compared_with_nothing(client, daniel, report):
    client.force_login(daniel)
    names = Moderator.objects.exclude(username=SOMEBODY).values_list("username", flat=True)
    html_of(client, f"/moderators/?{FEBRUARY}&team=true", 403)
    html = html_of(client, f"/?{FEBRUARY}&team=true")
    assert not [name for name in names if name in html]
    assert " vs " not in text_of(html)
    assert "compared with" not in text_of(html)
    assert "last session" not in text_of(html)
    insights = html_of(client, f"/insights/?{FEBRUARY}&team=true")
    assert not [name for name in names if name in insights]
    assert "Coach" not in insights


def test_what_is_everyones_offers_the_team_s_totals(client, daniel, report, at):
    client.force_login(daniel)
    html = html_of(client, f"/engagement/?{MARCH}", 403)
    assert 'href="/engagement/?start=2026-02-01&amp;end=2026-02-28&amp;team=true"' in html
    assert "The team in Feb" in html
    shown = html_of(client, f"/engagement/?{FEBRUARY}&team=true")
    assert 'type="hidden" name="team" value="true"' in shown
    assert shown.count("data-range") == 4
    assert ">All<" not in shown
    assert ">My work<" not in shown
    html_of(client, f"/review/?{FEBRUARY}&team=true", 400)
    for number in range(5):
        moderator = Moderator.objects.all()[number]
        Session.objects.create(
            moderator=moderator,
            public_id=f"feb-{number}",
            started_at=datetime(2026, 2, 10, 12, tzinfo=UTC),
        )
    review = html_of(client, f"/review/?{FEBRUARY}&team=true")
    for slug in ("queue-details", "review-by-day", "queue-by-day", "idle-time", "queues"):
        assert f"card-{slug}" not in review
    # Nobody has a video with a decision or a known sound.
    assert "Too few people" in text_of(review)
    assert 'name="session"' not in review
    assert ">My work<" in review
    assert "data-videos-csv hidden" in review


def test_insights_are_grouped_and_open_their_evidence(client, lea, report):
    client.force_login(lea)
    html = html_of(client, "/insights/?start=")
    text = text_of(html)
    places = [text.index(f" {word} ") for word in ("Act", "Watch", "Good", "What to do")]
    assert places == sorted(places)

    assert html.count("<details") == len(FINDINGS) - len(UNASKED)
    assert "Longer sessions go with better ratings, weakly." in text
    assert "target 4.00, n = 1,000 rated sessions of " in text
    assert 'href="/engagement/?start=#card-activity-by-rating"' in html
    assert "Coach " in text


def test_an_edited_target_shows_on_the_next_page(client, lea, report):
    client.force_login(lea)
    Target.objects.filter(figure="average_rating").update(value=3.0)
    assert "Feedback rating averages 3.38 and meets its target of 3.00." in html_of(
        client, "/insights/?start="
    )


def test_the_overview_of_a_lead(client, lea, report, at):
    write_march()
    client.force_login(lea)
    html = html_of(client, "/")
    text = text_of(html)
    for label in ("Videos viewed", "Feedback rating", "Response time", "Click-through"):
        assert label in text
    assert " vs " in text
    assert "need action" in text
    assert re.search(r"last session \d+ (hours|days) ago", text)
    listed = re.search(r'<ul class="findings">.*?</ul>', html, re.DOTALL)[0]
    assert listed.count("<li>") == 3
    assert 'href="/insights/?start=2026-03-03&amp;end=2026-03-30"' in html


def test_the_overview_of_a_moderator_is_about_themselves(client, daniel, report, at):
    client.force_login(daniel)
    text = text_of(html_of(client, "/"))
    assert "Response time" in text
    assert "Feedback rating" not in text
    assert "Click-through" not in text


def test_the_overview_of_one_person_leaves_out_what_is_everyones(client, lea, report, at):
    client.force_login(lea)
    text = text_of(html_of(client, f"/?moderator={SOMEBODY}&{MARCH}"))
    assert "Satisfaction" in text
    assert "Feedback rating" not in text


def test_csv_of_the_report(client, lea, daniel, report):
    client.force_login(lea)
    answer = client.get("/metrics/recommendation-mix.csv")
    lines = answer.getvalue().decode().splitlines()
    assert lines[0] == "type,recommendations,share"
    assert lines[1].startswith("blog,128,0.2133")
    client.force_login(daniel)
    assert client.get("/metrics/recommendation-mix.csv").status_code == 403
    own = client.get("/metrics/moderator-performance.csv")
    assert len(own.getvalue().decode().splitlines()) == 2


@pytest.mark.parametrize("name", [*PAGES, ""])
def test_queries_do_not_grow_with_the_data(
    client, lea, report, name, django_assert_max_num_queries
):
    client.force_login(lea)
    path = f"/{name}/?start=" if name else "/?start="
    client.get(path)
    with django_assert_max_num_queries(90):
        client.get(path)
    assert ChatSession.objects.count() == 1000
    assert Recommendation.objects.count() == 600
    # 52 weeks of 40 people, but 5 of one who left and 45 before one began.
    assert ModeratorPerformance.objects.count() == 40 * 52 - 5 - 45
