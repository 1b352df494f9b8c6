"""Filters by days and by a row of another table."""

from datetime import date, timedelta

import pytest

from analytics.models import Moderator, Session
from tests.admin.conftest import LISTS, make_session, shown
from tests.factory import NOON
from tests.reviewed import write_march

pytestmark = pytest.mark.django_db
SESSIONS = f"{LISTS}session/"


@pytest.fixture
def three_days():
    """Sessions at noon of 10, 11 and 12 March 2026, the second one Noa's."""
    for day, moderator in enumerate(["mia", "noa", "mia"]):
        make_session(f"s{day + 10}", moderator, days=day)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-03-11", "", ["s12", "s11"]),
        ("", "2026-03-11", ["s11", "s10"]),
        ("2026-03-11", "2026-03-11", ["s11"]),
        ("2026-03-13", "", []),
        ("", "", ["s12", "s11", "s10"]),
    ],
)
def test_both_days_are_inclusive(admin_client, three_days, start, end, found):
    answer = admin_client.get(SESSIONS, {"started_at_from": start, "started_at_to": end})

    assert shown(answer) == found


def test_days_begin_in_the_time_zone_of_the_settings(admin_client, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    # Noon in UTC is the evening in Tokyo; four hours later it is another day there.
    make_session("s1")
    start = NOON + timedelta(hours=4)
    Session.objects.update(started_at=start, ended_at=start)

    assert shown(admin_client.get(SESSIONS, {"started_at_to": "2026-03-10"})) == []
    assert shown(admin_client.get(SESSIONS, {"started_at_from": "2026-03-11"})) == ["s1"]


def test_quick_ranges_end_today(admin_client, three_days, monkeypatch):
    monkeypatch.setattr("analytics.admin.filters.timezone.localdate", lambda: date(2026, 3, 31))
    page = admin_client.get(SESSIONS).text

    assert "started_at_from=2026-03-25" in page
    answer = admin_client.get(SESSIONS, {"started_at_from": "2026-03-25"})
    assert '<li class="selected"><a href="?started_at_from=' in " ".join(answer.text.split())


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-3-1"])
def test_what_is_no_date_leads_back_to_the_list(admin_client, text):
    answer = admin_client.get(SESSIONS, {"started_at_from": text})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{SESSIONS}?e=1")


def test_the_sessions_of_a_moderator(admin_client, three_days):
    mia = Moderator.objects.get(username="mia")

    answer = admin_client.get(SESSIONS, {"moderator": mia.pk})

    assert shown(answer) == ["s12", "s10"]
    assert f'<option value="{mia.pk}" selected>mia</option>' in answer.text


@pytest.mark.parametrize("text", ["mia", "1.5", "-"])
def test_what_is_no_key_leads_back_to_the_list(admin_client, text):
    answer = admin_client.get(SESSIONS, {"moderator": text})

    assert answer.headers["Location"] == f"{SESSIONS}?e=1"


def test_nobody_is_found_of_a_moderator_who_is_gone(admin_client, three_days):
    assert shown(admin_client.get(SESSIONS, {"moderator": 999_999})) == []


@pytest.mark.parametrize("value", ["7", "good", "0"])
def test_what_is_no_choice_leads_back_to_the_list(admin_client, value):
    answer = admin_client.get(f"{LISTS}chatsession/", {"feedback_rating__exact": value})

    assert answer.headers["Location"] == f"{LISTS}chatsession/?e=1"


def test_the_filter_lists_no_moderators(admin_client, three_days):
    page = admin_client.get(SESSIONS).text

    assert ">mia</option>" not in page
    assert 'data-ajax--url="/admin/autocomplete/"' in page
    assert "select2.full" in page


def test_the_choice_of_a_moderator_is_completed_while_typing(admin_client, three_days):
    asked = {"app_label": "analytics", "model_name": "session", "field_name": "moderator"}

    answer = admin_client.get("/admin/autocomplete/", asked | {"term": "no"})

    assert [entry["text"] for entry in answer.json()["results"]] == ["noa"]


def test_a_filter_keeps_search_and_other_filters(admin_client, three_days):
    mia = Moderator.objects.get(username="mia")
    asked = {"q": "s1", "moderator": mia.pk, "started_at_from": date(2026, 3, 11).isoformat()}

    answer = admin_client.get(SESSIONS, asked)

    assert shown(answer) == ["s12"]
    assert answer.text.count('<input type="hidden" name="q" value="s1">') == 7
    # In the forms of the search, of the days and of the five other filters.
    assert answer.text.count(f'<input type="hidden" name="moderator" value="{mia.pk}">') == 7


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"queue": "Spam"}, ["bob-1", "alice-1"]),
        ({"duration_min": "5"}, ["alice-1"]),
        ({"duration_max": "5"}, ["bob-1"]),
        ({"open": "true"}, ["alice-2"]),
        ({"open": "false", "queue": "Old"}, ["alice-1"]),
        ({"open": ""}, ["bob-1", "alice-2", "alice-1"]),
    ],
)
def test_the_filters_of_the_session_list(admin_client, params, found):
    write_march()

    assert shown(admin_client.get(SESSIONS, params)) == found


@pytest.mark.parametrize("params", [{"open": "x"}, {"duration_min": "long"}])
def test_what_makes_no_sense_leads_back_to_the_list(admin_client, params):
    assert admin_client.get(SESSIONS, params).headers["Location"] == f"{SESSIONS}?e=1"
