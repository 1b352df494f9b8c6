"""Who may log in with a password."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from accounts.models import Role


class PasswordBackend(ModelBackend):
    """Django's own, closed to accounts of programs: they have tokens and nothing else."""

    def authenticate(self, request: Any, *args: Any, **credentials: Any) -> Any:
        """The account of name and password; nobody's where there are no passwords."""
        if not settings.LOCAL_PASSWORDS:
            return None
        return super().authenticate(request, *args, **credentials)

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is active and a person's; asked at each request of a session too."""
        return super().user_can_authenticate(user) and user.role != Role.PROGRAM
