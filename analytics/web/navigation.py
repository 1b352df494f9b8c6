"""The navigation beside every page of the portal and of the admin.

The portal's pages are those of ``analytics.presentation.pages``; a literal list says what else
there is and who sees it. A name without an address is an error on every page, not a link that is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.models import User
from analytics.access import ADMINS, EVERY_LOGIN, WITH_OWN_PAGE, Audience
from analytics.presentation.following import FOLLOWING, following_query
from analytics.presentation.pages import PAGES, Page
from analytics.scope import DATE_PARAMETERS


def _no_args(person: User) -> tuple[str, ...]:
    return ()


def _own_name(person: User) -> tuple[str, ...]:
    return () if person.moderator is None else (person.moderator.username,)


@dataclass(frozen=True)
class Entry:
    """One place of the portal: its words, the name of its URL, its icon, who sees it.

    Everything lies below an entry that stands ``alone``: it is current only on its own page.
    ``follows`` names the filters that it takes over from the page before; one ``of_everyone`` takes
    none for those who see the own work only, and opens with the team's newest month. ``args``
    gives what the URL needs of the person.
    """

    label: str
    url_name: str
    icon: str
    audience: Audience = EVERY_LOGIN
    alone: bool = False
    follows: tuple[str, ...] = ()
    of_everyone: bool = False
    args: Callable[[User], tuple[str, ...]] = _no_args


def is_of_everyone(page: Page) -> bool:
    """Whether a page's data belong to no single person."""
    return "moderator" not in page.parameters


def page_entry(page: Page) -> Entry:
    """The entry of one of the portal's pages."""
    return Entry(
        page.label or page.title,
        f"portal:{page.name}",
        page.icon,
        page.audience,
        alone=page.name == "home",
        follows=FOLLOWING,
        of_everyone=is_of_everyone(page),
    )


@dataclass(frozen=True)
class Section:
    """Entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


SECTIONS = (
    Section(
        "Portal",
        (
            page_entry(PAGES["home"]),
            Entry(
                "My page",
                "portal:person",
                "user",
                WITH_OWN_PAGE,
                follows=DATE_PARAMETERS,
                args=_own_name,
            ),
            *(page_entry(page) for name, page in PAGES.items() if name != "home"),
            Entry("My checks", "portal:own-checks", "check", WITH_OWN_PAGE),
            Entry("Who looked at me", "portal:who-looked", "eye", WITH_OWN_PAGE, args=_own_name),
        ),
    ),
    Section(
        "Reference",
        (
            Entry("How it is computed", "portal:metrics", "doc"),
            Entry("API", "api:docs", "code"),
        ),
    ),
    Section(
        "Data",
        (
            Entry("Moderators", "admin:analytics_moderator_changelist", "people", ADMINS),
            Entry("Review sessions", "admin:analytics_session_changelist", "data", ADMINS),
            Entry("Queues", "admin:analytics_queueassignment_changelist", "data", ADMINS),
            Entry("Videos", "admin:analytics_video_changelist", "play", ADMINS),
            Entry("Views", "admin:analytics_videoview_changelist", "eye", ADMINS),
            Entry("Idle intervals", "admin:analytics_inactivity_changelist", "data", ADMINS),
            Entry("Samples", "admin:analytics_qualitysample_changelist", "scale", ADMINS),
            Entry("Checks", "admin:analytics_qualitycheck_changelist", "check", ADMINS),
            Entry("Disputes", "admin:analytics_dispute_changelist", "flag", ADMINS),
            Entry("Chat sessions", "admin:analytics_chatsession_changelist", "data", ADMINS),
            Entry(
                "Recommendation rows", "admin:analytics_recommendation_changelist", "data", ADMINS
            ),
            Entry(
                "Performance rows",
                "admin:analytics_moderatorperformance_changelist",
                "data",
                ADMINS,
            ),
        ),
    ),
    Section(
        "Administration",
        (
            Entry("Overview", "admin:index", "home", ADMINS, alone=True),
            Entry("Users", "admin:accounts_user_changelist", "user", ADMINS),
            Entry("Audit", "portal:audit", "shield", ADMINS),
            Entry("Failed logins", "admin:axes_accessattempt_changelist", "warning", ADMINS),
            Entry("Targets", "admin:analytics_target_changelist", "target", ADMINS),
        ),
    ),
)


@dataclass(frozen=True)
class NavLink:
    """An entry as drawn: ``current`` is "page", "true" (a page below it) or empty.

    ``query`` are the filters that follow, ``follows`` the names of those that may.
    """

    label: str
    url: str
    icon: str
    current: Literal["page", "true", ""]
    query: str = ""
    follows: str = ""


@dataclass(frozen=True)
class Links:
    """A heading and the links below it that this person may follow."""

    title: str
    items: tuple[NavLink, ...]


def _resolved(person: User) -> Iterator[tuple[str, Entry, str]]:
    """Section title, entry and URL of everything there is for this person."""
    for section in SECTIONS:
        for entry in section.entries:
            if entry.audience.includes(person):
                yield section.title, entry, reverse(entry.url_name, args=entry.args(person))


def sections(person: User, path: str, params: QueryDict | None = None) -> list[Links]:
    """The navigation of one person on the page at ``path``, empty sections left out.

    The current entry is the one whose URL is the longest that begins the path. ``params`` are
    those of the page, whose filters follow.
    """
    visible = list(_resolved(person))
    candidates = [
        url for _, entry, url in visible if (path == url if entry.alone else path.startswith(url))
    ]
    current = max(candidates, key=len, default=None)

    def link(entry: Entry, url: str) -> NavLink:
        mark: Literal["page", "true", ""] = ""
        if url == current:
            mark = "page" if url == path else "true"
        follows = () if entry.of_everyone and not person.sees_everyone else entry.follows
        query = following_query(params or QueryDict(), follows)
        return NavLink(
            label=entry.label,
            url=url,
            icon=entry.icon,
            current=mark,
            query=f"?{query}" if query else "",
            follows=" ".join(follows),
        )

    return [
        Links(title=section.title, items=items)
        for section in SECTIONS
        if (
            items := tuple(
                link(entry, url) for title, entry, url in visible if title == section.title
            )
        )
    ]


def page_params(request: HttpRequest) -> QueryDict:
    """The parameters of a page from which filters follow.

    On a person's page that person is the filter. The team that somebody sees who sees the own work
    only, on a page of everyone's, was not chosen.
    """
    match = request.resolver_match
    if match is None:
        return request.GET
    params = request.GET.copy()
    if match.view_name == "portal:person":
        params["moderator"] = match.kwargs["username"]
    if shows_everyone_only(request):
        params.pop("team", None)
    return params


def shows_everyone_only(request: HttpRequest) -> bool:
    """Whether this is a page of everyone's data before somebody who sees the own work only."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or not isinstance(user, User) or user.sees_everyone:
        return False
    page = PAGES.get(match.view_name.removeprefix("portal:"))
    return page is not None and is_of_everyone(page)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the admin's base template needs on every page.

    The admin's own views give the same names themselves, except the links.
    """
    user = getattr(request, "user", None)
    is_logged_in = isinstance(user, User)
    params = page_params(request)
    query, dates = following_query(params), following_query(params, DATE_PARAMETERS)
    return {
        "portal_navigation": sections(user, request.path, params) if isinstance(user, User) else [],
        "hands_filters_on": is_logged_in and shows_everyone_only(request),
        "following": f"?{query}" if query else "",
        "following_dates": f"?{dates}" if dates else "",
        "portal_home_url": reverse("portal:home"),
        "is_nav_sidebar_enabled": is_logged_in,
        "has_permission": is_logged_in,
        "is_popup": False,
    }
