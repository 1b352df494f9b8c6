"""The logins of an account: Django finds them by their secret keys alone, so all are read."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.models import User


def logins_of(account: User) -> list[Session]:
    """The sessions in which the account is logged in, or was until they ran out."""
    return [
        login
        for login in Session.objects.order_by("expire_date").iterator()
        if login.get_decoded().get(SESSION_KEY) == str(account.pk)
    ]
