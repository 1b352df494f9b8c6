"""Charts over days by week and month, with weekends and the period before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import write_session
from tests.insights.conftest import plain
from tests.reviewed import view
from tests.web.test_annotation_pages import figures_of

# A Monday; three weeks and a day, each day a session of as many videos as the day's number.
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHOLE = "start=2026-03-02&end=2026-03-23"


@pytest.fixture
def lead(client, db):
    client.force_login(make_user("lea", Role.LEAD))
    return client


@pytest.fixture
def sessions(db):
    for n in range(22):
        write_session(
            PlainSession(
                public_id=f"s{n}",
                moderator="amy",
                started_at=FIRST + timedelta(days=n),
                duration_us=None,
                views=[view(f"v{n}-{k}", "a") for k in range(n + 1)],
                idle=[],
                queues=[],
            )
        )


def chart(client, query):
    page = client.get(f"{reverse('portal:review')}?{query}")
    assert page.status_code == 200
    return page, figures_of(page)["review-by-day"]


def test_weeks_are_named_and_open_their_days(lead, sessions):
    page, made = chart(lead, f"{WHOLE}&grain=week")
    accepted = made["data"][0]
    assert accepted["y"] == [sum(range(1, 8)), sum(range(8, 15)), sum(range(15, 22)), 22]
    assert accepted["x"] == ["2026-03-05", "2026-03-12", "2026-03-19", "2026-03-23"]
    assert made["layout"]["xaxis"]["range"] == ["2026-03-01T08:00", "2026-03-23T16:00"]
    assert accepted["meta"] == {"params": {"column": "accepted"}, "keys": ["start", "end"]}
    assert accepted["customdata"][1] == ["2026-03-09", "2026-03-15"]
    # The last week has six more days: it is no drop.
    assert accepted["marker"]["opacity"] == [1.0, 1.0, 1.0, 0.45]
    headings = [plain(text).split("<br>")[0] for text in accepted["hovertext"]]
    assert headings[0] == "<b>Week 10, 2 Mar – 8 Mar 2026</b>"
    assert headings[3] == "<b>Week 13, 23 Mar 2026 (part: 1 day)</b>"
    assert "part of a week" in page.text
    assert 'name="grain" value="week"' in page.text


def test_days_have_weekdays_and_shaded_weekends(lead, sessions):
    _, made = chart(lead, WHOLE)
    accepted = made["data"][0]
    assert plain(accepted["hovertext"][5]).startswith("<b>Sat 7 Mar 2026</b>")
    weekends = [
        (shape["x0"], shape["x1"])
        for shape in made["layout"]["shapes"]
        if shape["fillcolor"] == "#f1f4f6"
    ]
    assert weekends == [
        ("2026-03-06T12:00", "2026-03-08T12:00"),
        ("2026-03-13T12:00", "2026-03-15T12:00"),
        ("2026-03-20T12:00", "2026-03-22T12:00"),
    ]


def test_the_period_before_is_drawn_where_the_data_cover_it(lead, sessions):
    week = "start=2026-03-16&end=2026-03-22"
    page, made = chart(lead, f"{week}&earlier=show")
    earlier = made["data"][-1]
    assert plain(earlier["name"]) == "9 Mar – 15 Mar 2026"
    assert earlier["meta"] == {"params": {"column": "videos"}, "keys": ["start", "end"]}
    assert earlier["customdata"][0] == ["2026-03-09", "2026-03-09"]
    assert earlier["x"] == [f"2026-03-{day}" for day in range(16, 23)]
    assert earlier["y"] == list(range(8, 15))
    assert plain(earlier["hovertext"][0]) == "Earlier, Mon 9 Mar 2026: 8 videos"
    assert "Earlier period" in page.text
    _, without = chart(lead, week)
    assert [trace["name"] for trace in without["data"]] == [
        trace["name"] for trace in made["data"][:-1]
    ]
    page, made = chart(lead, "start=2026-03-03&end=2026-03-09&earlier=show")
    assert not [trace for trace in made["data"] if trace.get("line", {}).get("dash") == "dot"]
    assert "Earlier period" not in page.text


def test_an_unknown_choice_is_refused(lead, sessions):
    page = lead.get(f"{reverse('portal:review')}?{WHOLE}&grain=year")
    assert page.status_code == 400
    assert "none of day, week, month" in page.text
