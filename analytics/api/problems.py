"""Errors as ``application/problem+json`` (RFC 9457): a sentence, and what is wrong where."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.views import set_rollback

from analytics.access import ScopeError

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger("django.request")


class UnreadableBody(APIException):
    """The body of a request can't be read; ``status_code`` says in what way."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status_code = status


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """Return a problem: ``errors`` are pairs of a field's path and a sentence.

    ``members`` are put beside the standard ones.
    """
    phrase = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": phrase,
        "status": int(status),
        "detail": detail,
        "errors": [{"field": field, "message": message} for field, message in errors],
        **members,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def as_problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Return the answer to an exception in a view of the API."""
    set_rollback()
    match error:
        case ScopeError():
            sentence = sentence_of(error.message)
            return problem(error.status, sentence, errors=[(error.field, sentence)])
        case ValidationError():
            errors = list(flattened(error.detail))
            return problem(error.status_code, errors[0][1], errors=errors)
        case APIException():
            return problem(error.status_code, str(error.detail), headers=headers_of(error))
        case Http404():
            return problem(HTTPStatus.NOT_FOUND, "There is no such thing here.")
        case PermissionDenied():
            return problem(HTTPStatus.FORBIDDEN, "You may not do this.")
        case SuspiciousOperation():
            return problem(HTTPStatus.BAD_REQUEST, "The request can't be read.")
    request: HttpRequest = context["request"]._request
    got_request_exception.send(sender=type(context["view"]), request=request)
    logger.error("Internal error: %s", request.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "The portal failed to answer; the log says why."
    )


def sentence_of(message: str) -> str:
    """Return ``message`` with a capital letter and a full stop."""
    capital = message[:1].upper() + message[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


def headers_of(error: APIException) -> dict[str, str]:
    """Return the headers that belong to an error of the REST framework."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return headers


def flattened(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and sentence of each error in a nested ``ValidationError.detail``."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flattened(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from flattened(inner, path)
    else:
        yield path, sentence_of(str(detail))
