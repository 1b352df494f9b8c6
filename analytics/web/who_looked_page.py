"""The page that tells a moderator who looked at what about them; leads see it too."""

from tempfile import TemporaryFile

from django.conf import settings
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import NotVisible, may_have_personal_data
from analytics.display import active, plain
from analytics.exports import csv_lines
from analytics.models import Moderator
from analytics.pagination import BoundedPaginator
from analytics.personal_data.export import write_personal_data
from analytics.personal_data.subjects import PersonalSubject, find_subject, subject_of
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.context import non_empty_params
from analytics.presentation.looks_by_week import looks_by_week
from analytics.presentation.who_looked import COLUMNS, Deed, deed_rows, deeds_of, entries_about
from analytics.scope import PEOPLE_PARAMETERS, single_values, visible_moderator
from analytics.viewer import viewer_of
from analytics.web.views import download, handle_scope_errors

PAGE_SIZE = 50
TEMPLATE = "portal/who_looked.html"


@never_cache
@require_safe
@handle_scope_errors
def who_looked(request: HttpRequest, *, username: str) -> HttpResponse:
    """List who opened, exported or changed what about a person, newest first."""
    params = single_values(non_empty_params(request.GET), ("page",))
    moderator = moderator_of(request, username)
    entries = entries_about(moderator)
    paginator = BoundedPaginator(entries, PAGE_SIZE)
    try:
        page = paginator.page(params.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    viewer = viewer_of(request)
    is_own = not viewer.sees_everyone
    times = formatting.plural(paginator.count, "time")
    context = {
        "title": "Who looked at me" if is_own else f"Who looked at {moderator.username}",
        "subtitle": f"{'More than ' if paginator.has_more else ''}{times}"
        f" in {settings.AUDIT_DAYS} days · times in {active().zone_name}",
        "moderator": moderator,
        "is_own": is_own,
        "page": page,
        "page_params": QueryDict(),
        "columns": [
            Heading(label, sortable=False)
            for label in (f"When ({active().zone_name})", "Who", "Did", "What")
        ],
        "body": body_html(cells_of(deed) for deed in deeds_of(page.object_list)),
        "by_week": looks_by_week(entries),
        "data_url": reverse("portal:personal-data", args=[moderator.username])
        if may_have_personal_data(viewer, moderator)
        else "",
        "csv_url": reverse("portal:who-looked-csv", args=[moderator.username]),
    }
    return render(request, TEMPLATE, context)


@never_cache
@require_safe
@handle_scope_errors
@plain
def who_looked_csv(request: HttpRequest, *, username: str) -> StreamingHttpResponse:
    """The whole list as CSV."""
    single_values(non_empty_params(request.GET), ())
    entries = entries_about(moderator_of(request, username))
    return download(csv_lines(COLUMNS, deed_rows(entries)), "who-looked.csv")


@never_cache
@require_safe
@handle_scope_errors
@plain
def personal_data(request: HttpRequest, *, username: str) -> FileResponse:
    """All that is kept about a person as a ZIP file: for that person, and for admins."""
    single_values(non_empty_params(request.GET), ())
    moderator = moderator_of(request, username)
    if not may_have_personal_data(viewer_of(request), moderator):
        raise NotVisible("moderator", "no such file")
    subject = find_subject(moderator.username)
    assert subject is not None
    return send_personal_data(subject)


@never_cache
@require_safe
@handle_scope_errors
@plain
def own_data(request: HttpRequest) -> FileResponse:
    """All that is kept about whoever asks: about the work that is theirs, or the account alone."""
    single_values(non_empty_params(request.GET), ())
    return send_personal_data(subject_of(viewer_of(request)))


def send_personal_data(subject: PersonalSubject) -> FileResponse:
    """The ZIP file of a person."""
    # On disk, whatever its size; gone when it has been sent.
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_personal_data(subject, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="personal-data.zip")


def moderator_of(request: HttpRequest, username: str) -> Moderator:
    """The moderator of the address, where the viewer may see them; raises ``ScopeError``."""
    moderator = visible_moderator(username, viewer_of(request), accepts=PEOPLE_PARAMETERS)
    assert moderator is not None
    return moderator


def cells_of(deed: Deed) -> list[Cell]:
    """A line of the list."""
    day = formatting.day(formatting.local_day(deed.at))
    return [
        Cell(f"{day}, {formatting.time_of_day(deed.at)}"),
        Cell(deed.who),
        Cell(deed.did),
        Cell(deed.what),
    ]
