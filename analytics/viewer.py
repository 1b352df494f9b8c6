"""Who is asking: the login of a request as the viewer of a scope."""

from django.http import HttpRequest

from accounts.models import User


def viewer_of(request: HttpRequest) -> User:
    """The request's user; the login middleware lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
