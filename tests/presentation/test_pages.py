"""The list of pages: address, navigation and access follow from an entry."""

from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.models import Role, User
from analytics.access import LEADS_AND_ADMINS
from analytics.presentation.pages import CHART_PAGES, PAGES
from analytics.web.navigation import sections
from tests.reviewed import write_march


def test_the_navigation_lists_the_pages_in_their_order():
    portal = sections(User(username="dana", role=Role.LEAD), "/review/")[0]
    assert [(link.label, link.url, link.icon, link.current) for link in portal.items] == [
        ("Home", "/", "home", ""),
        ("Review activity", "/review/", "chart", "page"),
        ("Review sessions", "/sessions/", "play", ""),
        ("Engagement", "/engagement/", "chat", ""),
        ("Recommendations", "/recommendations/", "star", ""),
        ("Moderators", "/moderators/", "people", ""),
        ("Quality", "/quality/", "scale", ""),
        ("Insights", "/insights/", "bulb", ""),
        ("What changed", "/changed/", "diff", ""),
    ]
    assert [reverse(f"portal:{name}") for name in PAGES] == [link.url for link in portal.items]


def test_an_account_without_a_moderator_finds_what_every_login_may_open():
    portal = sections(User(username="stray", role=Role.MODERATOR), "/")[0]
    assert [link.label for link in portal.items] == ["Home", "Review activity", "Review sessions"]


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("lea", 200), ("ada", 200)])
def test_a_page_opens_for_its_audience_only(client, request, monkeypatch, db, name, status):
    write_march()
    for_leads = replace(CHART_PAGES["review"], audience=LEADS_AND_ADMINS)
    monkeypatch.setitem(CHART_PAGES, "review", for_leads)
    client.force_login(request.getfixturevalue(name))
    answer = client.get("/review/")
    assert answer.status_code == status
    if status == 403:
        assert "This is for leads and admins" in answer.content.decode()
