"""Who may read, who may send data in.

Whose rows somebody sees is decided by ``analytics.scope``.
"""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import ApiToken, TokenScope
from analytics.access import may_annotate, may_check

if TYPE_CHECKING:
    # Imports this module while it is itself imported.
    from rest_framework.views import APIView


def opens(token: ApiToken, scope: TokenScope) -> bool:
    """Whether a token is of this scope and its account may do so at this moment."""
    return token.scope == scope and not token.forbidden_reason()


class CanRead(BasePermission):
    """A login, or a token of scope ``read``."""

    message = "This token may send data in and do nothing else."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller may read."""
        if not isinstance(request.user, User):
            return False
        return not isinstance(request.auth, ApiToken) or opens(request.auth, TokenScope.READ)


class CanIngest(BasePermission):
    """An admin's login, or an admin's or a program's token of scope ``ingest``."""

    message = "Data are sent in by an admin's login or a token of scope ingest."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller may send data in."""
        if not isinstance(request.user, User):
            return False
        if isinstance(request.auth, ApiToken):
            return opens(request.auth, TokenScope.INGEST)
        return self.is_open_to(request.user)

    def is_open_to(self, user: User) -> bool:
        """Whether somebody who has logged in may."""
        return user.is_portal_admin


class CanAnnotate(CanIngest):
    """The same for annotations, which leads write too; tokens add, and change nothing."""

    message = (
        "Annotations are written by leads and admins, and sent in with a token of scope ingest."
    )

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller may write, or with DELETE delete."""
        if request.method != "POST" and isinstance(request.auth, ApiToken):
            return False
        return super().has_permission(request, view)

    def is_open_to(self, user: User) -> bool:
        """Leads and admins."""
        return may_annotate(user)


class CanCheck(CanIngest):
    """The same for checks of decisions, which leads make too."""

    message = "Checks are made by leads and admins, and sent in with a token of scope ingest."

    def is_open_to(self, user: User) -> bool:
        """Leads and admins."""
        return may_check(user)


class CanReadOrIngest(BasePermission):
    """Each method by its own rule."""

    writers: type[CanIngest] = CanIngest

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller may use the request's method."""
        rule: CanRead | CanIngest = CanRead() if request.method in SAFE_METHODS else self.writers()
        self.message = rule.message
        return rule.has_permission(request, view)


class CanReadOrAnnotate(CanReadOrIngest):
    """Annotations: read like everything else, written by more people."""

    writers = CanAnnotate


class CanReadOrCheck(CanReadOrIngest):
    """Checks: read like everything else, made by more people."""

    writers = CanCheck
