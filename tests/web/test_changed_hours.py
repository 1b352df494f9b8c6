"""The hours of the week that changed, on the page of what changed."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Role
from analytics.summaries.writing import refresh
from tests.brute import PlainSession, PlainView
from tests.factory import write_sessions
from tests.web.test_changed import DATES, QUERY, html_of, login

pytestmark = pytest.mark.django_db


def write_hours(late_from):
    """Two sessions a day for four weeks, one at nine and one at noon or, later, at eight."""
    views = [PlainView(f"v{n}", "completed", ["a"], "muted") for n in range(20)]
    sessions = []
    for at in range(56):
        day = datetime(2026, 2, 3, tzinfo=UTC) + timedelta(days=at)
        for hour in (9, 20 if at >= late_from else 12):
            name = f"h{at}-{hour}"
            began = day + timedelta(hours=hour)
            some = views[: 18 + at % 3]
            sessions.append(PlainSession(name, "hana", began, 600_000_000, some, [], []))
    write_sessions(sessions)
    refresh()


def test_the_hours_that_changed_are_named_and_lead_to_the_hours_of_the_week(client):
    write_hours(late_from=28)
    login(client, "lea", Role.LEAD)
    answer = client.get("/api/v1/changes/", DATES).json()
    hours = next(one for one in answer["lists"] if one["slug"] == "hours")
    found = {each["name"]: each for each in hours["changes"]}
    assert list(found) == ["12:00 to 13:00", "20:00 to 21:00", "09:00 to 10:00"]
    noon = found["12:00 to 13:00"]
    assert (noon["before"], noon["now"], noon["beyond_chance"]) == (0.5, 0.0, True)
    assert (noon["key"], noon["value"]) == ("hour", "12")
    assert found["09:00 to 10:00"]["beyond_chance"] is False
    html = html_of(client, f"/changed/?{QUERY}")
    assert '#card-review-by-hour">12:00 to 13:00</a>' in html
