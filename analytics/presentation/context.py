"""What a page of charts hands to its templates: the same for the first paint and for a redraw."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from analytics import formatting
from analytics.access import Forbidden, NotVisible, ScopeError, Viewer, own_moderator
from analytics.figures import Theme
from analytics.presentation import periods
from analytics.presentation.card_builder import (
    PageBody,
    build_body,
    offers_team_totals,
    with_query,
)
from analytics.presentation.filters import ScopeForm
from analytics.presentation.page_extras import PAGE_EXTRAS
from analytics.presentation.pages import Page
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

# Older figures get a banner: imports usually come more often.
STALE_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class PageContext:
    """A page for a request: the HTTP status, the templates' context, the figures by slug."""

    status: int
    context: dict[str, Any]
    charts: dict[str, dict[str, Any]]


def non_empty_params(params: QueryDict) -> QueryDict:
    """Return the parameters that say something: a form sends its empty fields too."""
    said = QueryDict(mutable=True)
    for name, values in params.lists():
        kept = [value for value in values if value != ""]
        if kept:
            said.setlist(name, kept)
    return said


def form_data(params: QueryDict) -> dict[str, str]:
    """Return what the form shows: what was said, of a doubled parameter the last."""
    return {name: str(value) for name, value in non_empty_params(params).items()}


def scope_of(page: Page, params: QueryDict, viewer: Viewer, *, now: datetime) -> Scope:
    """Return the scope that a page's parameters ask for; raises ``ScopeError``.

    No parameter at all opens the last 30 days. As soon as there are some they alone count, as in
    the REST API: without dates, all dates.
    """
    if page.everyone and not viewer.sees_everyone:
        raise Forbidden("viewer", f"{page.title} is for leads and admins")
    if not params and not viewer.sees_everyone and "moderator" not in page.parameters:
        # What belongs to nobody: of the team's months the newest, instead of a refusal.
        own_moderator(viewer)
        return periods.team_scope(viewer, timezone.localdate(now))
    scope = Scope.parse(non_empty_params(params), viewer, accepts=page.parameters)
    if not params:
        scope = periods.opening_scope(scope, timezone.localdate(now), page.latest(scope))
    return scope


def build_page(
    page: Page,
    params: QueryDict,
    viewer: Viewer,
    *,
    now: datetime,
    path: str,
    theme: Theme = "light",
) -> PageContext:
    """Build a page for its parameters, all of it in one snapshot.

    What the scope refuses for a reason to mend (400) is an answer too: the form with the reason.
    Raises ``NotVisible`` and ``Forbidden``.
    """
    with snapshot():
        try:
            scope = scope_of(page, params, viewer, now=now)
            made = build_body(page, scope, path=path, theme=theme)
        except (NotVisible, Forbidden):
            raise
        except ScopeError as error:
            return refused(page, params, viewer, error=error, now=now, path=path)
        shown = form_data(params) | scope.as_params()
        form = ScopeForm(shown, parameters=page.parameters, viewer=viewer, scope=scope)
        context = common(page, scope, form, now=now, path=path) | body(
            page, scope, made, now=now, path=path
        )
    return PageContext(200, context, made.charts)


def common(
    page: Page, scope: Scope, form: ScopeForm, *, now: datetime, path: str
) -> dict[str, Any]:
    """Return what head and filter bar need."""
    changed_at = current_state().changed_at
    zone = timezone.get_default_timezone()
    known = changed_at is not None
    return {
        "title": page.title,
        "page": page,
        "form": form,
        "path": path,
        "ranges": periods.quick_ranges(
            scope,
            timezone.localdate(now),
            path=path,
            own="moderator" in page.parameters or scope.viewer.sees_everyone,
            offers=partial(offers_team_totals, page),
        ),
        "summary": f"{periods.whose(scope)}, {formatting.span(scope.start, scope.end)}",
        "as_of": f"{formatting.short_moment(changed_at, zone)} {formatting.zone_name(now, zone)}"
        if known
        else "",
        "banner": zone_banner() or stale_banner(changed_at, now),
    }


def body(page: Page, scope: Scope, made: PageBody, *, now: datetime, path: str) -> dict[str, Any]:
    """Return what the figures and cards need, and what else the page has."""
    words = [periods.scope_words(scope), periods.comparison_words(scope) if page.figures else ""]
    more = PAGE_EXTRAS[page.name](scope, path, now) if page.name in PAGE_EXTRAS else {}
    query = periods.query_of(scope)
    return {
        "scope": scope,
        "query": query,
        "subtitle": " · ".join(
            part for part in (", ".join(filter(None, words)), more.get("freshness")) if part
        ),
        "figures": made.figures,
        "cards": made.cards,
        "state": made.state,
        "videos_url": with_query(reverse("portal:videos-csv"), urlencode(scope.as_params()))
        if page.videos_csv and not scope.team
        else "",
        **more,
    }


def refused(
    page: Page,
    params: QueryDict,
    viewer: Viewer,
    *,
    error: ScopeError,
    now: datetime,
    path: str,
) -> PageContext:
    """Return the page that says what is wrong with the parameters, with the form kept."""
    form = ScopeForm(form_data(params), parameters=page.parameters, viewer=viewer)
    form.error(error)
    everything = Scope(viewer, None if viewer.sees_everyone else viewer.moderator)
    context = common(page, everything, form, now=now, path=path)
    context |= {
        # None of them is shown now.
        "ranges": [replace(link, current=False) for link in context["ranges"]],
        "subtitle": "Please change the filters",
        "summary": "Please change the filters",
        "query": "?",
        "state": {
            "kind": "error",
            "title": "These filters do not fit",
            "text": f"{periods.field_words(error.field)}: {error.message}.",
            "url": path,
            "action": "Start again",
        },
    }
    return PageContext(error.status, context, {})


def zone_banner() -> dict[str, str] | None:
    """The banner while TIME_ZONE isn't the summaries' and the raw rows answer, slower."""
    status = current_state().status
    if not status.other_time_zone:
        return None
    return {
        "level": "watch",
        "strong": f"Days begin in {settings.TIME_ZONE} now.",
        "text": "The numbers are right and take longer until an administrator has run"
        " “manage.py summaries rebuild”.",
    }


def stale_banner(changed_at: datetime | None, now: datetime) -> dict[str, str] | None:
    """Return the banner over figures that are old; None while they are fresh."""
    if changed_at is None or now - changed_at < STALE_AFTER:
        return None
    age = formatting.age((now - changed_at).total_seconds())
    at = formatting.moment(changed_at, timezone.get_default_timezone())
    return {
        "level": "watch",
        "strong": f"These numbers are {age} old.",
        "text": f"The data last changed on {at}.",
    }
