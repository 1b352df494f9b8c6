"""The page of what changed, its workbook and its answer in the API, by every role."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from re import findall

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Role
from analytics.access import PORTAL
from analytics.metrics.coverage import earlier
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import write_sessions

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 31)
#: Four weeks against the four before.
DATES = {"start": "2026-03-03", "end": "2026-03-30"}
QUERY = "start=2026-03-03&end=2026-03-30"
FIRST = date(2026, 2, 3)
PEOPLE = ("alice", "bob", "carla", "dan", "eva", "finn")


@pytest.fixture(autouse=True)
def at(monkeypatch):
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    monkeypatch.setattr("analytics.web.changed.timezone.now", lambda: now)


@pytest.fixture(scope="module")
def work(module_db):
    """Eight weeks: rejects rise from 20 to 50 %, the items of Spam from 20 to 60 a session."""
    rng = np.random.default_rng(7)
    sessions = []
    for at in range(56):
        day = FIRST + timedelta(days=at)
        is_new = at >= 28
        for person in PEOPLE:
            rejected = int(rng.binomial(10, 0.5 if is_new else 0.2))
            views = [
                PlainView(f"v{n}", "completed", ["q" if n < rejected else "a"], "muted")
                for n in range(10)
            ]
            items = int(rng.poisson(60 if is_new else 20))
            sessions.append(
                PlainSession(
                    f"{person}-{at}",
                    person,
                    datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
                    600_000_000,
                    views,
                    [],
                    [
                        ("Spam", items, True, {}),
                        ("Violence", int(rng.poisson(30)), True, {}),
                    ],
                )
            )
    write_sessions(sessions)
    refresh()


def html_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode().replace("\u00a0", " ")


def login(client, name, role, **more):
    person = make_user(name, role, **more)
    client.force_login(person)
    return person


def test_the_page_lists_what_changed_and_folds_the_rest(client, work):
    login(client, "lea", Role.LEAD)
    html = html_of(client, f"/changed/?{QUERY}")
    assert "Since 3 Feb – 2 Mar 2026, 2 things changed beyond chance." in html
    shown, _, _folded = html.partition('<details class="finding-more"')
    assert "Reject rate" in shown
    assert "Completion" not in shown
    assert "Spam: items</a>" in html
    assert 'class="dot-whisker sure"' in html
    # Each value opens its own period's records.
    for start, end in (("2026-02-03", "2026-03-02"), ("2026-03-03", "2026-03-30")):
        rows = f"/rows/review-by-day/?start={start}&amp;end={end}&amp;column=reject_rate"
        assert rows in html
        assert client.get(rows.replace("&amp;", "&")).status_code == 200


def test_every_link_of_the_page_opens(client, work):
    login(client, "lea", Role.LEAD)
    html = html_of(client, f"/changed/?{QUERY}")
    links = {part.partition('"')[0] for part in html.split('href="/rows/')[1:]}
    assert len(links) >= 20
    for link in links:
        address = "/rows/" + link.replace("&amp;", "&")
        assert client.get(address).status_code == 200, address


def test_it_opens_with_the_last_seven_days(client, work):
    login(client, "lea", Role.LEAD)
    html = html_of(client, "/changed/")
    assert "24 Mar – 30 Mar 2026 (7 days), against 17 Mar – 23 Mar 2026 · same weekdays" in html
    assert "Nothing changed beyond chance since 17 Mar – 23 Mar 2026." in html


def test_nothing_compared_is_not_nothing_changed(client, work):
    views = [PlainView("late", "completed", ["a"], "muted")]
    for day in (9, 30):
        began = datetime(2026, 3, day, 9, tzinfo=UTC)
        write_sessions([PlainSession(f"g{day}", "gina", began, 600_000_000, views, [], [])])
    refresh()
    login(client, "lea", Role.LEAD)
    html = html_of(client, "/changed/?moderator=gina&start=2026-03-24&end=2026-03-30")
    assert "Too little data to compare with 17 Mar – 23 Mar 2026." in html
    assert "beyond chance" not in html


def test_no_comparison_without_data_before(client, work):
    login(client, "lea", Role.LEAD)
    html = html_of(client, "/changed/?start=2026-02-10&end=2026-03-30")
    assert "No comparison: review work: data begin on 3 Feb" in html
    assert 'class="dot-whisker' not in html
    html = html_of(client, "/changed/?start=")
    assert "No comparison: choose a first and a last day" in html


def test_filters_that_do_not_fit_are_refused(client, db):
    login(client, "lea", Role.LEAD)
    assert "is after the end" in html_of(client, "/changed/?start=2026-03-30&end=2026-03-03", 400)


def test_the_answer_of_the_api(client, work):
    login(client, "lea", Role.LEAD)
    answer = client.get("/api/v1/changes/", DATES).json()
    assert answer["scope"] == DATES
    assert answer["before"] == {"start": "2026-02-03", "end": "2026-03-02"}
    assert answer["reason"] is None
    slugs = [one["slug"] for one in answer["lists"]]
    assert slugs == ["figures", "queues", "statuses", "hours", "people"]
    assert answer["compared"] == sum(one["compared"] for one in answer["lists"])
    rejects = answer["lists"][0]["changes"][0]
    assert rejects["name"] == "Reject rate"
    summary = client.get("/api/v1/metrics/review-summary/", DATES).json()["rows"][0]
    assert rejects["now"] == pytest.approx(
        summary["rejected"] / (summary["accepted"] + summary["rejected"])
    )
    assert rejects["change"] == pytest.approx(rejects["now"] - rejects["before"])
    assert rejects["change_low"] > 0
    assert (rejects["beyond_chance"], rejects["better"]) == (True, None)
    items = answer["lists"][1]["changes"][0]
    assert (items["name"], items["key"], items["value"]) == ("Spam: items", "queue", "Spam")
    assert items["relative"] is True
    assert items["change"] == pytest.approx(items["now"] / items["before"] - 1)
    # Nobody is named unless beyond chance: everybody rejects as much more as the others.
    assert answer["lists"][4]["compared"] > 0
    assert answer["lists"][4]["changes"] == []


def test_the_answer_as_csv(client, work):
    login(client, "lea", Role.LEAD)
    answer = client.get("/api/v1/changes/", {**DATES, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["list"] == "figures"
    assert rows[0]["name"] == "Reject rate"
    assert rows[0]["beyond_chance"].lower() == "true"


def test_the_workbook(client, work):
    login(client, "lea", Role.LEAD)
    answer = client.get(f"/export/changed.xlsx?{QUERY}")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["About", "Figures", "Queues", "Statuses", "Hours", "People"]
    about = [row[0].value for row in book["About"].rows]
    assert about[:4] == ["Sheet", "What changed", "Compared with", "How it is judged"]
    first = [cell.value for cell in book["Figures"][2]]
    assert first[0] == "Reject rate"
    assert first[3] == pytest.approx(first[2] - first[1])


def test_a_moderator_sees_their_own_and_no_people(client, work):
    login(client, "alice", Role.MODERATOR, moderates=True)
    answer = client.get("/api/v1/changes/", DATES).json()
    assert answer["scope"] == {"moderator": "alice", **DATES}
    assert "people" not in [one["slug"] for one in answer["lists"]]
    sessions = [c for c in answer["lists"][0]["changes"] if c["name"] == "Review sessions"]
    assert [(c["before"], c["now"]) for c in sessions] == [(28, 28)]
    html = html_of(client, f"/changed/?{QUERY}")
    assert "moderator=bob" not in html
    assert ">bob" not in html
    # A team's month is not compared.
    query = {"team": "true", "start": "2026-02-01", "end": "2026-02-28"}
    answer = client.get("/api/v1/changes/", query).json()
    assert (answer["before"], answer["lists"]) == (None, [])
    assert answer["reason"].startswith("a team's months are not compared")


def test_the_queries_do_not_grow_with_the_data(client, work):
    login(client, "lea", Role.LEAD)

    def queries(query):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/changed/?{query}")
        return len(captured)

    queries("start=2026-03-24&end=2026-03-30")
    assert queries("start=2026-03-10&end=2026-03-30") < 75
    # What was computed is cached for as long as the data stay.
    assert queries("start=2026-03-10&end=2026-03-30") < 25


def test_the_home_page_and_insights_lead_there(client, work):
    login(client, "lea", Role.LEAD)
    assert 'href="/changed/">what changed since last week' in html_of(client, "/")
    assert 'href="/changed/?start=2026-03-03&amp;end=2026-03-30"' in html_of(
        client, f"/insights/?{QUERY}"
    )


@pytest.mark.parametrize(
    ("against", "before"),
    [
        ("previous", ("2026-03-17", "2026-03-23")),
        ("month", ("2026-02-24", "2026-03-02")),
        ("year", ("2025-03-25", "2025-03-31")),
    ],
)
def test_what_to_compare_with_is_chosen(client, work, against, before):
    login(client, "lea", Role.LEAD)
    week = {"start": "2026-03-24", "end": "2026-03-30"}
    answer = client.get("/api/v1/changes/", {**week, "against": against}).json()
    html = html_of(client, f"/changed/?start=2026-03-24&end=2026-03-30&against={against}")
    assert f'<option value="{against}" selected>' in html
    if against == "year":
        assert (answer["before"], answer["lists"]) == (None, [])
        assert answer["reason"] == "review work: data begin on 3\xa0February"
        assert "No comparison: review work: data begin on 3 February" in html
        return
    start, end = before
    assert answer["before"] == {"start": start, "end": end}
    assert f"/rows/review-by-day/?start={start}&amp;end={end}&amp;column=reject_rate" in html
    kept = "&amp;against=month" if against == "month" else ""
    ranges = findall(r'<a href="([^"]*)" data-range', html)
    assert all(url.endswith(kept) for url in ranges)
    assert ("against=" in "".join(ranges)) == bool(kept)
    assert f'href="/export/changed.xlsx?start=2026-03-24&amp;end=2026-03-30{kept}"' in html


def test_four_weeks_before_are_more_for_a_longer_period():
    scope = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 30))
    before = earlier(scope, "month")
    # 30 days are five weeks: eight weeks earlier, on the same weekday.
    assert (before.start, before.end) == (date(2026, 1, 4), date(2026, 2, 2))
    assert earlier(scope, "year").start == date(2025, 3, 2)


def test_an_unknown_comparison_is_refused(client, db):
    login(client, "lea", Role.LEAD)
    assert "none of previous, month, year" in html_of(client, "/changed/?against=easter", 400)
    answer = client.get("/api/v1/changes/?against=easter")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "against")


def test_a_view_keeps_what_is_compared_with(client, work):
    login(client, "lea", Role.LEAD)
    address = "/changed/?start=2026-03-24&end=2026-03-30&against=month"
    saved = client.post("/views/", {"name": "Monday round", "address": address, "shared_with": ""})
    assert saved.status_code == 302
    assert address.replace("&", "&amp;") in html_of(client, "/views/")
