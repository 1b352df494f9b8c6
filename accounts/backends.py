"""Who may log in with a password."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from accounts.models import Role, User


class PasswordBackend(ModelBackend):
    """Django's own, closed to accounts of programs: they have tokens and nothing else."""

    def authenticate(self, request: Any, *args: Any, **credentials: Any) -> Any:
        """The account of name and password; nobody's where there are no passwords."""
        if not settings.LOCAL_PASSWORDS:
            return None
        return super().authenticate(request, *args, **credentials)

    def get_user(self, user_id: int) -> User | None:
        """The account of a session."""
        # Asked at every request: the ORM takes longer to write this than PostgreSQL to answer.
        table = User._meta.db_table
        found = User.objects.raw(f'SELECT * FROM "{table}" WHERE id = %s', [user_id])  # noqa: S608  # no input
        user = next(iter(found), None)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is active and a person's; asked at each request of a session too."""
        return super().user_can_authenticate(user) and user.role != Role.PROGRAM
