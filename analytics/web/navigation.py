"""The navigation beside every page of the portal and of the admin.

A literal list says what there is and who sees it. A name without an address is an error on every
page, not a link that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User

Account = User | AnonymousUser


def _anyone(person: Account) -> bool:
    return True


def _sees_everyone(person: Account) -> bool:
    return isinstance(person, User) and person.sees_everyone


def _sees_work(person: Account) -> bool:
    """Everyone's, or their own and the team's whole months."""
    return isinstance(person, User) and (person.sees_everyone or person.moderator_id is not None)


def _admin(person: Account) -> bool:
    return isinstance(person, User) and person.is_portal_admin


@dataclass(frozen=True)
class Entry:
    """One place of the portal: its words, the name of its URL, its drawing, its audience.

    Everything lies below an entry that stands ``alone``: it is current only on its own page.
    """

    label: str
    url_name: str
    icon: str
    seen_by: Callable[[Account], bool] = _anyone
    alone: bool = False


@dataclass(frozen=True)
class Section:
    """Entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


SECTIONS = (
    Section(
        "Portal",
        (
            Entry("Home", "portal:home", "home", alone=True),
            Entry("Review activity", "portal:review", "chart"),
            Entry("Sessions", "portal:sessions", "play"),
            Entry("Engagement", "portal:engagement", "chat", _sees_work),
            Entry("Recommendations", "portal:recommendations", "star", _sees_work),
            Entry("Moderators", "portal:moderators", "people", _sees_work),
            Entry("Insights", "portal:insights", "bulb", _sees_work),
        ),
    ),
    Section(
        "Reference",
        (
            Entry("How it is computed", "portal:metrics", "doc"),
            Entry("API", "api:docs", "code"),
            Entry("API tokens", "tokens", "key"),
        ),
    ),
    Section(
        "Data",
        (
            Entry("Moderators", "admin:analytics_moderator_changelist", "people", _admin),
            Entry("Review sessions", "admin:analytics_session_changelist", "data", _admin),
            Entry("Queues", "admin:analytics_queueassignment_changelist", "data", _admin),
            Entry("Chat sessions", "admin:analytics_chatsession_changelist", "data", _admin),
            Entry(
                "Recommendation rows", "admin:analytics_recommendation_changelist", "data", _admin
            ),
            Entry(
                "Performance rows",
                "admin:analytics_moderatorperformance_changelist",
                "data",
                _admin,
            ),
        ),
    ),
    Section(
        "Administration",
        (
            Entry("Overview", "admin:index", "shield", _admin, alone=True),
            Entry("Users", "admin:accounts_user_changelist", "user", _admin),
            Entry("Tokens", "admin:accounts_apitoken_changelist", "key", _admin),
            Entry("Targets", "admin:analytics_target_changelist", "target", _admin),
        ),
    ),
)


@dataclass(frozen=True)
class NavLink:
    """An entry as drawn: ``current`` is "page", "true" (a page below it) or empty."""

    label: str
    url: str
    icon: str
    current: Literal["page", "true", ""]


@dataclass(frozen=True)
class Links:
    """A heading and the links below it that this person may follow."""

    title: str
    items: tuple[NavLink, ...]


def _resolved(person: Account) -> Iterator[tuple[str, Entry, str]]:
    """Section title, entry and URL of everything there is for this person."""
    for section in SECTIONS:
        for entry in section.entries:
            if entry.seen_by(person):
                yield section.title, entry, reverse(entry.url_name)


def sections(person: Account, path: str) -> list[Links]:
    """The navigation of one person on the page at ``path``, empty sections left out.

    The current entry is the one whose URL is the longest that begins the path.
    """
    found = list(_resolved(person))
    begun = [
        url for _, entry, url in found if (path == url if entry.alone else path.startswith(url))
    ]
    current = max(begun, key=len, default=None)

    def link(entry: Entry, url: str) -> NavLink:
        mark: Literal["page", "true", ""] = ""
        if url == current:
            mark = "page" if url == path else "true"
        return NavLink(label=entry.label, url=url, icon=entry.icon, current=mark)

    return [
        Links(title=section.title, items=items)
        for section in SECTIONS
        if (
            items := tuple(
                link(entry, url) for title, entry, url in found if title == section.title
            )
        )
    ]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the admin's base template needs on every page.

    The admin's own views give the same names themselves, except the links.
    """
    person: Account = getattr(request, "user", None) or AnonymousUser()
    known = person.is_authenticated
    return {
        "portal_navigation": sections(person, request.path) if known else [],
        "portal_home_url": reverse("portal:home"),
        "is_nav_sidebar_enabled": known,
        "has_permission": known,
        "is_popup": False,
    }
