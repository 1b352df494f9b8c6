"""The portal's user: a role, and the moderator whose work is theirs."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q

from accounts.tokens import ApiToken

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ApiToken", "PortalUserManager", "Role", "User"]


class Role(models.TextChoices):
    """What a user may see; docs/architecture.md has the table."""

    MODERATOR = "moderator", "Moderator"
    LEAD = "lead", "Lead"
    ADMIN = "admin", "Admin"


class PortalUserManager(UserManager["User"]):
    """Creates users whose role and Django flags agree."""

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

    objects = PortalUserManager()  # type: ignore[misc]  # the stubs pin AbstractUser's manager

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_flags_follow_role",
                condition=Q(role=Role.ADMIN, is_staff=True, is_superuser=True)
                | (~Q(role=Role.ADMIN) & Q(is_staff=False, is_superuser=False)),
            ),
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
        ]

    @property
    def is_portal_admin(self) -> bool:
        """Whether the user may change users, targets and data."""
        return self.role == Role.ADMIN

    @property
    def sees_everyone(self) -> bool:
        """Whether the user may see every moderator's work, by name."""
        return self.role in (Role.LEAD, Role.ADMIN)

    def save(self, *args: Any, update_fields: "Iterable[str] | None" = None, **kwargs: Any) -> None:
        """Save, with Django's flags brought in line with the role."""
        self.is_staff = self.is_superuser = self.is_portal_admin
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff", "is_superuser"}
        super().save(*args, update_fields=update_fields, **kwargs)
