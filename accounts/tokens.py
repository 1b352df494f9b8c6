"""Tokens by which programs use the REST API in the name of an account.

A token is 32 random bytes. The database keeps its SHA-256 only: nothing has to be slow about
the hash, because there is nothing to guess, and a stolen table opens nothing. The first letters
are kept readable, so that people can tell which token is which.
"""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst

from audit.querysets import AuditedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

# Tells people and programs that search for leaked secrets what they have found.
PREFIX_START = "mp_"
PREFIX_LENGTH = len(PREFIX_START) + 6


class TokenScope(models.TextChoices):
    """What a token may do."""

    READ = "read", "Read: everything its user may read"
    INGEST = "ingest", "Ingest: send data in, nothing else"


class ApiTokenQuerySet(AuditedQuerySet["ApiToken"]):
    """The questions asked about tokens."""

    def working(self, now: datetime) -> "ApiTokenQuerySet":
        """The tokens that open something at ``now``."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            revoked_at__isnull=True,
            user__is_active=True,
            access_version=F("user__access_version"),
        )

    def find(self, text: str) -> "ApiToken | None":
        """The token written as ``text``, working or not, with its user."""
        return self.select_related("user__moderator").filter(digest=digest_of(text)).first()

    def create_token(
        self,
        user: "User",
        name: str,
        *,
        scope: str = TokenScope.READ,
        expires_at: datetime | None = None,
    ) -> tuple["ApiToken", str]:
        """Create a token; return it and the text to hand out, which can't be had again."""
        token = self.model(user=user, name=name, scope=scope, expires_at=expires_at)
        text = token.set_secret()
        token.save(using=self.db)
        return token, text


def digest_of(text: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


class ApiToken(models.Model):
    """A token of an account: what it may do, how long, and when it was last used."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(
        max_length=100, help_text="What it is for: the program or machine that uses it."
    )
    scope = models.CharField(max_length=10, choices=TokenScope.choices, default=TokenScope.READ)
    prefix = models.CharField("begins with", max_length=PREFIX_LENGTH, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("created", auto_now_add=True)
    expires_at = models.DateTimeField(
        "expires", null=True, blank=True, help_text="Empty: it works until it is revoked."
    )
    revoked_at = models.DateTimeField("revoked", null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)
    # The account's when the token was made: a change of its role or a deactivation ends the token.
    access_version = models.PositiveIntegerField(default=0, editable=False)
    # Requests since the beginning of the minute of ``last_used_at``: counted here, so that all
    # workers on all machines count together.
    recent_requests = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="apitoken_scope_known", condition=Q(scope__in=TokenScope.values)
            ),
            models.CheckConstraint(
                name="apitoken_digest_is_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new token belongs to what its account may do at this moment."""
        if self._state.adding:
            # As it is now: the instance at hand may be older.
            self.user.refresh_from_db(fields=["access_version"])
            self.access_version = self.user.access_version
        # With what the audit says of it, or not at all.
        with transaction.atomic():
            super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a token that would open nothing; raises ``ValidationError``."""
        if self.user_id is not None and (reason := self.forbidden_reason()):
            raise ValidationError({"scope": f"{capfirst(reason)}."})

    def set_secret(self) -> str:
        """Give the token a new secret and return it; the caller saves."""
        text = PREFIX_START + secrets.token_urlsafe(32)
        self.prefix = text[:PREFIX_LENGTH]
        self.digest = digest_of(text)
        return text

    def invalid_reason(self, now: datetime) -> str:
        """Why the token opens nothing at ``now``; "" when it does.

        What it opens is the permissions' to decide, by ``forbidden_reason``.
        """
        if self.revoked_at is not None:
            return "the token was revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "the token has expired"
        if not self.user.is_active:
            return "the token's account is not active"
        if self.access_version != self.user.access_version:
            return "the token ended when its account's role or state changed"
        return ""

    def forbidden_reason(self) -> str:
        """Why the account's role forbids a token of this scope; "" when it does not.

        A token can do no more than its owner at this moment.
        """
        if self.scope == TokenScope.INGEST:
            allowed = self.user.is_portal_admin or self.user.is_program
            return "" if allowed else "the token's account is no admin and no program"
        return "a program's token cannot read" if self.user.is_program else ""

    def count_request(self, now: datetime) -> int:
        """Note a request at ``now``; return how many there were in that minute, with this one.

        One UPDATE that adds and answers in the database, for which the ORM has no words: requests
        at the same time get different numbers.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_apitoken SET last_used_at = GREATEST(last_used_at, %s),"
                " recent_requests = CASE WHEN last_used_at >= %s"
                " THEN recent_requests + 1 ELSE 1 END"
                " WHERE id = %s RETURNING recent_requests",
                [now, now.replace(second=0, microsecond=0), self.pk],
            )
            row = cursor.fetchone()
        return int(row[0]) if row else 1

    def revoke(self, now: datetime | None = None) -> None:
        """Make the token useless, for good."""
        if self.revoked_at is None:
            self.revoked_at = now or timezone.now()
            self.save(update_fields=["revoked_at"])
