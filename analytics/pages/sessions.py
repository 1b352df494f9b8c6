"""The list of sessions, and one session's page."""

from django.http import HttpRequest, HttpResponse


def session_list(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    return HttpResponse("")


def session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one session."""
    return HttpResponse("")
