"""Forms about accounts."""

from collections.abc import Iterable

from django.contrib.auth.forms import PasswordResetForm

from moderation_portal.accounts.models import User


class PortalPasswordResetForm(PasswordResetForm):
    """Django's form, for people too who never set the password they were invited to set."""

    def get_users(self, email: str) -> Iterable[User]:
        """Return the active users with this mail address, whatever its case."""
        return User.objects.filter(email__iexact=email, is_active=True)
