"""Errors as ``application/problem+json`` (RFC 9457): a sentence, and what is wrong where."""

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import IO, Any, cast

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.views import set_rollback

from analytics.access import ScopeError
from moderation_portal.error_handlers import RETRY_SECONDS

PIECE = 64 * 1024
# A refused body is read on for so long, so that the client gets to read why.
LINGER_SECONDS = 5.0
LINGER_BYTES = 256 * 1024 * 1024

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger("django.request")


class UnreadableBody(APIException):
    """The body of a request can't be read; ``status_code`` says in what way."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status_code = status


class Problem(HttpResponse):
    """A problem as an answer, maybe given before the body was read.

    A server closes the connection after an answer to a body that it has not read, which resets
    it: the client, still sending, would never see the answer. So the rest is read and thrown
    away, within limits, after the answer has gone out.
    """

    request: HttpRequest | None = None

    def close(self) -> None:
        """Throw away what the client still sends."""
        if self.request is not None:
            discard(self.request)
        super().close()


def discard(request: HttpRequest) -> None:
    """Read what is left of a body, for a few seconds at most."""
    if server_socket := request.META.get("gunicorn.socket"):
        # So that a client that sends nothing more holds up nobody.
        server_socket.settimeout(LINGER_SECONDS)
    until = time.monotonic() + LINGER_SECONDS
    left = LINGER_BYTES
    try:
        while left > 0 and time.monotonic() < until:
            piece = source_of(request).read(PIECE)
            if not piece:
                break
            left -= len(piece)
    except OSError:
        pass  # The client has gone; nobody is left to be told.


def source_of(request: HttpRequest) -> IO[bytes]:
    """Return what the body is read from.

    Django reads as many bytes as Content-Length says, so none of a chunked body. A server that
    ends such a body by itself says so (``wsgi.input_terminated``).
    """
    if is_chunked(request) and request.META.get("wsgi.input_terminated"):
        stream: IO[bytes] = request.META["wsgi.input"]
        return stream
    return cast(IO[bytes], request)


def is_chunked(request: HttpRequest) -> bool:
    """Tell whether a body comes in pieces of which nobody knows how many."""
    return (
        not request.META.get("CONTENT_LENGTH")
        and request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    )


def title_of(status: int) -> str:
    """Return the standard name of a status, as RFC 9110 has it and Python from 3.13 on."""
    renamed = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large"}
    return renamed.get(HTTPStatus(status), HTTPStatus(status).phrase)


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Problem:
    """Return a problem: ``errors`` are pairs of a field's path and a sentence.

    ``members`` are put beside the standard ones.
    """
    body = {
        "type": "about:blank",
        "title": title_of(status),
        "status": int(status),
        "detail": detail,
        "errors": [{"field": field, "message": message} for field, message in errors],
        **members,
    }
    return Problem(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def as_problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Return the answer to an exception in a view of the API."""
    set_rollback()
    request: HttpRequest = context["request"]._request
    answer = answer_to(error)
    if answer is None:
        got_request_exception.send(sender=type(context["view"]), request=request)
        logger.error("Internal error: %s", request.path, exc_info=error)
        answer = fault(error)
    if request.method == "POST":
        answer.request = request
    return answer


def fault(error: BaseException | None) -> Problem:
    """Return the answer to what is no fault of the client."""
    if isinstance(error, OperationalError):
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The database does not answer at the moment; try again.",
            headers={"Retry-After": RETRY_SECONDS},
        )
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "The portal failed to answer; the log says why."
    )


def answer_to(error: Exception) -> Problem | None:
    """Return the problem that an exception stands for; None when it is a fault of the portal."""
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
    return None


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
