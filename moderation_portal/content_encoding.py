"""Which encodings of an answer a client takes."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: A coding with a weight of nothing: the client does not take it.
REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$", re.IGNORECASE)


class RefusedEncodingsMiddleware:
    """Takes what a client refuses (``gzip;q=0``) out of ``Accept-Encoding``.

    Whatever compresses behind it (Django, WhiteNoise, the kept answers) looks for a name alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if header := request.META.get("HTTP_ACCEPT_ENCODING"):
            taken = [coding for coding in header.split(",") if not REFUSED.search(coding)]
            request.META["HTTP_ACCEPT_ENCODING"] = ",".join(taken)
        return self.get_response(request)
