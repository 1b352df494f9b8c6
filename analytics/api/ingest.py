"""What programs send in: session documents and rows. Atomic, and safe to repeat."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.lists import Resource
from analytics.api.openapi import examples, request_bodies
from analytics.api.openapi.operations import WHEN_SENDING, Body, Operation
from analytics.api.openapi.responses import (
    RefusedRowsSerializer,
    RefusedSessionsSerializer,
    StoredRowsSerializer,
    StoredSessionsSerializer,
)
from analytics.api.permissions import MaySend, ReadOrSend
from analytics.api.transport.bodies import posted
from analytics.api.transport.parameters import FLAG, Parameter
from analytics.api.transport.problems import MEDIA_TYPE, UnreadableBody, problem
from analytics.api.transport.renderers import FastJSONRenderer
from analytics.api.views import PortalView
from analytics.imports.report import Counts, Rejection
from analytics.imports.rows import store as rows_store
from analytics.imports.rows.fields import KINDS
from analytics.imports.sessions.store import store_documents
from analytics.scope import parse_flag

PARTIAL = Parameter(
    "partial",
    "`true`: store what is good although something is bad, and answer 200 with what was not.",
    FLAG,
)


class SendView(PortalView):
    """Takes in one thing or a list of things."""

    def parameters_of(self, method: str) -> tuple[Parameter, ...]:
        """Return the parameters that ``method`` takes."""
        return (PARTIAL,) if method == "POST" else super().parameters_of(method)

    def get_renderers(self) -> list[BaseRenderer]:
        """Return how the answer is written: what was sent is answered in JSON."""
        if self.request is not None and self.request.method == "POST":
            return [FastJSONRenderer()]
        return super().get_renderers()

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Store what was sent: all of it or, unless ``partial``, nothing."""
        values = self.values(request)
        partial = "partial" in values and parse_flag("partial", values["partial"])
        sent = posted(request._request)
        if isinstance(sent, dict):
            sent = [sent]
        if not isinstance(sent, list):
            raise UnreadableBody("The body is neither an object nor a list of objects.")
        counts, rejections = self.store(sent, partial=partial)
        answer: dict[str, Any] = {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected": [self.described(rejection) for rejection in rejections],
        }
        if not rejections or partial:
            return Response(answer)
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"Nothing was stored: {rejections[0]}.",
            errors=[(path_of(rejection), rejection.message) for rejection in rejections],
            **answer,
        )

    def store(self, sent: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the things; return the counts and what was rejected."""
        raise NotImplementedError

    def described(self, rejection: Rejection) -> dict[str, Any]:
        """Return a rejection as the answer has it."""
        return {
            "index": rejection.index,
            rejection.kind: rejection.key,
            "path": rejection.path,
            "message": rejection.message,
        }


def path_of(rejection: Rejection) -> str:
    """Return where in the body a rejection belongs, the body always taken for a list."""
    if not rejection.path:
        return f"[{rejection.index}]"
    return f"[{rejection.index}].{rejection.path}"


class SessionDocumentsView(SendView):
    """Session documents."""

    permission_classes = [MaySend]
    http_method_names = ["post"]

    def operation(self, method: str) -> Operation:
        """Describe the sending of documents."""
        return Operation(
            "send-session-documents",
            "Send session documents",
            "One document or a list of them. A document is the whole truth about its sessions: "
            "sending one again changes nothing, sending it changed replaces what was there. When "
            "anything is bad nothing is stored, unless `partial=true`.",
            (Body(StoredSessionsSerializer, examples.STORED),),
            problems=WHEN_SENDING,
            request=Body(request_bodies.one_or_list(request_bodies.DOCUMENT), examples.DOCUMENT),
            refusal=Body(RefusedSessionsSerializer, examples.DOCUMENT_REFUSED, MEDIA_TYPE),
            conditional=False,
            tag="Sending data in",
        )

    def store(self, sent: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the documents' sessions."""
        outcome = store_documents(sent, partial=partial)
        return outcome.counts, outcome.rejections


class SendRowsView(SendView):
    """Rows of one kind; mixed into the list of the kind."""

    permission_classes = [ReadOrSend]
    http_method_names = ["get", "head", "post"]
    resource: type[Resource] = Resource

    def operation(self, method: str) -> Operation:
        """Describe the sending of rows; the list describes itself."""
        if method != "POST":
            return super().operation(method)
        name = self.resource.name
        row = {key: value for key, value in examples.ROWS[name].items() if key != "id"}
        return Operation(
            f"send-{name}",
            f"Send {self.resource.words}",
            "One row or a list of them. A row that is there is updated. When anything is bad "
            "nothing is stored, unless `partial=true`.",
            (Body(StoredRowsSerializer, examples.STORED),),
            problems=WHEN_SENDING,
            request=Body(request_bodies.one_or_list(request_bodies.row(KINDS[name])), row),
            refusal=Body(RefusedRowsSerializer, examples.ROW_REFUSED, MEDIA_TYPE),
            conditional=False,
            tag="Sending data in",
        )

    def store(self, sent: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the rows."""
        return rows_store.store_rows(KINDS[self.resource.name], sent, partial=partial)
