"""Checks over the API: what is more than a list of rows, and answering back."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiRequest, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.tokens import ApiToken
from analytics.access import is_own, require_everyone
from analytics.api.ingest import RowsIngestMixin
from analytics.api.openapi import examples
from analytics.api.openapi.request_bodies import json_request
from analytics.api.openapi.responses import row_response
from analytics.api.permissions import CanRead, CanReadOrCheck
from analytics.api.resources import QualityChecks
from analytics.api.serializers import QualityCheckSerializer
from analytics.api.transport.bodies import UnreadableBody, read_json
from analytics.api.transport.parameters import Parameter
from analytics.api.views import PortalView, viewer
from analytics.imports.report import Counts, Rejection
from analytics.imports.rows.fields import KINDS
from analytics.imports.rows.readers import text_up_to
from analytics.imports.rows.store import store_rows
from analytics.imports.values import Invalid
from analytics.models import MAX_CHECK_NOTE_LENGTH, RULINGS, Dispute, QualityCheck
from analytics.quality.disputes import (
    DECIDING,
    decide_dispute,
    moderator_of,
    open_dispute,
    withdraw_dispute,
)

#: So many verdicts are taken in at once: each is looked up and locked by itself.
MAX_SENT = 1_000
TEXT = {"type": "string", "minLength": 1, "maxLength": MAX_CHECK_NOTE_LENGTH}
REASON = {"reason": TEXT}
DECISION = {
    "outcome": {"enum": list(RULINGS)},
    "reply": TEXT,
}


class ChecksIngestMixin(RowsIngestMixin):
    """Checks, kept as those of who sends them; nobody sends one of their own decisions."""

    permission_classes = [CanReadOrCheck]

    def store(self, items: list[Any], *, partial: bool) -> tuple[Counts, Sequence[Rejection]]:
        """Keep the verdicts; raises ``UnreadableBody`` for too many, before any is looked at."""
        if len(items) > MAX_SENT:
            raise UnreadableBody(
                f"These are {len(items):,} checks; send at most {MAX_SENT:,} at once, in parts.",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        kind = KINDS[self.resource.name]
        return store_rows(kind, items, partial=partial, created_by=viewer(self.request).pk)


class CanAnswer(CanRead):
    """By login only: what somebody says about themselves, and what is said to them."""

    message = "Checks are disputed, and disputes decided, by a login."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller has logged in."""
        return isinstance(request.user, User) and not isinstance(request.auth, ApiToken)


def described(properties: Mapping[str, Any], example: Mapping[str, str]) -> OpenApiRequest:
    """The description of a body that has all of these."""
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
    return json_request(schema, example)


def answer(status: HTTPStatus) -> dict[int, OpenApiResponse]:
    """The description of an answer: the check, with its dispute."""
    return row_response(
        status, QualityCheckSerializer, "The check.", examples.ROWS["quality-checks"]
    )


class CheckAnswerView(PortalView):
    """Something said to one check."""

    permission_classes = [CanAnswer]
    path_parameters: ClassVar[tuple[Parameter, ...]] = (QualityChecks.key,)
    http_method_names = ["post"]

    def find(self, request: Request, key: int) -> QualityCheck:
        """The check, if the viewer may see it; raises ``Http404``."""
        scope = QualityChecks.parse_scope({}, viewer(request))
        check: QualityCheck | None = QualityChecks.rows(scope).filter(pk=key).first()
        if check is None:
            raise Http404
        return check

    def respond(self, request: Request, key: int, status: HTTPStatus) -> HttpResponseBase:
        """Answer with the check as it is now."""
        return Response(QualityCheckSerializer(self.find(request, key)).data, status=status)


class DisputeView(CheckAnswerView):
    """A moderator's dispute of a check of an own decision."""

    http_method_names = ["post", "delete"]

    @extend_schema(
        operation_id="dispute-quality-check",
        summary="Dispute a check",
        description="By the moderator whose decision was checked, once.",
        request=described(REASON, {"reason": "The word is quoted."}),
        responses=answer(HTTPStatus.CREATED),
        tags=["Checks"],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Open the dispute."""
        check = self.find(request, kwargs["id"])
        if not is_own(viewer(request), moderator_of(check)):
            raise Http404
        fields = read_texts(request, REASON)
        open_dispute(check, fields["reason"], by=viewer(request))
        return self.respond(request, check.pk, HTTPStatus.CREATED)

    @extend_schema(
        operation_id="withdraw-dispute",
        summary="Withdraw a dispute",
        description="By whom it is of, until it is decided. The check counts as it says, what was"
        " written stays, and it cannot be disputed again.",
        request=None,
        responses=answer(HTTPStatus.OK),
        tags=["Checks"],
    )
    def delete(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Withdraw the dispute."""
        check = self.find(request, kwargs["id"])
        dispute = Dispute.objects.filter(quality_check=check).first()
        if dispute is None:
            raise Http404
        withdraw_dispute(dispute, by=viewer(request))
        return self.respond(request, check.pk, HTTPStatus.OK)


class DisputeDecisionView(CheckAnswerView):
    """What becomes of a dispute."""

    @extend_schema(
        operation_id="decide-dispute",
        summary="Decide a dispute",
        description="By a lead or an admin other than the checker, where there is one; for good.",
        request=described(DECISION, {"outcome": "reversed", "reply": "You are right."}),
        responses=answer(HTTPStatus.OK),
        tags=["Checks"],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Uphold or reverse the check."""
        require_everyone(viewer(request), subject=DECIDING)
        check = self.find(request, kwargs["id"])
        fields = read_texts(request, DECISION)
        dispute = Dispute.objects.filter(quality_check=check).first()
        if dispute is None:
            raise Http404
        decide_dispute(dispute, fields["outcome"], fields["reply"], by=viewer(request))
        return self.respond(request, check.pk, HTTPStatus.OK)


def read_texts(request: Request, names: Mapping[str, Any]) -> dict[str, str]:
    """The texts of the body, all of ``names``; raises ``ValidationError`` by field."""
    body = read_json(request._request)
    if not isinstance(body, dict):
        raise ValidationError({"body": "is no JSON object"})
    for name in body:
        if name not in names:
            raise ValidationError({name: f"unknown field; this takes {', '.join(names)}"})
    read = text_up_to(MAX_CHECK_NOTE_LENGTH)
    texts = {}
    for name in names:
        try:
            texts[name] = read(body.get(name))
        except Invalid as error:
            raise ValidationError({name: error.message}) from error
    return texts
