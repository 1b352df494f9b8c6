"""The portal's user: a role, and the moderator whose work is theirs."""

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts.login_sessions import LoginSession
from accounts.tokens import ApiToken
from analytics.display import DateFormat, Display, NumberFormat
from audit.querysets import AuditedQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ApiToken",
    "CompanyAccount",
    "FailedCode",
    "LoginChange",
    "LoginSession",
    "PortalUserManager",
    "ResetRequest",
    "Role",
    "SecurityNotice",
    "User",
]


def validate_time_zone(name: str) -> None:
    """Refuse what is no name of a time zone."""
    if name not in available_timezones():
        raise ValidationError("Expected a name like Europe/Berlin.")


class Role(models.TextChoices):
    """What a user may see; docs/security.md has the table.

    A program cannot log in and sees nothing: its tokens send data in.
    """

    MODERATOR = "moderator", "Moderator"
    LEAD = "lead", "Lead"
    ADMIN = "admin", "Admin"
    PROGRAM = "program", "Program"


class PortalUserManager(UserManager["User"]):
    """Creates users whose role and Django flags agree."""

    def get_queryset(self) -> AuditedQuerySet["User"]:
        """Changes of many users are in the audit like those of one."""
        return AuditedQuerySet(self.model, using=self._db)

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra_fields: Any,
    ) -> "User":
        """Create an admin; ``manage.py createsuperuser`` ends here."""
        extra_fields["role"] = Role.ADMIN
        return super().create_superuser(username, email, password, **extra_fields)


class User(AbstractUser):
    """Somebody who may log in.

    The role decides everything. Django's own ``is_staff`` and ``is_superuser`` follow from it and
    are never set by hand; the database refuses a row in which they disagree.

    A change of the role and a deactivation end every session and token, for good: the database
    (``accounts_end_access``) counts ``access_version`` up, of which sessions and tokens remember
    the value they began with.
    """

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.MODERATOR)
    moderator = models.OneToOneField(
        "analytics.Moderator",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="account",
        help_text="The moderator whose work this user sees as their own.",
    )

    wants_dispute_mail = models.BooleanField(
        "mails about disputes",
        default=False,
        help_text="A mail when a dispute of theirs about a check is decided.",
    )
    display_name = models.CharField(
        max_length=80, blank=True, help_text="Shown beside the username, at the top of each page."
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="Of moments; days, weeks and months are those of the portal.",
    )
    number_format = models.CharField(
        "numbers", max_length=20, choices=NumberFormat, default=NumberFormat.COMMA_POINT
    )
    date_format = models.CharField(
        "dates", max_length=20, choices=DateFormat, default=DateFormat.NAMED_MONTH
    )
    access_version = models.PositiveIntegerField(default=0, editable=False)

    objects = PortalUserManager()  # type: ignore[misc]  # the stubs pin AbstractUser's manager

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_flags_follow_role",
                condition=Q(role=Role.ADMIN, is_staff=True, is_superuser=True)
                | (~Q(role=Role.ADMIN) & Q(is_staff=False, is_superuser=False)),
            ),
            models.CheckConstraint(
                name="user_number_format_known",
                condition=Q(number_format__in=NumberFormat.values),
            ),
            models.CheckConstraint(
                name="user_date_format_known", condition=Q(date_format__in=DateFormat.values)
            ),
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="user_program_is_nobody",
                condition=~Q(role=Role.PROGRAM) | Q(moderator__isnull=True),
                violation_error_message="A program is no moderator.",
            ),
        ]

    @property
    def display(self) -> Display:
        """How pages write numbers, dates and times for the user."""
        return Display(self.number_format, self.date_format, self.time_zone)

    @property
    def is_program(self) -> bool:
        """Whether a program uses the account, by its tokens only."""
        return self.role == Role.PROGRAM

    @property
    def is_portal_admin(self) -> bool:
        """Whether the user may change users, targets and data."""
        return self.role == Role.ADMIN

    @property
    def sees_everyone(self) -> bool:
        """Whether the user may see every moderator's work, by name."""
        return self.role in (Role.LEAD, Role.ADMIN)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must agree with: Django's, for its fallbacks too, and the version."""
        return salted_hmac(
            "accounts.models.User.session",
            f"{self.password}:{self.access_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def save(self, *args: Any, update_fields: "Iterable[str] | None" = None, **kwargs: Any) -> None:
        """Save, with Django's flags brought in line with the role."""
        self.is_staff = self.is_superuser = self.is_portal_admin
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff", "is_superuser"}
        # With what the audit says of it, or not at all.
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
        if update_fields is None or {"role", "is_active"} & set(update_fields):
            # The database may have counted up.
            self.refresh_from_db(fields=["access_version"])


class ResetRequest(models.Model):
    """Somebody asked for a link that sets a new password; ``accounts.reset_mail`` sends it."""

    email = models.EmailField()
    address = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            # The two limits.
            models.Index("email", "asked_at", name="resetrequest_email"),
            models.Index("address", "asked_at", name="resetrequest_address"),
        )


class LoginChange(models.TextChoices):
    """What people are told of by mail."""

    PASSWORD = "password", "A new password was set for your account"
    APP_ADDED = "totp_added", "An authenticator app was added to your account"
    APP_REMOVED = "totp_removed", "The authenticator app was removed from your account"
    PASSKEY_ADDED = "webauthn_added", "A passkey was added to your account"
    PASSKEY_REMOVED = "webauthn_removed", "A passkey was removed from your account"
    RECOVERY_CODES = "recovery_codes_reset", "New recovery codes were made for your account"
    RESET = "reset", "An admin removed the second step of your account"
    COMPANY = "company", "A company account was linked to your account"


class SecurityNotice(models.Model):
    """A mail that is due; it goes when it is sent. ``accounts.security_notices`` sends it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="security_notices")
    change = models.CharField(max_length=30, choices=LoginChange)
    happened_at = models.DateTimeField(db_default=Now())


class FailedCode(models.Model):
    """A wrong code of a second factor, for the limit over all addresses; kept for an hour."""

    user = models.ForeignKey(User, models.CASCADE, related_name="failed_codes")
    failed_at = models.DateTimeField(db_default=Now())


class CompanyAccount(models.Model):
    """Who somebody is to the provider of single sign-on: its issuer and their subject there.

    Nothing else links them: names and mail addresses change hands.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="company_accounts")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)

    objects = AuditedQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint("issuer", "subject", name="companyaccount_once"),)

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
