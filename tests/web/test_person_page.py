"""The page of one person: the same words for them and for leads, and nobody else's figures."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.html import strip_tags

from analytics.access import PORTAL
from analytics.metrics.team_spread import spread_of_others
from analytics.models import Moderator, ModeratorPerformance, Session
from analytics.presentation.ladder import ladder
from analytics.presentation.trends import weekly_values
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import view

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATES = {"start": "2026-03-02", "end": "2026-03-29"}
OTHERS = [f"m{nth}" for nth in range(9)]


def text_of(answer):
    words = strip_tags(answer.content.decode()).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", words)


def write_work(name, rejected, sessions=4):
    """A session a week of 10 decided videos in 100 s, of which some are rejected."""
    for nth in range(sessions):
        at = FIRST + timedelta(weeks=nth)
        views = [view(f"v{i}", "q" if i < rejected else "a") for i in range(10)]
        write_session(PlainSession(f"{name}-{nth}", name, at, 100_000_000, views, [], []))


@pytest.fixture
def team(alice, bob):
    """Alice rejects 9 of 10 where nine others reject 2 to 4."""
    write_work("alice", 9)
    for nth, name in enumerate(OTHERS):
        write_work(name, 2 + nth % 3)


def page_of(client, viewer, name="alice", **params):
    client.force_login(viewer)
    return client.get(reverse("portal:person", args=[name]), params or DATES)


def test_the_person_and_the_lead_read_the_same_words(client, lea, alice, team):
    pages = [text_of(page_of(client, viewer)) for viewer in (lea, alice)]
    for text in pages:
        assert "alice rejected 90.0 % of 40 decided videos." in text
        assert "Reject rate lies outside its limits." in text
        assert "The others: middle half and median" in text
    # Up to the foot of the printed page, which names who printed it.
    said = [text[text.index("What the numbers say") : text.index("printed by")] for text in pages]
    assert said[0] == said[1]


def test_weeks_and_queues_are_shown_as_far_as_the_viewer_may_see(client, lea, alice, team):
    for name in ("alice", *OTHERS):
        views = [view(f"v{i}", "a") for i in range(10)]
        queues = [("Spam", 10, True, {})]
        at = FIRST + timedelta(days=1)
        write_session(PlainSession(f"{name}-q", name, at, 100_000_000, views, [], queues))
    for viewer, sees in ((lea, True), (alice, False)):
        answer = page_of(client, viewer)
        text = text_of(answer)
        assert "Week by week 13 whole weeks; a week alone is never judged" in text
        assert "Expected from the same queues" in text
        assert "Queues worked in" in text
        labels = [heading.label for heading in answer.context["queue_columns"]]
        assert labels[:2] == ["Queue", "Videos"]
        assert ("Others' share" in labels) is sees
        assert [chart.title for chart in answer.context["week_charts"]] == [
            "Reject rate", "Handle time", "Completion",
        ]  # fmt: skip


def test_the_idle_share_opens_the_idle_share(client, lea, team):
    rows = {row.label: row for row in page_of(client, lea).context["rows"]}
    idle = rows["Idle share"]
    assert idle.value == "0.0"
    assert idle.rows_url.startswith("/rows/review-summary/?moderator=alice&")
    assert idle.rows_url.endswith("&column=idle_share")
    assert "0.0 % is idle seconds over logged seconds, of 4 review sessions" in text_of(
        client.get(idle.rows_url)
    )
    assert rows["Handle time"].rows_url.startswith("/rows/moderator-review/?moderator=alice&")


def test_who_is_within_limits_reads_what_would_have_been_seen(client, lea, team):
    text = text_of(page_of(client, lea, "m1"))
    assert "Within limits Nothing here is beyond what is ordinary" in text
    assert "Nothing about m1 stands out in these dates." in text
    seen = re.search(
        r"In four of five looks: reject rate [\d.]+\s% or more, handle time [\d.]+\ss or more,"
        r" completion [\d.]+\s% or less\.",
        text,
    )
    assert seen, text
    assert "alice" not in text[text.index("Each figure") :]


def test_somebody_else_s_page_is_not_there(client, alice, bob, team):
    assert page_of(client, bob).status_code == 404
    assert page_of(client, alice, "m1").status_code == 404
    assert page_of(client, alice, "nobody").status_code == 404


def test_names_are_quoted_and_dots_are_no_directories(client, lea):
    for name in ("..", ".", "~x", "a/b", "Zoë & co", "a?b#c"):
        Moderator.objects.create(username=name)
        answer = page_of(client, lea, name)
        assert answer.status_code == 200, name
        assert answer.context["title"] == name
    assert reverse("portal:person", args=[".."]) == "/moderators/~../"


def test_the_filter_bar_leads_to_the_person_chosen(client, lea, alice, team):
    answer = page_of(client, lea, moderator="m1", start="2026-03-02", end="")
    assert answer.status_code == 302
    assert answer["Location"] == "/moderators/m1/?start=2026-03-02"
    answer = page_of(client, lea, moderator="")
    assert answer["Location"] == "/moderators/?start="
    answer = page_of(client, alice, moderator="m1")
    assert client.get(answer["Location"]).status_code == 404


def test_dates_that_make_no_sense_are_said(client, lea, team):
    answer = page_of(client, lea, start="2026-03-40")
    assert answer.status_code == 400
    assert "is not a date" in text_of(answer)


def test_a_person_without_work_has_a_page_that_says_so(client, lea, bob):
    text = text_of(page_of(client, lea, "bob"))
    assert "There are no data of bob in these dates." in text
    assert "No review sessions in these dates" in text


def test_every_name_leads_to_its_page(client, lea, team):
    client.force_login(lea)
    html = client.get("/review/", DATES).content.decode()
    assert 'href="/moderators/alice/?start=2026-03-02&amp;end=2026-03-29"' in html


def test_moderators_find_their_page_in_the_navigation(client, alice, lea):
    client.force_login(alice)
    assert 'href="/moderators/alice/"' in client.get("/").content.decode()
    client.force_login(lea)
    assert "My page" not in client.get("/").content.decode()


def scope_of(viewer, days=28):
    start = FIRST.date()
    own = Moderator.objects.get(username="alice")
    return Scope(viewer, own, start=start, end=start + timedelta(days=days - 1))


def test_where_the_others_lie_leaves_out_the_person(lea, team):
    found = spread_of_others(scope_of(lea), date(2026, 4, 1))["reject_rate"]
    # .2 .3 .4 three times each: quartiles by NIST 1.3.5.6 at places 3, 5 and 7 of nine.
    assert (found.low, found.median, found.high, found.people) == pytest.approx((0.2, 0.3, 0.4, 9))


def test_a_moderator_sees_the_others_only_over_7_days_and_with_8_of_them(alice, lea, team):
    today = date(2026, 4, 1)
    assert "reject_rate" in spread_of_others(scope_of(alice, days=7), today)
    assert spread_of_others(scope_of(alice, days=6), today) == {}
    # The days that have passed count, not those that are asked for.
    assert spread_of_others(scope_of(alice), FIRST.date() + timedelta(days=5)) == {}
    late = Session.objects.exclude(moderator__username="alice").filter(
        started_at__date__gt=FIRST.date() + timedelta(days=5)
    )
    with transaction.atomic():
        late.delete()
        # Nor do days on which only the person worked.
        assert spread_of_others(scope_of(alice), today) == {}
        assert "reject_rate" in spread_of_others(scope_of(lea), today)
        transaction.set_rollback(True)
    for name in OTHERS[:2]:
        Moderator.objects.get(username=name).sessions.all().delete()
    assert spread_of_others(scope_of(alice), today) == {}
    assert spread_of_others(scope_of(lea), today)["reject_rate"].people == 7


def test_a_ladder_ends_with_what_is_drawn():
    drawn = ladder(
        0.5, lambda value: f"{value:.0%}", limits=(0.2, 0.6), expected=0.4, others=None, level=""
    )
    assert (drawn.low.x, drawn.high.x) == (34.0, 366.0)
    assert drawn.own == pytest.approx(34 + 0.75 * 332)
    assert drawn.expected == pytest.approx(200)
    assert drawn.description == "50%, expected 40%, limits 20% to 60%"
    alone = ladder(0.5, str, limits=None, expected=None, others=None, level="")
    assert (alone.own, alone.limits_width, alone.middle_width) == (200, 0, 0)


def test_the_trend_has_a_value_a_week_and_gaps(lea, team):
    own = Moderator.objects.get(username="alice")
    ModeratorPerformance.objects.create(
        moderator=own, date=date(2026, 3, 28), sessions_moderated=1, average_response_time=8,
        satisfaction_score=4.5,
    )  # fmt: skip
    with snapshot():
        weekly = weekly_values(scope_of(PORTAL), date(2026, 4, 1))
    assert weekly["reject_rate"] == [None] * 9 + [0.9] * 4
    assert weekly["handle_seconds"] == [None] * 9 + [10.0] * 4
    assert weekly["average_satisfaction"] == [None] * 12 + [4.5]
    assert weekly["occupancy"][-1] == 1.0
