"""Errors as ``application/problem+json`` (RFC 9457): a sentence, and what is wrong where."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.views import set_rollback

from analytics.access import ScopeError
from analytics.api.transport.streams import discard_body
from moderation_portal.error_handlers import RETRY_SECONDS, Overloaded, is_busy
from moderation_portal.postgres import ReadOnlyServer

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger("django.request")


class ProblemResponse(HttpResponse):
    """A problem as an answer, maybe given before the body was read.

    A server closes the connection after an answer to a body that it has not read, which resets
    it: the client, still sending, would never see the answer. So the rest is read and thrown
    away, within limits, after the answer has gone out.
    """

    #: Set when the request may have a body.
    request: HttpRequest | None = None

    def close(self) -> None:
        """Discard what the client still sends."""
        if self.request is not None:
            discard_body(self.request)
        super().close()


def problem_response(
    status: int,
    detail: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> ProblemResponse:
    """Build a problem: ``errors`` are pairs of a field's path and a sentence.

    ``members`` are put beside the standard ones.
    """
    body = {
        "type": "about:blank",
        "title": status_title(status),
        "status": int(status),
        "detail": detail,
        "errors": [{"field": field, "message": message} for field, message in errors],
        **members,
    }
    return ProblemResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Answer an exception in a view of the API (the REST framework's ``EXCEPTION_HANDLER``)."""
    set_rollback()
    request: HttpRequest = context["request"]._request
    response = client_error_response(error)
    if response is None:
        got_request_exception.send(sender=type(context["view"]), request=request)
        logger.error("Internal error: %s", request.path, exc_info=error)
        response = server_error_response(error)
    if request.method == "POST":
        response.request = request
    return response


def client_error_response(error: Exception) -> ProblemResponse | None:
    """The answer to an error of the client; None when the portal itself failed."""
    match error:
        case ScopeError():
            sentence = as_sentence(error.message)
            return problem_response(error.status, sentence, errors=[(error.field, sentence)])
        case ValidationError():
            errors = list(flatten_errors(error.detail))
            return problem_response(error.status_code, errors[0][1], errors=errors)
        case APIException():
            return problem_response(
                error.status_code, str(error.detail), headers=error_headers(error)
            )
        case Http404():
            return problem_response(HTTPStatus.NOT_FOUND, "There is no such thing here.")
        case PermissionDenied():
            return problem_response(HTTPStatus.FORBIDDEN, "You may not do this.")
        case SuspiciousOperation():
            return problem_response(HTTPStatus.BAD_REQUEST, "The request can't be read.")
    return None


def server_error_response(error: BaseException | None) -> ProblemResponse:
    """The answer to a failure of the portal: 503 where trying again helps, else 500."""
    match error:
        case Overloaded():
            detail = str(error)
        case OperationalError() if is_busy(error):
            detail = (
                "An import is storing much at the moment, and nothing of this was stored; "
                "try again."
            )
        case ReadOnlyServer():
            detail = "The database takes no changes at the moment; nothing was stored. Try again."
        case OperationalError():
            detail = "The database does not answer at the moment; try again."
        case _:
            return problem_response(
                HTTPStatus.INTERNAL_SERVER_ERROR, "The portal failed to answer; the log says why."
            )
    return problem_response(
        HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": RETRY_SECONDS}
    )


def status_title(status: int) -> str:
    """The standard name of a status, as RFC 9110 has it and Python from 3.13 on."""
    renamed = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large"}
    return renamed.get(HTTPStatus(status), HTTPStatus(status).phrase)


def as_sentence(message: str) -> str:
    """``message`` with a capital letter and a full stop."""
    capital = capfirst(message)
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


def error_headers(error: APIException) -> dict[str, str]:
    """The headers that belong to an error of the REST framework."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return headers


def flatten_errors(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and sentence of each error in a nested ``ValidationError.detail``."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flatten_errors(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from flatten_errors(inner, path)
    else:
        yield path, as_sentence(str(detail))
