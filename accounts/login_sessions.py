"""Where people are logged in: Django's sessions, with the account, the address and the browser.

``SESSION_ENGINE`` names this module. What pages say of a session stands in columns beside its data,
written with it and never by itself: ``accounts.session_limits`` puts it into the session at most
once a minute. Deleting the row ends the session with the next request.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import OperationalError, models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from ua_parser import parse_os, parse_user_agent

if TYPE_CHECKING:
    from accounts.models import User

# Keys of a session's data, which are JSON: seconds since 1970, texts.
BEGUN, LAST_USE, ADDRESS, BROWSER = "begun", "last_use", "address", "browser"
#: Where django-allauth keeps what somebody logged in with: ``[{"method": "mfa", "type": "totp"}]``.
METHODS = "account_authentication_methods"
METHOD_WORDS = {
    "password": "password",
    "totp": "code",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
    "socialaccount": "company account",
}
MAX_BROWSER_LENGTH = 300
#: Somebody with more, a program that logs in again and again, sees the newest.
MAX_LISTED = 50
# What ua-parser says, and people do not.
WORDS = {"Mobile Safari": "Safari", "Chrome Mobile": "Chrome", "Mac OS X": "macOS"}


class LoginSession(AbstractBaseSession):
    """A session; nobody's before the login. ``address`` and ``browser`` are of the last use."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="login_sessions",
    )
    begun_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=MAX_BROWSER_LENGTH, blank=True)

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        """What reads the data."""
        return SessionStore

    @property
    def handle(self) -> str:
        """What names the session on pages: its key is a secret."""
        return salted_hmac("accounts.login_sessions", self.session_key).hexdigest()[:20]

    @property
    def device(self) -> str:
        """The browser in words: ``Firefox on Windows``."""
        return device_words(self.browser)

    @property
    def methods(self) -> str:
        """What somebody logged in with: ``password and code``; empty where it is not known."""
        used = self.get_decoded().get(METHODS, [])
        words = (METHOD_WORDS.get(each.get("type") or each["method"], "") for each in used)
        return " and ".join(dict.fromkeys(filter(None, words)))

    def is_open(self, user: "User", now: datetime) -> bool:
        """Whether a request with its key would be ``user``'s.

        It is not too old, and of the password and the role that they have now.
        """
        data = self.get_decoded()
        return not ran_out(data, now.timestamp()) and constant_time_compare(
            data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        )


class SessionStore(DatabaseSessionStore):
    """Keeps sessions in ``LoginSession``."""

    @classmethod
    def get_model_class(cls) -> type[LoginSession]:
        """The table."""
        return LoginSession

    def save(self, must_create: bool = False) -> None:
        """Write the data; Django takes a database that is away for a session that is gone."""
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise

    def _get_session_from_db(self) -> LoginSession | None:
        """The row of the key, while it lasts."""
        # Asked at every request: the ORM takes longer to write this than PostgreSQL to answer.
        found = LoginSession.objects.raw(
            f'SELECT * FROM "{LoginSession._meta.db_table}"'  # noqa: S608  # no input
            " WHERE session_key = %s AND expire_date > %s",
            [self.session_key, timezone.now()],
        )
        row = next(iter(found), None)
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        """The row for the data of a session."""
        row: LoginSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.begun_at, row.last_used_at = (moment_in(data, name) for name in (BEGUN, LAST_USE))
        row.address = data.get(ADDRESS)
        row.browser = data.get(BROWSER, "")
        return row


def moment_in(data: Mapping[str, Any], name: str) -> datetime | None:
    """A moment of a session's data."""
    return datetime.fromtimestamp(data[name], UTC) if name in data else None


def ran_out(data: Mapping[str, Any] | SessionBase, now: float) -> bool:
    """Whether a session was not used for too long, or began too long ago."""
    idle, age = (now - data.get(name, now) for name in (LAST_USE, BEGUN))
    return bool(idle > settings.SESSION_IDLE_SECONDS or age > settings.SESSION_COOKIE_AGE)


def open_sessions(user: "User") -> list[LoginSession]:
    """The sessions in which ``user`` is logged in, the last used first."""
    now = timezone.now()
    rows = LoginSession.objects.filter(user=user, expire_date__gt=now)
    newest = rows.order_by(models.F("last_used_at").desc(nulls_last=True))[:MAX_LISTED]
    return [row for row in newest if row.is_open(user, now)]


def end_sessions(user: "User", *, keep: str | None = None) -> int:
    """End the sessions of ``user`` but the one with the key ``keep``; returns how many."""
    ended, _ = LoginSession.objects.filter(user=user).exclude(session_key=keep).delete()
    return ended


def end_session(user: "User", handle: str) -> LoginSession | None:
    """End one session of ``user``; None: there is none of that handle."""
    for session in LoginSession.objects.filter(user=user):
        if constant_time_compare(session.handle, handle):
            session.delete()
            return session
    return None


@lru_cache(maxsize=500)
def device_words(user_agent: str) -> str:
    """A User-Agent header in words, as far as it is known."""
    browser, system = parse_user_agent(user_agent), parse_os(user_agent)
    names = [WORDS.get(each.family, each.family) for each in (browser, system) if each is not None]
    return " on ".join(names) or "Unknown device"
