"""One video: all its views that the viewer may see, over sessions and people."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.access import Forbidden, NotVisible, ScopeError, Viewer
from analytics.formatting import plural
from analytics.keyset import cut_page
from analytics.models import Video
from analytics.presentation import periods
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.context import non_empty_params, refused_filters
from analytics.presentation.filters import ScopeForm
from analytics.presentation.record_tables import RecordColumn
from analytics.presentation.video import (
    MAX_PEOPLE,
    NEWEST_FIRST,
    PERSON_COLUMNS,
    VIEW_COLUMNS,
    agreement_words,
    last_decisions,
    video_kpis,
    views_of,
)
from analytics.scope import PEOPLE_PARAMETERS, Scope, single_values, visible_video
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 50
CURSOR = "cursor"


@require_safe
@handle_scope_errors
@kept_page
def video_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a video that the viewer, or for leads anybody, was shown."""
    viewer = viewer_of(request)
    video = visible_video(public_id, viewer)
    values = single_values(non_empty_params(request.GET), (*PEOPLE_PARAMETERS, CURSOR))
    cursor = values.pop(CURSOR, None)
    form = ScopeForm(values, parameters=PEOPLE_PARAMETERS, viewer=viewer)
    context: dict[str, Any] = {"title": f"Video {video.public_id}", "form": form}
    try:
        scope = Scope.parse(values, viewer, accepts=PEOPLE_PARAMETERS)
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        form.error(error)
        context["state"] = refused_filters(request.path)
        return render(request, "portal/video.html", context, status=error.status)
    context |= {
        "summary": periods.describe_scope(scope),
        "subtitle": periods.describe_scope(scope),
        "csv_url": csv_url(video, values),
        "all_url": request.path,
        **views_context(video, scope, values, cursor),
    }
    return render(request, "portal/video.html", context)


def views_context(
    video: Video, scope: Scope, values: Mapping[str, str], cursor: str | None
) -> dict[str, Any]:
    """The figures, what each person decided, and a page of the views."""
    views = views_of(video, scope)
    rows = views.select_related("session__moderator")
    page = cut_page(rows, NEWEST_FIRST, PAGE_SIZE, cursor)
    is_first = cursor is None
    viewer = scope.viewer
    return {
        "kpis": video_kpis(views, sees_people=viewer.sees_everyone) if is_first else [],
        "columns": headings(VIEW_COLUMNS),
        "body": table(VIEW_COLUMNS, page.rows, viewer),
        "first_url": "" if is_first else f"?{urlencode(values)}",
        "next_url": f"?{urlencode({**values, CURSOR: page.cursor})}" if page.cursor else "",
        **(people_context(video, scope) if is_first and viewer.sees_everyone else {}),
    }


def people_context(video: Video, scope: Scope) -> dict[str, Any]:
    """What each person decided, where two or more did."""
    people = last_decisions(views_of(video, scope))
    if len(people) < 2:
        return {}
    left = len(people) - MAX_PEOPLE
    return {
        "people_columns": headings(PERSON_COLUMNS),
        "people_body": table(PERSON_COLUMNS, people[:MAX_PEOPLE], scope.viewer),
        "people_summary": agreement_words(people),
        "people_left": f"{plural(left, 'more person', 'more people')}; the CSV has all views"
        if left > 0
        else "",
    }


def headings(columns: Sequence[RecordColumn]) -> list[Heading]:
    """The headings of a table."""
    return [Heading(column.label, column.numeric, sortable=False) for column in columns]


def table(columns: Sequence[RecordColumn], records: Sequence[object], viewer: Viewer) -> str:
    """The rows of a table as HTML; empty without rows."""

    def cells(record: object) -> list[Cell]:
        return [column.cell(record, viewer.sees_everyone) for column in columns]

    return body_html(map(cells, records))


def csv_url(video: Video, values: Mapping[str, str]) -> str:
    """The address of all views as CSV."""
    query = urlencode({**values, "videoId": video.public_id, "format": "csv"})
    return f"{reverse('api:videos')}?{query}"
