"""Notes on moderators over the API: written, answered and settled by a login."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.forms import Form
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import ApiToken
from analytics.access import require_everyone
from analytics.api.lists import ListView
from analytics.api.openapi import examples
from analytics.api.openapi.request_bodies import json_request
from analytics.api.openapi.responses import row_response
from analytics.api.permissions import CanRead
from analytics.api.resources import Notes
from analytics.api.serializers import NoteSerializer
from analytics.api.transport.bodies import read_json
from analytics.api.transport.parameters import Parameter
from analytics.api.views import PortalView, viewer
from analytics.imports.values import Invalid, check_text
from analytics.insights.people import MEASURES
from analytics.models import MAX_NOTE_LENGTH, MAX_STEP_LENGTH, Moderator
from analytics.names import normalise
from analytics.notes import find_note, reply_to, settle, write_note
from analytics.presentation.note_forms import NoteForm, ReplyForm

TAG = "Notes"
TEXT = {"type": "string", "minLength": 1, "maxLength": MAX_NOTE_LENGTH}
NOTE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "moderator": {"type": "string", "minLength": 1},
        "text": TEXT,
        "measure": {"enum": [*MEASURES, None]},
        "step": {"type": ["string", "null"], "maxLength": MAX_STEP_LENGTH},
        "until": {"type": ["string", "null"], "format": "date"},
    },
    "required": ["moderator", "text"],
    "additionalProperties": False,
}
REPLY: dict[str, Any] = {
    "type": "object",
    "properties": {"text": TEXT},
    "required": ["text"],
    "additionalProperties": False,
}


class CanReadOrNote(CanRead):
    """Reading by login or ``read`` token; notes are written by people, so by login only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may use the request's method."""
        if request.method not in ("GET", "HEAD", "OPTIONS") and isinstance(request.auth, ApiToken):
            self.message = "Notes are written by a login; tokens read them."
            return False
        return super().has_permission(request, view)


def answer(status: HTTPStatus) -> dict[int, OpenApiResponse]:
    """The description of an answer: the note, with its answers."""
    return row_response(status, NoteSerializer, "The note.", examples.ROWS["notes"])


class NoteListView(ListView):
    """The notes that the caller may read; leads and admins add one."""

    permission_classes = [CanReadOrNote]
    http_method_names = ["get", "head", "post"]

    @extend_schema(
        operation_id="write-note",
        summary="Write a note on a moderator",
        description="By the login of a lead or an admin. `step` and `until` come together.",
        request=json_request(
            NOTE, {name: examples.ROWS["notes"][name] for name in NOTE["properties"]}
        ),
        responses=answer(HTTPStatus.CREATED),
        tags=[TAG],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Write it."""
        user = viewer(request)
        require_everyone(user, subject="writing notes")
        body = read_fields(request, NOTE)
        name = normalise(body.pop("moderator", None) or "")
        form = NoteForm(
            {key: value or "" for key, value in body.items()}, today=timezone.localdate()
        )
        errors = messages_of(form)
        moderator = Moderator.objects.filter(username=name).first()
        if moderator is None:
            raise ValidationError({**errors, "moderator": "no such moderator"})
        if errors:
            raise ValidationError(errors)
        note = write_note(moderator, form.words(), by=user)
        data = NoteSerializer(find_note(note.pk, user)).data
        return Response(data, status=HTTPStatus.CREATED)


class NoteActionView(PortalView):
    """Something done to one note."""

    permission_classes = [CanReadOrNote]
    path_parameters: ClassVar[tuple[Parameter, ...]] = (Notes.key,)
    http_method_names = ["post"]


class NoteRepliesView(NoteActionView):
    """Answers to a note."""

    @extend_schema(
        operation_id="answer-note",
        summary="Answer a note",
        description="By the login of the moderator whom it is about, of a lead or of an admin.",
        request=json_request(REPLY, {"text": "Fine with me."}),
        responses=answer(HTTPStatus.CREATED),
        tags=[TAG],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Add an answer."""
        note = find_note(kwargs["id"], viewer(request))
        form = ReplyForm(read_fields(request, REPLY))
        if form.errors:
            raise ValidationError(messages_of(form))
        reply_to(note, form.cleaned_data["text"], by=viewer(request))
        data = NoteSerializer(find_note(note.pk, viewer(request))).data
        return Response(data, status=HTTPStatus.CREATED)


class NoteSettleView(NoteActionView):
    """The end of what a note is about."""

    @extend_schema(
        operation_id="settle-note",
        summary="Settle a note",
        description="By the login of a lead or an admin, once. There is no body.",
        request=None,
        responses=answer(HTTPStatus.OK),
        tags=[TAG],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Settle it."""
        note = find_note(kwargs["id"], viewer(request))
        settle(note, by=viewer(request))
        return Response(NoteSerializer(find_note(note.pk, viewer(request))).data)


def messages_of(form: Form) -> dict[str, Any]:
    """What is wrong with each field."""
    return {name: [str(each) for each in messages] for name, messages in form.errors.items()}


def read_fields(request: Request, schema: Mapping[str, Any]) -> dict[str, str | None]:
    """The texts of the body; raises ``ValidationError`` for other types and unknown fields."""
    body = read_json(request._request)
    if not isinstance(body, dict):
        raise ValidationError({"body": "is no JSON object"})
    for name, value in body.items():
        if name not in schema["properties"]:
            known = ", ".join(schema["properties"])
            raise ValidationError({name: f"unknown field; this takes {known}"})
        if value is None and name not in schema["required"]:
            continue
        if not isinstance(value, str):
            raise ValidationError({name: "is no text"})
        try:
            check_text(value)
        except Invalid as error:
            raise ValidationError({name: error.message}) from error
    return body
