"""The list of sessions: filtered, sorted, in pages."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.models import SECOND_US, Session
from analytics.pagination import BoundedPaginator
from analytics.presentation.cells import Cell, Heading, body_html, decisions_cell
from analytics.presentation.context import non_empty_params
from analytics.presentation.pages import SESSIONS
from analytics.presentation.periods import RANGES, QuickRange, yesterday
from analytics.presentation.session_counters import counters_of
from analytics.web.conditional import conditional_get
from analytics.web.session_query import read_query
from analytics.web.viewer import viewer_of
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 50
# Words, what it is sorted by, whether it holds numbers.
COLUMNS: tuple[tuple[str, str, bool], ...] = (
    ("Session", "session", False),
    ("Moderator", "moderator", False),
    ("Started", "started", False),
    ("Length", "length", True),
    ("Videos", "", True),
    ("Decisions", "", False),
    ("Avg speed", "", True),
    ("Idle", "", True),
)


@require_safe
@handle_scope_errors
@conditional_get
def session_list(request: HttpRequest) -> HttpResponse:
    """Show the sessions that the viewer may see."""
    viewer = viewer_of(request)
    SESSIONS.audience.require(viewer)
    params = non_empty_params(request.GET)
    query = read_query(params, viewer)
    context: dict[str, Any] = {
        "title": SESSIONS.title,
        "form": query.form,
        "order": query.order,
        "summary": "Filters",
        "ranges": ranges(params.dict(), timezone.localdate()),
    }
    if query.sessions is None:
        context["state"] = {
            "kind": "error",
            "title": "These filters are not valid",
            "text": "The reason stands beside the field.",
            "url": request.path,
            "action": "Start again",
        }
        return render(request, "portal/sessions.html", context, status=400)
    try:
        rows = query.sessions.select_related("moderator")
        page = BoundedPaginator(rows, PAGE_SIZE).page(params.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    context |= {
        "page": page,
        "columns": headings(params.dict(), query.order),
        "body": body_html(
            rows_of(list(page.object_list), is_linked=viewer_of(request).sees_everyone)
        ),
        "subtitle": subtitle(page.paginator),
    }
    return render(request, "portal/sessions.html", context)


def ranges(params: dict[str, Any], today: date) -> list[QuickRange]:
    """The links to the quick ranges, the other filters kept."""
    other_params = {
        name: value for name, value in params.items() if name not in ("start", "end", "page")
    }
    links = []
    for label, days in RANGES:
        dates = {}
        if days is not None:
            end = yesterday(today)
            start = end - timedelta(days=days - 1)
            dates = {"start": start.isoformat(), "end": end.isoformat()}
        current = {name: params[name] for name in ("start", "end") if name in params} == dates
        links.append(QuickRange(label, f"?{urlencode({**other_params, **dates})}", current))
    return links


def subtitle(paginator: Any) -> str:
    """How many sessions there are."""
    words = formatting.plural(paginator.count, "session")
    return f"More than {words}" if paginator.has_more else words


def headings(params: dict[str, Any], order: str) -> list[Heading]:
    """The table's headings; those of an order are links to it, or to the other way round."""
    other_params = {key: value for key, value in params.items() if key != "page"}
    columns = []
    for label, name, numeric in COLUMNS:
        href = sorted_way = ""
        if name:
            default_order = f"-{name}" if name in ("started", "length") else name
            reversed_order = name if default_order.startswith("-") else f"-{name}"
            linked_order = reversed_order if order == default_order else default_order
            href = f"?{urlencode({**other_params, 'order': linked_order})}"
            if order.removeprefix("-") == name:
                sorted_way = "descending" if order.startswith("-") else "ascending"
        columns.append(
            Heading(
                label,
                numeric,
                sortable=False,
                barred=label == "Videos",
                sorted=sorted_way,
                href=href,
            )
        )
    return columns


def moderator_cell(session: Session, *, is_linked: bool) -> Cell:
    """The name of a session's moderator; for leads and admins a link to the person's page."""
    name = session.moderator.username
    return Cell(name, href=reverse("portal:person", args=[name]) if is_linked else "")


def rows_of(sessions: list[Session], *, is_linked: bool = False) -> list[list[Cell]]:
    """A row of cells for each session; ``is_linked``: names lead to people's pages."""
    counters = counters_of([session.pk for session in sessions])
    max_videos = max((row["videos"] for row in counters.values()), default=0) or 1
    zone = timezone.get_default_timezone()
    return [
        [
            Cell(session.public_id, href=reverse("portal:session", args=[session.public_id])),
            moderator_cell(session, is_linked=is_linked),
            Cell(formatting.moment(session.started_at, zone)),
            Cell(length_label(session), numeric=True),
            *counted_cells(counters.get(session.pk, {}), max_videos),
        ]
        for session in sessions
    ]


def length_label(session: Session) -> str:
    """A session's length in words."""
    if session.duration_us is None:
        return formatting.MISSING
    return formatting.duration(session.duration_us / SECOND_US)


def counted_cells(row: dict[str, Any], max_videos: int) -> list[Cell]:
    """The cells of a session's counters: videos, decisions, speed, idle time."""
    videos = row.get("videos", 0)
    changes, idle = row.get("speed_changes"), row.get("idle_us")
    mean_speed = formatting.speed(row["speed_sum"] / changes, 2) if changes else formatting.MISSING
    idle_words = formatting.duration(idle / SECOND_US) if idle else formatting.MISSING
    return [
        Cell(formatting.count(videos), numeric=True, barred=True, bar=videos / max_videos),
        decisions_cell(
            videos=videos, accepted=row.get("accepted", 0), rejected=row.get("rejected", 0)
        ),
        Cell(mean_speed, numeric=True),
        Cell(idle_words, numeric=True),
    ]
