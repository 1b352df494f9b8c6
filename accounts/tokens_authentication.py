"""How the REST framework knows a token, and how often it may be used."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.tokens import ApiToken
from audit.logins import token_refused

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from accounts.models import User

KEYWORD = "Token"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token mp_...``; a header of another scheme is somebody else's business."""

    def authenticate(self, request: Request) -> "tuple[User, ApiToken] | None":
        """The token's user and the token; raises 401 with the reason."""
        words = request.META.get("HTTP_AUTHORIZATION", "").split()
        if not words or words[0].lower() != KEYWORD.lower():
            return None
        if len(words) != 2:
            raise refused("Expected 'Authorization: Token', then one token.")
        token = ApiToken.objects.find(words[1])
        if token is None:
            raise refused("There is no such token.")
        if reason := token.invalid_reason(timezone.now()):
            raise refused(f"{capfirst(reason)}.", token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 tells the client to send."""
        return f'{KEYWORD} realm="Moderation portal"'


def refused(reason: str, token: ApiToken | None = None) -> AuthenticationFailed:
    """The 401 for a token that opens nothing, of which the audit hears."""
    if token is None:
        token_refused(reason)
    else:
        token_refused(reason, owner=token.user, token=token.pk)
    return AuthenticationFailed(reason)


class TokenThrottle(BaseThrottle):
    """So many requests a minute for each token; logins are people and are not counted."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request; tell whether the token may still be used in this minute."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        now = timezone.now()
        if token.count_request(now) <= settings.API_REQUESTS_PER_MINUTE:
            return True
        self.seconds = 60 - now.second - now.microsecond / 1e6
        return False

    def wait(self) -> float | None:
        """The seconds until the next minute begins, after a refusal."""
        return self.seconds
