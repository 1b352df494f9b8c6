"""What a page of charts hands to its templates: the same for the first paint and for a redraw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
from analytics.metrics.coverage import Before, first_day, period_before
from analytics.metrics.registry import METRICS
from analytics.placeholders import clock_text, good_until
from analytics.presentation import periods
from analytics.presentation.card_builder import with_query
from analytics.presentation.chart_options import ChartOptions
from analytics.presentation.filters import ScopeForm
from analytics.presentation.following import describe_set_aside, hand_on, set_aside
from analytics.presentation.page_body import (
    PageBody,
    applies_to,
    build_body,
    offers_team_totals,
    visible_kpis,
)
from analytics.presentation.page_cards import PageCard
from analytics.presentation.page_extras import PAGE_EXTRAS
from analytics.presentation.pages import Page
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

# Older figures get a banner: imports usually come more often.
STALE_AFTER = timedelta(hours=26)
#: What an address says beside the filters, of what is opened and chosen on the page: for its
#: scripts (``static/portal/js/page-state.js`` has the same names).
PAGE_STATE = ("card_view", "panel", "series", "sorted", "whole")


@dataclass(frozen=True)
class PageContext:
    """A page for a request: the HTTP status, the templates' context, the cards with figures."""

    status: int
    context: dict[str, Any]
    cards: Sequence[PageCard]


def non_empty_params(params: QueryDict) -> QueryDict:
    """The parameters that have a value, which a form's empty fields have not.

    Without those that only scripts read.
    """
    filled = QueryDict(mutable=True)
    for name, values in params.lists():
        if name in PAGE_STATE:
            continue
        present = [value for value in values if value != ""]
        if present:
            filled.setlist(name, present)
    return filled


def form_data(params: QueryDict) -> dict[str, str]:
    """The values the form shows; of a parameter given twice, the last."""
    return {name: str(value) for name, value in non_empty_params(params).items()}


def scope_of(page: Page, params: QueryDict, viewer: Viewer, *, now: datetime) -> Scope:
    """Read the scope from a page's parameters; raises ``ScopeError``.

    Without any parameter a page opens with the last 4 weeks. With at least one, only those given
    apply, as in the REST API: without dates, all dates.
    """
    page.audience.require(viewer)
    params, _ = set_aside(page, params, viewer)
    if not params and not viewer.sees_everyone and "moderator" not in page.parameters:
        # Data of no single person: the team's newest month instead of a refusal.
        own_moderator(viewer)
        return periods.team_scope(viewer, timezone.localdate(now))
    scope = Scope.parse(non_empty_params(params), viewer, accepts=page.parameters)
    if not params:
        today = timezone.localdate(now)
        latest = page.latest(scope)
        # Data of today alone would leave the whole weeks up to yesterday empty.
        earliest = first_day_of(page, scope) if latest is not None and latest >= today else None
        scope = periods.default_scope(scope, today, latest, earliest, days=page.opens_with)
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

    Parameters that can be corrected (400) give a page too: the form with the reason. Raises
    ``NotVisible`` and ``Forbidden``.
    """
    with snapshot():
        try:
            options, params = ChartOptions.split(params)
            _, aside = set_aside(page, params, viewer)
            scope = scope_of(page, params, viewer, now=now)
            page_body = build_body(page, scope, path=path, now=now, theme=theme, options=options)
        except (NotVisible, Forbidden):
            raise
        except ScopeError as error:
            return refused_page(page, params, viewer, error=error, now=now, path=path)
        values = form_data(params) | scope.as_params()
        form = ScopeForm(
            values, parameters=page.parameters, viewer=viewer, scope=scope, aside=aside
        )
        context = header_context(page, scope, form, now=now, path=path) | body_context(
            page, scope, page_body, now=now, path=path
        )
        context["options"] = options.as_params
        context |= handed_on(aside, context["ranges"])
        context["query"] += "".join(f"&{urlencode({n: v})}" for n, v in options.as_params.items())
    return PageContext(200, context, page_body.cards)


def handed_on(
    aside: Mapping[str, str],
    ranges: Sequence[periods.QuickRange],
    *,
    also: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What a page says of the filters that it only hands on, and its ranges with them.

    ``also``: other parameters that the ranges keep.
    """
    kept = {**aside, **(also or {})}
    return {
        "set_aside": describe_set_aside(aside),
        "ranges": [replace(link, url=hand_on(link.url, kept)) for link in ranges],
    }


def header_context(
    page: Page, scope: Scope, form: ScopeForm, *, now: datetime, path: str
) -> dict[str, Any]:
    """What the head and the filter bar of a page need."""
    dates = formatting.date_range(scope.start, scope.end)
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
        "summary": f"{periods.subject_name(scope)}, {dates}",
        "as_of": periods.as_of(),
        "banner": zone_banner() or stale_banner(now),
    }


def body_context(
    page: Page, scope: Scope, page_body: PageBody, *, now: datetime, path: str
) -> dict[str, Any]:
    """What the figures and cards need, and what ``PAGE_EXTRAS`` adds."""
    descriptions = [
        periods.describe_scope(scope),
        describe_comparison(page, scope),
    ]
    extras = PAGE_EXTRAS[page.name](scope, path, now) if page.name in PAGE_EXTRAS else {}
    query = periods.scope_url(scope)
    return {
        "scope": scope,
        "query": query,
        "subtitle": " · ".join(
            part
            for part in (", ".join(filter(None, descriptions)), extras.get("freshness"))
            if part
        ),
        "kpis": [*page_body.kpis, *extras.pop("more_kpis", ())],
        "cards": page_body.cards,
        "state": page_body.state,
        "workbook_url": with_query(
            reverse("portal:page-xlsx", args=[page.name]), urlencode(scope.as_params()) or "start="
        )
        if page.cards
        else "",
        "videos_url": with_query(reverse("portal:videos-csv"), urlencode(scope.as_params()))
        if page.videos_csv and not scope.team
        else "",
        "session_url": ""
        if scope.session is None
        else reverse("portal:session", args=[scope.session.public_id]),
        **extras,
    }


def first_day_of(page: Page, scope: Scope) -> date | None:
    """The first day with data of any kind that a page shows for the scope's person."""
    groups = {METRICS[slug].group for slug in page.metrics if applies_to(METRICS[slug], scope)}
    days = [first_day(group, scope) for group in groups]
    return min((day for day in days if day is not None), default=None)


def describe_comparison(page: Page, scope: Scope) -> str:
    """What the figures are compared with, or why with nothing: of the kind with most history."""
    groups = dict.fromkeys(METRICS[kpi.metric].group for kpi in visible_kpis(page, scope))
    periods_before = [period_before(group, scope) for group in groups]
    compared = [before for before in periods_before if before.scope is not None]
    return periods.describe_comparison((compared or periods_before or [Before(None)])[0])


def refused_page(
    page: Page,
    params: QueryDict,
    viewer: Viewer,
    *,
    error: ScopeError,
    now: datetime,
    path: str,
) -> PageContext:
    """The page for parameters that are refused: the form as filled in, and the reason."""
    form = ScopeForm(form_data(params), parameters=page.parameters, viewer=viewer)
    form.error(error)
    everything = Scope(viewer, None if viewer.sees_everyone else viewer.moderator)
    context = header_context(page, everything, form, now=now, path=path)
    context |= {
        # No range is in use while the filters are refused.
        "ranges": [replace(link, current=False) for link in context["ranges"]],
        "subtitle": "Please change the filters",
        "summary": "Please change the filters",
        "query": "?",
        "state": refused_filters(path, f"{periods.filter_label(error.field)}: {error.message}."),
    }
    return PageContext(error.status, context, [])


def refused_filters(url: str, text: str = "The reason stands beside the field.") -> dict[str, str]:
    """What a page shows in place of its content while its filters are not valid."""
    return {
        "kind": "error",
        "title": "These filters are not valid",
        "text": text,
        "url": url,
        "action": "Start again",
    }


@read
def time_zone_changed() -> bool:
    """Whether TIME_ZONE is another one than the summaries'."""
    return current_state().status.time_zone_changed


def zone_banner() -> dict[str, str] | None:
    """The banner while TIME_ZONE isn't the summaries' and the raw rows answer, slower."""
    if not time_zone_changed():
        return None
    return {
        "level": "watch",
        "strong": f"Days begin in {settings.TIME_ZONE} now.",
        "text": "The numbers are right and take longer until an administrator has run"
        " “manage.py summaries rebuild”.",
    }


def age_of(moment: datetime, now: datetime) -> str:
    """How long ago something was, in words."""
    return formatting.age((now - moment).total_seconds())


@read
def stale_since() -> datetime | None:
    """When the data last changed, if that is longer ago than ``STALE_AFTER``."""
    changed_at = periods.last_change()
    if changed_at is not None and timezone.now() - changed_at < STALE_AFTER:
        good_until(changed_at + STALE_AFTER)
        return None
    return changed_at


def stale_banner(now: datetime) -> dict[str, str] | None:
    """The banner over figures older than ``STALE_AFTER``; None while they are fresh."""
    changed_at = stale_since()
    if changed_at is None:
        return None
    at = formatting.moment(changed_at)
    return {
        "level": "watch",
        "strong": clock_text(lambda now: f"These numbers are {age_of(changed_at, now)} old.", now),
        "text": f"The data last changed on {at}.",
    }
