"""Streams whose first piece is there before their answer begins."""

from collections.abc import Callable
from itertools import chain

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase


class BegunStreamsMiddleware:
    """Makes the first piece of a stream, so that what fails by then is answered as an error.

    Once an answer has begun, all that can still be done is to break it off. What reads or writes
    the database after the view stands behind this: a stream may hold a transaction from here on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if (
            isinstance(response, StreamingHttpResponse)
            # A file is there already.
            and not isinstance(response, FileResponse)
            # Nobody reads on.
            and request.method != "HEAD"
        ):
            pieces = iter(response)
            response.streaming_content = chain([next(pieces, b"")], pieces)
        return response
