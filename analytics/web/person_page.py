"""The page of one person, opened by the person's own address."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import Forbidden, NotVisible, ScopeError, Viewer
from analytics.metrics.coverage import first_day, period_before
from analytics.models import Moderator
from analytics.presentation import periods
from analytics.presentation.card_builder import with_query
from analytics.presentation.cells import Heading, body_html
from analytics.presentation.context import (
    form_data,
    header_context,
    non_empty_params,
    refused_page,
)
from analytics.presentation.filters import ScopeForm
from analytics.presentation.kpis import PERSON_KPIS
from analytics.presentation.notes import person_notes
from analytics.presentation.page_body import build_body
from analytics.presentation.pages import Page, latest_of_anything
from analytics.presentation.person import person_context
from analytics.presentation.person_quality import checked_work
from analytics.presentation.person_work import work_context
from analytics.presentation.session_table import SESSION_COLUMNS, list_sessions
from analytics.presentation.who_looked import Deed, newest_deeds
from analytics.scope import DATE_PARAMETERS, PEOPLE_PARAMETERS, Scope
from analytics.subjects import from_key
from analytics.viewer import viewer_of
from analytics.web.conditional import conditional_get
from analytics.web.views import handle_scope_errors

PERSON = Page(
    name="person",
    title="Moderator",
    icon="user",
    kpis=PERSON_KPIS,
    latest=latest_of_anything,
    about=from_key(Moderator, "username", "username"),
    parameters=PEOPLE_PARAMETERS,
)
#: The newest review sessions that are shown.
MAX_SESSIONS = 5
#: The newest that others did about the person.
MAX_DEEDS = 4
TEMPLATE = "portal/person.html"


@require_safe
@handle_scope_errors
@conditional_get
def person(request: HttpRequest, *, username: str) -> HttpResponse:
    """Show where a person stands, and what findings say of them."""
    if "moderator" in request.GET:
        return chosen_in_the_form(request.GET)
    viewer, now, path = viewer_of(request), timezone.now(), request.path
    try:
        scope = person_scope(username, request.GET, viewer, now=now)
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        refused = refused_page(PERSON, request.GET, viewer, error=error, now=now, path=path)
        context = refused.context | {"title": username}
        return render(request, TEMPLATE, context, status=refused.status)
    assert scope.moderator is not None
    today = timezone.localdate(now)
    context = {
        **page_context(scope, now=now, path=path),
        **person_context(scope, today),
        **work_context(scope, today),
        "checked": checked_work(scope, today),
        **person_notes(scope.moderator, viewer, today),
        "deeds": [shown_deed(deed) for deed in newest_deeds(scope.moderator, MAX_DEEDS)],
        **sessions_context(scope),
        "kpis": build_body(PERSON, scope, path=path, now=now).kpis,
    }
    return render(request, TEMPLATE, context)


def chosen_in_the_form(params: QueryDict) -> HttpResponse:
    """Go on to the person that the filter bar's list names, over the same dates."""
    dates = {name: params[name] for name in DATE_PARAMETERS if params.get(name)}
    name = params["moderator"]
    page = reverse("portal:person", args=[name]) if name else reverse("portal:moderators")
    return redirect(with_query(page, urlencode(dates) or "start="))


def person_scope(username: str, params: QueryDict, viewer: Viewer, *, now: datetime) -> Scope:
    """The person of the address, over the dates asked for; raises ``ScopeError``.

    Without any the last 4 weeks, or all dates where those hold nothing.
    """
    dates = non_empty_params(params)
    values = QueryDict(mutable=True)
    for name, texts in dates.lists():
        values.setlist(name, texts)
    values["moderator"] = username
    scope = Scope.parse(values, viewer, accepts=PEOPLE_PARAMETERS)
    if params:
        return scope
    return periods.default_scope(scope, timezone.localdate(now), latest_of_anything(scope))


def page_context(scope: Scope, *, now: datetime, path: str) -> dict[str, Any]:
    """What the head and the filter bar need."""
    assert scope.moderator is not None
    viewer = scope.viewer
    name = scope.moderator.username
    parameters = PEOPLE_PARAMETERS if viewer.sees_everyone else DATE_PARAMETERS
    form = ScopeForm(
        form_data(QueryDict()) | scope.as_params(),
        parameters=parameters,
        viewer=viewer,
        scope=scope,
    )
    dates = replace(scope, moderator=None)
    query = urlencode(scope.as_params())
    return {
        **header_context(PERSON, scope, form, now=now, path=path),
        "ranges": periods.quick_ranges(
            dates, timezone.localdate(now), path=path, offers=lambda month: False
        ),
        "title": name,
        "is_own": not viewer.sees_everyone,
        "scope": scope,
        "subtitle": subtitle(scope),
        "review_url": with_query(reverse("portal:review"), query),
        "sessions_url": with_query(reverse("portal:sessions"), query),
        "videos_url": with_query(reverse("portal:videos-csv"), query),
    }


def subtitle(scope: Scope) -> str:
    """The dates, what they are compared with, and since when there are data of the person."""
    parts = [periods.describe_dates(scope)]
    comparison = periods.describe_comparison(period_before("review", scope))
    if comparison:
        parts[0] += f", {comparison}"
    first_session_day = first_day("review", scope)
    if first_session_day is not None:
        parts.append(f"first session on {formatting.day(first_session_day)}")
    return " · ".join(parts)


def shown_deed(deed: Deed) -> tuple[str, str]:
    """What somebody did, in words, and when."""
    words = f"{deed.who} {deed.did}: {deed.what[:1].lower()}{deed.what[1:]}"
    return words, formatting.short_moment(deed.at)


def sessions_context(scope: Scope) -> dict[str, Any]:
    """The newest sessions of the person in these dates."""
    newest = scope.sessions().select_related("moderator").order_by("-started_at", "-public_id")
    sessions = list(newest[:MAX_SESSIONS])
    # Without the column that names the person, the page's own.
    columns = [column for column in SESSION_COLUMNS if column.name != "moderator"]
    listed = list_sessions(sessions)
    return {
        "session_columns": [
            Heading(column.label, column.numeric, sortable=False) for column in columns
        ],
        "session_body": body_html([column.cell(each) for column in columns] for each in listed),
        "has_sessions": bool(sessions),
    }
