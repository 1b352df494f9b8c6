"""The pages of notes on a person: all of them, and what is done with one."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from analytics.access import ScopeError, may_write_notes
from analytics.formatting import plural
from analytics.models import Moderator, Note
from analytics.notes import find_note, notes_in, reply_to, require_writer, settle, with_replies
from analytics.notes import write_note as store_note
from analytics.presentation.context import non_empty_params
from analytics.presentation.note_forms import NoteForm, ReplyForm
from analytics.presentation.notes import notes_subtitle, show_note, show_notes
from analytics.scope import PEOPLE_PARAMETERS, Scope, single_values, visible_moderator
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def notes(request: HttpRequest, *, username: str) -> HttpResponse:
    """List all notes on a person, newest first; a POST by a lead or an admin adds one."""
    viewer, today = viewer_of(request), timezone.localdate()
    moderator = visible_moderator(username, viewer, accepts=PEOPLE_PARAMETERS)
    assert moderator is not None
    params = single_values(non_empty_params(request.GET), ("page", "measure"))
    form = None
    if request.method == "POST":
        require_writer(viewer, moderator.pk)
        form = NoteForm(request.POST, today=today, name=moderator.username)
        if form.is_valid():
            note = store_note(moderator, form.words(), by=viewer)
            messages.success(request, f"{moderator.username} can read the note now.")
            return redirect(note_address(note))
    elif may_write_notes(viewer, moderator.pk):
        initial = {"measure": params.get("measure", "")}
        form = NoteForm(initial=initial, today=today, name=moderator.username)
    try:
        rows = with_replies(notes_in(Scope(viewer, moderator)))
        page = Paginator(rows, PAGE_SIZE).page(params.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    context = {
        **page_context(moderator, request),
        "subtitle": plural(page.paginator.count, "note"),
        "page": page,
        "page_params": QueryDict(),
        "notes": show_notes(page.object_list, viewer, today),
        "note_form": form,
    }
    status = HTTPStatus.BAD_REQUEST if form is not None and form.errors else HTTPStatus.OK
    return render(request, "portal/notes.html", context, status=status)


@never_cache
@require_POST
@handle_scope_errors
def answer_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a note: the person it is about, and those who write notes."""
    viewer = viewer_of(request)
    note = find_note(pk, viewer)
    form = ReplyForm(request.POST, note=pk)
    if form.is_valid():
        try:
            reply_to(note, form.cleaned_data["text"], by=viewer)
        except ScopeError as error:
            form.add_error("text", f"{error.message[:1].upper()}{error.message[1:]}.")
        else:
            messages.success(request, "Your answer stands below the note.")
            return redirect(note_address(note))
    shown = show_note(note, viewer, timezone.localdate())
    context = {
        **page_context(note.moderator, request),
        "notes": [shown],
        "refused_form": form,
        "note_form": None,
    }
    return render(request, "portal/notes.html", context, status=HTTPStatus.BAD_REQUEST)


@never_cache
@require_POST
@handle_scope_errors
def settle_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a note: findings say again what they have to say."""
    viewer = viewer_of(request)
    note = find_note(pk, viewer)
    require_writer(viewer, note.moderator_id)
    try:
        settle(note, by=viewer)
    except ScopeError as error:
        messages.error(request, f"{error.message[:1].upper()}{error.message[1:]}.")
    else:
        messages.success(request, "The note is settled. It stays on record.")
    return redirect(note_address(note))


def page_context(moderator: Moderator, request: HttpRequest) -> dict[str, object]:
    """What the head of the page needs."""
    viewer = viewer_of(request)
    is_own_page = not viewer.sees_everyone
    return {
        "title": "Notes about me" if is_own_page else f"Notes on {moderator.username}",
        "moderator": moderator,
        "is_own": is_own_page,
        "notes_subtitle": notes_subtitle(moderator, viewer),
    }


def note_address(note: Note) -> str:
    """The note in the list of all."""
    return f"{reverse('portal:notes', args=[note.moderator.username])}#note-{note.pk}"
