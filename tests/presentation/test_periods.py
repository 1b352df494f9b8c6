"""Dates of pages: quick ranges, what a page opens with, scopes in words."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.metrics.coverage import Before
from analytics.models import Moderator, Session
from analytics.presentation import periods
from analytics.scope import Scope

TODAY = date(2026, 11, 22)


def test_quick_ranges_are_whole_days_up_to_yesterday_and_the_current_one_is_marked():
    scope = Scope(
        PORTAL, Moderator(username="Zoë & co"), None, date(2026, 10, 25), date(2026, 11, 21)
    )
    links = periods.quick_ranges(scope, TODAY, path="/review/")
    assert [(link.label, link.current) for link in links] == [
        ("7 days", False),
        ("4 weeks", True),
        ("13 weeks", False),
        ("Year", False),
        ("All", False),
    ]
    assert links[0].url == ("/review/?moderator=Zo%C3%AB+%26+co&start=2026-11-15&end=2026-11-21")
    assert links[-1].url == "/review/?moderator=Zo%C3%AB+%26+co"


def test_all_dates_of_everyone_is_an_address_of_its_own():
    everything = Scope(PORTAL)
    assert periods.scope_url(everything, path="/review/") == "/review/?start="
    assert periods.quick_ranges(everything, TODAY)[-1].current


@pytest.mark.parametrize(
    ("latest", "start"),
    [
        (TODAY, date(2026, 10, 25)),
        (date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 10, 24), None),
        (None, date(2026, 10, 25)),
    ],
)
def test_a_page_opens_with_4_weeks_or_with_everything_when_they_hold_nothing(latest, start):
    opened = periods.default_scope(Scope(PORTAL), TODAY, latest)
    assert opened.start == start
    assert opened.end == (date(2026, 11, 21) if start else None)


def test_a_page_opens_with_everything_when_all_data_are_of_today():
    opened = periods.default_scope(Scope(PORTAL), TODAY, TODAY, earliest=TODAY)
    assert (opened.start, opened.end) == (None, None)
    assert periods.default_scope(Scope(PORTAL), TODAY, TODAY, earliest=date(2026, 11, 21)).start


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(PORTAL), "Everyone · all dates"),
        (Scope(PORTAL, start=TODAY), "Everyone · from 22\u00a0Nov\u00a02026"),
        (Scope(PORTAL, start=TODAY, end=TODAY), "Everyone · 22\u00a0Nov\u00a02026 (1\u00a0day)"),
        (Scope(PORTAL, Moderator(username="ann"), Session(public_id="s1")), "ann · session s1"),
        (Scope(PORTAL, team=True, end=TODAY), "The team · up to 22\u00a0Nov\u00a02026"),
    ],
)
def test_a_scope_in_words(scope, words):
    assert periods.describe_scope(scope) == words


def test_what_figures_are_compared_with_in_words():
    month = Scope(PORTAL, start=date(2026, 10, 24), end=TODAY)
    assert periods.describe_comparison(Before(month)) == "compared with 24\u00a0Oct – 22\u00a0Nov"
    day = Scope(PORTAL, start=TODAY, end=TODAY)
    assert periods.describe_comparison(Before(day)) == "compared with 22\u00a0Nov"
    assert periods.describe_comparison(Before(None)) == ""
    refused = Before(None, "data begin on 29\u00a0July")
    assert periods.describe_comparison(refused) == "no comparison: data begin on 29\u00a0July"


def test_who_sees_their_own_work_is_offered_the_team_s_last_month(alice):
    scope = Scope(alice, alice.moderator, start=date(2026, 3, 3), end=date(2026, 3, 30))
    links = periods.quick_ranges(scope, date(2026, 3, 31), path="/review/")
    assert [link.label for link in links][-1] == "Team, Feb\u00a02026"
    assert links[-1].url == "/review/?start=2026-02-01&end=2026-02-28&team=true"
    assert [link.current for link in links] == [False, True, False, False, False, False]
    team = Scope(alice, start=date(2026, 2, 1), end=date(2026, 2, 28), team=True)
    links = periods.quick_ranges(team, date(2026, 3, 31), path="/review/")
    assert [link.current for link in links] == [False, True, False, False, False]
    assert links[0].label == "My work"
    assert links[0].url == "/review/?start=2026-03-03&end=2026-03-30"


def test_of_what_belongs_to_nobody_there_are_team_months_only(alice):
    team = Scope(alice, start=date(2026, 1, 1), end=date(2026, 1, 31), team=True)
    links = periods.quick_ranges(team, date(2026, 2, 5), path="/engagement/", own=False)
    assert [link.label.replace("\u00a0", " ") for link in links] == [
        "Jan 2026",
        "Dec 2025",
        "Nov 2025",
        "Oct 2025",
    ]
    assert [link.current for link in links] == [True, False, False, False]
