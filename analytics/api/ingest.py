"""What programs send in: session documents and rows. Atomic, and safe to repeat."""

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiRequest, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.annotations import PeopleNames
from analytics.api.lists import Resource
from analytics.api.openapi import examples, request_bodies
from analytics.api.openapi.responses import (
    RefusedRowsSerializer,
    RefusedSessionsSerializer,
    StoredRowsSerializer,
    StoredSessionsSerializer,
    json_response,
    refusal_response,
)
from analytics.api.permissions import CanIngest, CanReadOrAnnotate, CanReadOrIngest
from analytics.api.transport.bodies import UnreadableBody, read_json
from analytics.api.transport.parameters import FLAG, Parameter
from analytics.api.transport.problems import problem_response
from analytics.api.views import PortalView, viewer
from analytics.imports.report import Counts, Rejection, cut
from analytics.imports.rows import store as rows_store
from analytics.imports.rows.fields import KINDS, InvalidRow, Record
from analytics.imports.sessions.store import store_documents
from analytics.imports.values import Invalid
from audit.models import Action
from audit.recording import record

PARTIAL = Parameter(
    "partial",
    "`true`: store what is good although something is bad, and answer 200 with what was not.",
    FLAG,
)


class IngestView(PortalView):
    """Takes in one thing or a list of things."""

    def get_query_parameters(self, method: str) -> tuple[Parameter, ...]:
        """A POST takes ``partial`` alone."""
        return (PARTIAL,) if method == "POST" else super().get_query_parameters(method)

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Store what was sent: all of it or, unless ``partial``, nothing."""
        partial = self.query.get(PARTIAL.name) == "true"
        items = read_json(request._request)
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            raise UnreadableBody("The body is neither an object nor a list of objects.")
        # What was stored, and that it was, are there together or not at all.
        with transaction.atomic():
            counts, rejections = self.store(items, partial=partial)
            # Of a refused body too: who sent it, and how much of it was bad.
            record(Action.IMPORT, details=asdict(counts))
        body: dict[str, Any] = {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected_count": counts.rejected,
            "rejected": [self.rejection_data(rejection) for rejection in rejections],
        }
        if not rejections or partial:
            return Response(body)
        return problem_response(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"Nothing was stored: {rejections[0]}.",
            errors=[(body_path(rejection), rejection.message) for rejection in rejections],
            **body,
        )

    def store(self, items: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store what was sent; returns the counts and what was rejected."""
        raise NotImplementedError

    def rejection_data(self, rejection: Rejection) -> dict[str, Any]:
        """A rejection as the answer has it."""
        return {
            "index": rejection.index,
            rejection.kind: None if rejection.key is None else cut(rejection.key),
            "path": rejection.path,
            "message": rejection.message,
        }


def body_path(rejection: Rejection) -> str:
    """Where in the body a rejection belongs, the body always taken for a list."""
    if not rejection.path:
        return f"[{rejection.index}]"
    return f"[{rejection.index}].{rejection.path}"


def json_request(schema: Any, example: Any) -> dict[str, Any]:
    """One thing in JSON or a list of them, as ``@extend_schema`` takes requests."""
    request = OpenApiRequest(
        request_bodies.one_or_list(schema),
        examples=[OpenApiExample("request", value=example, request_only=True)],
    )
    return {"application/json": request}


@extend_schema_view(
    post=extend_schema(
        operation_id="send-session-documents",
        summary="Send session documents",
        description="One document or a list of them. A document is the whole truth about its "
        "sessions: sending one again changes nothing, sending it changed replaces what was there. "
        "When anything is bad nothing is stored, unless `partial=true`.",
        request=json_request(request_bodies.DOCUMENT, examples.DOCUMENT),
        responses=json_response(StoredSessionsSerializer, examples.STORED)
        | refusal_response(RefusedSessionsSerializer, examples.DOCUMENT_REFUSED),
        tags=["Sending data in"],
    )
)
class DocumentsIngestView(IngestView):
    """Session documents."""

    permission_classes = [CanIngest]
    http_method_names = ["post"]

    def store(self, items: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the documents' sessions."""
        outcome = store_documents(items, partial=partial)
        return outcome.counts, outcome.rejections


class RowsIngestMixin(IngestView):
    """Rows of one kind; mixed into the list of the kind."""

    permission_classes = [CanReadOrIngest]
    http_method_names = ["get", "head", "post"]
    resource: type[Resource] = Resource

    def store(self, items: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the rows."""
        return rows_store.store_rows(KINDS[self.resource.name], items, partial=partial)


class AnnotationsIngestMixin(RowsIngestMixin):
    """Annotations: of those who may see names, none that holds one.

    A program sees none and shall not learn which there are: what it sends is stored as it is.
    """

    permission_classes = [CanReadOrAnnotate]

    def store(self, sent: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Store the annotations, with who sent them."""
        sender = viewer(self.request)
        people = PeopleNames()

        def check(record: Record) -> None:
            if not sender.sees_everyone:
                return
            for column in ("text", "queue"):
                if reason := people.why_refused(str(record[column])):
                    raise InvalidRow([Invalid(reason, column)])

        return rows_store.store_rows(
            KINDS[self.resource.name],
            sent,
            partial=partial,
            created_by=sender.pk,
            check=check,
        )


def describe_ingest(resource: type[Resource]) -> Any:
    """The description of the sending of a resource's rows."""
    name = resource.name
    row = {key: value for key, value in examples.ROWS[name].items() if key != "id"}
    return extend_schema(
        operation_id=f"send-{name}",
        summary=f"Send {resource.verbose_name}",
        description="One row or a list of them. A row that is there is updated. When anything is "
        "bad nothing is stored, unless `partial=true`.",
        request=json_request(request_bodies.row(KINDS[name]), row),
        responses=json_response(StoredRowsSerializer, examples.STORED)
        | refusal_response(RefusedRowsSerializer, examples.ROW_REFUSED),
        tags=["Sending data in"],
    )
