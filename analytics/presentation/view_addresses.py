"""Which addresses may be saved as views: pages of the portal that the viewer may open as they are.

An address is read as a request would be: resolved, then its filters parsed by the page's own rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import timezone

from analytics.access import Forbidden, NotVisible, ScopeError, Viewer
from analytics.metrics.registry import METRICS
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS, key_names
from analytics.presentation.changed import split_against
from analytics.presentation.context import non_empty_params, scope_of
from analytics.presentation.pages import PAGES
from analytics.presentation.session_query import read_query
from analytics.rows.selection import select
from analytics.scope import (
    PEOPLE_PARAMETERS,
    Scope,
    single_values,
    visible_session,
    visible_video,
)
from analytics.summaries.snapshots import snapshot

#: Reads the parameters of a page and what stands in its path; raises ``ScopeError``.
Read = Callable[[Viewer, QueryDict, Mapping[str, Any]], object]


@dataclass(frozen=True)
class PageAddress:
    """An address as it is saved: the page's title, and whether it says that it is about a person.

    ``values``: what its parameters say, and those of its panel; a name may stand in them too.
    """

    address: str
    title: str
    names_person: bool
    values: Sequence[str]


def read_page(name: str) -> Read:
    """The rule of a page of the navigation."""

    def read(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
        return scope_of(PAGES[name], params, viewer, now=timezone.now())

    return read


def read_sessions(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of the list of sessions."""
    query = read_query(params, viewer)
    for field, messages in query.form.errors.items():
        raise ScopeError(str(field), str(messages[0]))
    return query


def read_changed(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of the page of changes."""
    others, _ = split_against(params)
    return scope_of(PAGES["changed"], others, viewer, now=timezone.now())


def read_session(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of one session's page."""
    single_values(non_empty_params(params), ())
    return visible_session(kwargs["public_id"], viewer)


def read_video(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of one video's page."""
    visible_video(kwargs["public_id"], viewer)
    return Scope.parse(non_empty_params(params), viewer, accepts=PEOPLE_PARAMETERS)


def read_person(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of one person's page."""
    values = single_values(non_empty_params(params), ("start", "end", "team"))
    whole = {**values, "moderator": kwargs["username"]}
    return Scope.parse(whole, viewer, accepts=PEOPLE_PARAMETERS)


def read_rows(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of the records behind a number."""
    if kwargs["slug"] not in METRICS:
        raise NotVisible("metric", "no such metric")
    accepts = (*SCOPE_PARAMETERS, *key_names(), COLUMN)
    values = single_values(non_empty_params(params), accepts)
    return select(METRICS[kwargs["slug"]], values, viewer)


def read_plain(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of a page without filters."""
    return single_values(non_empty_params(params), ())


def read_search(viewer: Viewer, params: QueryDict, kwargs: Mapping[str, Any]) -> object:
    """The rule of the page of search results."""
    return single_values(non_empty_params(params), ("q",))


#: The pages that can be saved, by the names of their addresses: their titles and rules.
READERS: dict[str, tuple[str, Read]] = {
    **{f"portal:{name}": (page.title, read_page(name)) for name, page in PAGES.items()},
    "portal:sessions": (PAGES["sessions"].title, read_sessions),
    "portal:changed": (PAGES["changed"].title, read_changed),
    "portal:session": ("A review session", read_session),
    "portal:video": ("A video", read_video),
    "portal:person": ("A moderator", read_person),
    "portal:metric-rows": ("Records of a number", read_rows),
    "portal:metrics": ("How it is computed", read_plain),
    "portal:annotations": ("Annotations", read_plain),
    "portal:search": ("Search", read_search),
}
#: Pages about one person, whatever their filters.
ABOUT_PEOPLE = frozenset({"portal:session", "portal:person"})
#: Parameters that name a person, or a session, which is somebody's.
NAMES = ("moderator", "session")
PANEL = "panel"


def refuse(message: str) -> ScopeError:
    """An address that cannot be saved, with the reason."""
    return ScopeError("address", message)


def read_address(text: str, viewer: Viewer) -> PageAddress:
    """What page an address of this portal opens for the viewer; raises ``ScopeError`` on others."""
    text = text.strip()
    prefix = get_script_prefix()
    if not text.startswith(prefix) or text.startswith("//") or "\\" in text:
        raise refuse("is no page of this portal; it is a path, beginning with one slash")
    if any(ord(character) < 32 for character in text) or "\0" in unquote(text):
        raise refuse("holds a control character")
    parts = urlsplit(text)
    try:
        match = resolve("/" + unquote(parts.path).removeprefix(prefix))
    except Resolver404:
        raise refuse("leads to no page of this portal") from None
    if match.view_name not in READERS:
        raise refuse("is no page that can be saved; those with figures, lists and records are")
    title, read = READERS[match.view_name]
    params = QueryDict(parts.query)
    try:
        with snapshot():
            read(viewer, params, match.kwargs)
    except NotVisible:
        raise refuse("leads to nothing that you may open") from None
    except Forbidden as error:
        raise refuse(f"is not open to you: {error.message}") from None
    except ScopeError as error:
        raise refuse(f"{error.field} {error.message}") from None
    panels = [split_address(panel) for panel in params.getlist(PANEL) if panel]
    opened = [(match.view_name, params), *panels]
    return PageAddress(
        text,
        title,
        names_person=any(is_about_person(*each) for each in opened),
        values=[value for _, query in opened for _, values in query.lists() for value in values],
    )


def split_address(text: str) -> tuple[str, QueryDict]:
    """The view and the parameters of what is open in the panel; raises ``ScopeError``."""
    if not text.startswith(get_script_prefix()) or text.startswith("//") or "\\" in text:
        raise refuse("opens no page of this portal in its panel")
    parts = urlsplit(text)
    try:
        match = resolve("/" + unquote(parts.path).removeprefix(get_script_prefix()))
    except Resolver404:
        raise refuse("opens no page of this portal in its panel") from None
    return match.view_name, QueryDict(parts.query)


def is_about_person(view_name: str, params: QueryDict) -> bool:
    """Whether it is a page of one person or of a session, which is somebody's."""
    return view_name in ABOUT_PEOPLE or any(any(params.getlist(name)) for name in NAMES)
