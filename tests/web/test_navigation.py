"""The navigation: who sees what, which entry is current."""

import pytest
from django.http import QueryDict
from django.urls import NoReverseMatch, path

from accounts.models import Role, User
from analytics.access import ADMINS, LEADS_AND_ADMINS
from analytics.presentation.following import FOLLOWING
from analytics.web import navigation
from analytics.web.navigation import Entry, Section, sections

urlpatterns = [
    path(route, lambda request: None, name=name)
    for name, route in [("home", ""), ("sessions", "sessions/"), ("users", "users/")]
]


@pytest.fixture(autouse=True)
def small_portal(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(
        navigation,
        "SECTIONS",
        (
            Section(
                "Portal",
                (
                    Entry("Home", "home", "home", alone=True),
                    Entry("Sessions", "sessions", "play", LEADS_AND_ADMINS),
                ),
            ),
            Section("Administration", (Entry("Users", "users", "user", ADMINS),)),
        ),
    )


def labels(person, at="/"):
    return {links.title: [link.label for link in links.items] for links in sections(person, at)}


def current(at):
    person = User(username="erik", role=Role.ADMIN)
    return [
        (link.label, link.current)
        for links in sections(person, at)
        for link in links.items
        if link.current
    ]


def test_each_role_sees_what_it_may():
    assert labels(User(username="user1", role=Role.MODERATOR)) == {"Portal": ["Home"]}
    assert labels(User(username="dana", role=Role.LEAD)) == {"Portal": ["Home", "Sessions"]}
    assert labels(User(username="erik", role=Role.ADMIN)) == {
        "Portal": ["Home", "Sessions"],
        "Administration": ["Users"],
    }


def test_the_page_itself_and_pages_below_it_are_marked():
    assert current("/") == [("Home", "page")]
    assert current("/users/") == [("Users", "page")]
    assert current("/users/7/change/") == [("Users", "true")]


def test_an_entry_without_an_address_is_an_error(monkeypatch):
    missing = Section("Portal", (Entry("Missing", "not-installed", "bulb"),))
    monkeypatch.setattr(navigation, "SECTIONS", (missing,))

    with pytest.raises(NoReverseMatch):
        sections(User(username="dana", role=Role.LEAD), "/")


def test_an_address_outside_marks_nothing():
    assert current("/elsewhere/") == []


MARCH = QueryDict("moderator=alice&start=2026-03-01&end=2026-03-31&session=s1&order=videos")


def followed(role, params, follows, *, of_everyone=False, monkeypatch):
    entry = Entry("Home", "home", "home", follows=follows, of_everyone=of_everyone)
    monkeypatch.setattr(navigation, "SECTIONS", (Section("Portal", (entry,)),))
    person = User(username="erik", role=role)
    [[link]] = [links.items for links in sections(person, "/", params)]
    return link.query


def test_filters_follow_to_pages_that_take_them(monkeypatch):
    def query(role, follows, **kind):
        return followed(role, MARCH, follows, monkeypatch=monkeypatch, **kind)

    dates = "?start=2026-03-01&end=2026-03-31"
    assert query(Role.LEAD, FOLLOWING) == f"?moderator=alice&{dates[1:]}"
    assert query(Role.LEAD, ("start", "end")) == dates
    assert query(Role.LEAD, ()) == ""
    assert query(Role.LEAD, FOLLOWING, of_everyone=True) == f"?moderator=alice&{dates[1:]}"
    # Of data of no single person they see the team's months only.
    assert query(Role.MODERATOR, FOLLOWING, of_everyone=True) == ""


def test_all_dates_follow_as_an_empty_start(monkeypatch):
    for params, expected in [("start=", "?start="), ("order=videos", ""), ("", "")]:
        found = followed(Role.LEAD, QueryDict(params), FOLLOWING, monkeypatch=monkeypatch)
        assert found == expected
