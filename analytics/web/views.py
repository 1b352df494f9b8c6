"""The views of the pages of charts, and of what they offer to download.

Each is validate, call, render; who may see what is decided by ``Scope.parse``.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import BinaryIO, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import exports
from analytics.access import Forbidden, NotVisible, ScopeError, own_moderator
from analytics.display import plain
from analytics.figures.palette import color_pairs
from analytics.imports.sessions.video_report import VIDEO_COLUMNS, video_rows
from analytics.long_texts import LateTexts, rendered, utf8
from analytics.metrics.registry import METRICS, group_names, metrics_of_group
from analytics.models import QueueAssignment, Subject
from analytics.presentation import periods
from analytics.presentation.context import build_page, non_empty_params, scope_of
from analytics.presentation.pages import CHART_PAGES
from analytics.presentation.workbook import page_workbook
from analytics.scope import (
    REVIEW_PARAMETERS,
    Scope,
    single_values,
    visible_moderators,
    visible_sessions,
)
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from analytics.templatetags.portal import figures_script
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_file, kept_page
from analytics.web.dash.app import APPS
from analytics.web.dash.guard import prepare
from analytics.workbooks import TooManyRows

P = ParamSpec("P")
ViewFunction = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A list of suggestions that somebody reads while typing.
MAX_SUGGESTIONS = 20


def handle_scope_errors(view: ViewFunction[P]) -> ViewFunction[P]:
    """Answer what the scope refuses: 404 and 403 pages, and 400 with the reason."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotVisible as error:
            raise Http404 from error
        except Forbidden as error:
            if error.field == "team" and request.GET and "team" not in request.GET:
                return offer_team_totals(request)
            raise PermissionDenied(error.message) from error
        except ScopeError as error:
            context = {"exception": f"{error.field}: {error.message}"}
            return render(request, "400.html", context, status=error.status)

    return wrapper


def offer_team_totals(request: HttpRequest) -> HttpResponse:
    """Answer 403 for what tells of everyone, with a link to the totals that are for all."""
    start, end = periods.whole_months(timezone.localdate())[0]
    month = Scope(viewer_of(request), start=start, end=end, team=True)
    context = {
        "exception": "It tells of everyone's work; you see totals of whole calendar months",
        "url": periods.scope_url(month, path=request.path),
        "action": f"The team in {periods.month_name(month)}",
    }
    return render(request, "403.html", context, status=403)


@require_safe
@handle_scope_errors
@kept_page
def charts(request: HttpRequest, *, name: str) -> HttpResponse:
    """Show a page of charts; ``name`` is its entry in ``CHART_PAGES``."""
    page = CHART_PAGES[name]
    built = build_page(page, request.GET, viewer_of(request), now=timezone.now(), path=request.path)
    prepare(request)
    figures = {card.slug: card.figure_json for card in built.cards if card.figure_json}
    late = LateTexts()
    context = {
        "figures_script": late.mark(*figures_script(figures, "charts-figures")),
        "color_pairs": color_pairs(),
        "app": APPS[name],
        **built.context,
    }
    for card in built.cards:
        # Of a year they have a MiB of tables, which templates would copy.
        card.html = late.mark(card.html)
    html = utf8(rendered(page.template, context, request))
    return HttpResponse(late.put_into(html), status=built.status)


@require_safe
@handle_scope_errors
@plain
def videos_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the filtered report, a row a view."""
    scope = Scope.parse(
        non_empty_params(request.GET), viewer_of(request), accepts=REVIEW_PARAMETERS
    )
    lines = exports.csv_lines(VIDEO_COLUMNS, video_rows(scope))
    return download(lines, "videos.csv")


@require_safe
@handle_scope_errors
@plain
def page_xlsx(request: HttpRequest, name: str) -> HttpResponseBase:
    """A page's metrics as one workbook."""
    if name not in CHART_PAGES:
        raise NotVisible("page", "no such page")
    page = CHART_PAGES[name]
    with snapshot():
        scope = scope_of(page, request.GET, viewer_of(request), now=timezone.now())
        path = periods.scope_url(scope, path=reverse(f"portal:{name}"))
        try:
            file = page_workbook(page, scope, address=request.build_absolute_uri(path))
        except TooManyRows as error:
            raise ScopeError("start", "a sheet takes no more rows; the CSV takes all") from error
    return download_workbook(file, f"{name}.xlsx")


@require_safe
@handle_scope_errors
@plain
@kept_file
def metric_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Stream all rows of a metric."""
    if slug not in METRICS:
        raise NotVisible("metric", "no such metric")
    viewer = viewer_of(request)
    metric = METRICS[slug].for_viewer(viewer)
    with snapshot():
        scope = Scope.parse(non_empty_params(request.GET), viewer, accepts=metric.parameters)
        rows = metric(scope).rows
    return download(exports.metric_lines(metric, rows), f"{slug}.csv")


def download_workbook(file: BinaryIO, name: str) -> FileResponse:
    """A workbook to keep."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def download(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """Lines as a CSV file to keep."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@handle_scope_errors
def moderator_names(request: HttpRequest) -> JsonResponse:
    """The moderators' names that hold what was typed, for the filter bar."""
    typed = suggestion_params(request, "q").get("q", "")
    moderators = visible_moderators(viewer_of(request)).filter(username__icontains=typed)
    names = moderators.values_list("username", flat=True)[:MAX_SUGGESTIONS]
    return JsonResponse({"suggestions": list(names)})


@require_safe
@handle_scope_errors
def session_ids(request: HttpRequest) -> JsonResponse:
    """The ids of sessions that begin with what was typed, newest first."""
    params = suggestion_params(request, "q", "moderator")
    sessions = visible_sessions(viewer_of(request)).filter(
        public_id__startswith=params.get("q", "")
    )
    if moderator := params.get("moderator"):
        if not (moderator.isascii() and moderator.isdecimal() and len(moderator) < 19):
            raise ScopeError("moderator", "is not the number of a moderator")
        sessions = sessions.filter(moderator=int(moderator))
    ids = sessions.order_by("-started_at").values_list("public_id", flat=True)[:MAX_SUGGESTIONS]
    return JsonResponse({"suggestions": list(ids)})


@require_safe
@handle_scope_errors
def queue_names(request: HttpRequest) -> JsonResponse:
    """The queues of the viewer's sessions that hold what was typed."""
    typed = suggestion_params(request, "q").get("q", "")
    queues = QueueAssignment.objects.filter(name__icontains=typed)
    viewer = viewer_of(request)
    if not viewer.sees_everyone:
        queues = queues.filter(session__moderator=own_moderator(viewer))
    names = queues.order_by("name").values_list("name", flat=True).distinct()[:MAX_SUGGESTIONS]
    return JsonResponse({"suggestions": list(names)})


@require_safe
@handle_scope_errors
def status_names(request: HttpRequest) -> JsonResponse:
    """The statuses of the viewer's videos that hold what was typed."""
    typed = suggestion_params(request, "q").get("q", "").lower()
    scope = Scope.parse({}, viewer_of(request), accepts=REVIEW_PARAMETERS)
    with snapshot():
        counts = read_summaries(scope).values.get(Subject.STATUS, {})
    names = sorted(name for name, _ in counts if typed in name.lower())
    return JsonResponse({"suggestions": names[:MAX_SUGGESTIONS]})


def suggestion_params(request: HttpRequest, *accepts: str) -> dict[str, str]:
    """The parameters of a request for suggestions; raises ``ScopeError`` for any other."""
    return single_values(non_empty_params(request.GET), accepts)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show how everything is computed: the registry's definitions."""
    context = {
        "title": "How it is computed",
        "subtitle": "The definition of every figure, as it is computed",
        "groups": [(group, metrics_of_group(group)) for group in group_names()],
    }
    return render(request, "portal/metrics.html", context)


@require_safe
def for_moderators(request: HttpRequest) -> HttpResponse:
    """Say in plain words what is known about moderators, who sees it, and how they are judged."""
    context = {
        "title": "For moderators",
        "subtitle": "What the portal knows about you, who sees it, how you are judged",
    }
    return render(request, "portal/for_moderators.html", context)
