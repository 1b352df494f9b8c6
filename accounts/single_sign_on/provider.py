"""The provider: where people are sent, and what it then says of them, verified.

Authlib does the protocol: state, nonce and PKCE on the way out; on the way back the code's
exchange and the signature, issuer, audience, expiry and nonce of the ID token. Nothing is read
from an answer that is not signed.

Authlib is imported where it is used: it takes 3 MiB of every process, most of which never need it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

if TYPE_CHECKING:
    from authlib.integrations.django_client import DjangoOAuth2App

logger = logging.getLogger("portal.login")

# To connect, and between two pieces of an answer.
TIMEOUT_SECONDS = (3, 5)
# How long what the provider says of itself is believed, and its keys, unless one is new.
METADATA_SECONDS = 3600
# How long somebody may take at the provider, and how many attempts one browser may have open.
STATE_SECONDS = 900
MAX_STATES = 5
# Signatures with a key of the provider's own; what it says it uses is believed among these only.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
MAX_SUBJECT = 255

#: What is between us and the provider, and the reasons that people read.
USED = "This sign-in was used already, began in another browser, or took too long. Begin again."
UNREACHABLE = "The provider of your company account cannot be reached. Try again in a minute."
UNTRUSTED = "What the provider sent cannot be trusted"

_clients: TTLCache[tuple[str, ...], DjangoOAuth2App] = TTLCache(maxsize=4, ttl=METADATA_SECONDS)
_lock = Lock()


@dataclass(frozen=True)
class Identity:
    """Who somebody is to the provider, and what it says of them."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """What a way to the provider is for: ``login``, ``link`` or ``confirm``; and where to then."""

    purpose: str
    next: str = ""


class Refused(Exception):
    """No sign-in, for a reason that people read; ``detail`` is for the log."""

    def __init__(self, reason: str, *, status: int = 400, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.detail = detail


def is_configured() -> bool:
    """Whether there is a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET)


def way_to_provider(request: HttpRequest, goal: Goal, *, ask_again: bool = False) -> str:
    """The provider's address for this browser; it remembers what for.

    Raises:
        Refused: the provider is out of reach, or is not who it should be.
    """
    from authlib.common.errors import AuthlibBaseError

    app = client()
    parameters = {"prompt": "login"} if ask_again else {}
    forget_states(request, app)
    try:
        data = app.create_authorization_url(callback_address(request), **parameters)
    except (AuthlibBaseError, RequestException, RuntimeError, ValueError) as error:
        raise Refused(UNREACHABLE, status=502, detail=repr(error)) from error
    app.save_authorize_data(
        request,
        redirect_uri=callback_address(request),
        purpose=goal.purpose,
        next=goal.next,
        began_at=int(time.time()),
        **data,
    )
    return str(data["url"])


def come_back(request: HttpRequest) -> tuple[Identity, Goal]:
    """Who came back from the provider, and what for. The state is used up by that.

    Raises:
        Refused: it cannot be believed, or the provider has refused.
    """
    app = client()
    data = app.framework.get_state_data(request.session, request.GET.get("state", ""))
    if not data or time.time() - data["began_at"] > STATE_SECONDS:
        raise Refused(USED)
    # Of another provider than the one that was asked (RFC 9207).
    if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise Refused(f"{UNTRUSTED}: it is of another issuer.")
    goal = Goal(data["purpose"], data["next"])
    return identity_of(signed_claims(request, app)), goal


def signed_claims(request: HttpRequest, app: DjangoOAuth2App) -> Mapping[str, Any]:
    """The claims of the ID token that the code in the address is good for."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    if "error" in request.GET:
        app.framework.clear_state_data(request.session, request.GET["state"])
        refusal = request.GET["error"][:100]
        raise Refused("Your company account refused the sign-in.", status=403, detail=refusal)
    try:
        token = app.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "values": [settings.OIDC_ISSUER]},
                "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
            },
        )
    except RequestException as error:
        raise Refused(UNREACHABLE, status=502, detail=repr(error)) from error
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, TypeError, KeyError) as error:
        name = getattr(error, "claim_name", None) or getattr(error, "error", type(error).__name__)
        raise Refused(f"{UNTRUSTED} ({name}).", detail=repr(error)) from error
    if "userinfo" not in token:
        raise Refused(f"{UNTRUSTED}: there is no ID token.")
    claims: Mapping[str, Any] = token["userinfo"]
    return claims


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """Who the claims are about."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or "\0" in subject:
        raise Refused(f"{UNTRUSTED}: it does not say who you are.")
    return Identity(settings.OIDC_ISSUER, subject, claims)


def client() -> DjangoOAuth2App:
    """Authlib's client with what the provider says of itself, asked once an hour.

    Raises:
        Refused: the provider is out of reach, or calls itself something else.
    """
    key = (settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    with _lock:
        app = _clients.get(key)
    if app is None:
        app = discovered_client(*key)
        with _lock:
            _clients[key] = app
    return app


def discovered_client(issuer: str, client_id: str, client_secret: str) -> DjangoOAuth2App:
    """A new client, of a provider that is who it should be."""
    from authlib.integrations.django_client import OAuth

    app = OAuth().register(
        "provider",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.OIDC_SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    try:
        metadata = app.load_server_metadata()
    except (RequestException, ValueError) as error:
        raise Refused(UNREACHABLE, status=502, detail=repr(error)) from error
    if metadata.get("issuer") != issuer:
        detail = f"OIDC_ISSUER is {issuer!r}, the provider says {metadata.get('issuer')!r}"
        raise Refused(f"{UNTRUSTED}: it is of another issuer.", status=502, detail=detail)
    said = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [
        algorithm for algorithm in ALGORITHMS if algorithm in said
    ]
    methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" not in methods and "client_secret_post" in methods:
        app.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105  # a name
    return app


def forget_states(request: HttpRequest, app: DjangoOAuth2App) -> None:
    """Let the oldest of too many open attempts of this browser go."""
    prefix = f"_state_{app.name}_"
    states = [(data["exp"], key) for key, data in request.session.items() if key.startswith(prefix)]
    for _expires_at, key in sorted(states)[: max(0, len(states) - MAX_STATES + 1)]:
        del request.session[key]


def callback_address(request: HttpRequest) -> str:
    """Where the provider sends people back to: it knows this address beforehand."""
    return request.build_absolute_uri(reverse("single-sign-on-callback"))
