"""What pages know of the ways to log in."""

from django.conf import settings
from django.http import HttpRequest

from accounts.single_sign_on.provider import is_configured


def ways_to_sign_in(request: HttpRequest) -> dict[str, bool]:
    """Whether there are passwords here, and a provider of single sign-on."""
    return {"local_passwords": settings.LOCAL_PASSWORDS, "single_sign_on": is_configured()}
