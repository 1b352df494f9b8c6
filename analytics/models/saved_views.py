"""Addresses of the portal that people keep by a name, for themselves or for others."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.querysets import AuditedQuerySet

MAX_NAME_LENGTH = 80
MAX_ADDRESS_LENGTH = 2000


class SharedWith(models.TextChoices):
    """Whom a view is shown to beside its owner; who sees more sees those of the others too."""

    NOBODY = "", "Nobody"
    MODERATORS = "moderator", "Everybody"
    LEADS = "lead", "Leads and admins"
    ADMINS = "admin", "Admins"


class SavedView(models.Model):
    """A page with its filters under a name; it goes with its owner's account, shared or not."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, related_name="views"
    )
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    address = models.CharField(
        max_length=MAX_ADDRESS_LENGTH, help_text="The path of a page with its filters: /review/?…"
    )
    shared_with = models.CharField(
        max_length=20, choices=SharedWith, default=SharedWith.NOBODY, blank=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AuditedQuerySet["SavedView"].as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                name="savedview_name_once",
                fields=("owner", "name"),
                violation_error_message="You have a view of this name.",
            ),
            models.CheckConstraint(
                name="savedview_name_not_empty", condition=Q(name__length__gt=0)
            ),
            models.CheckConstraint(
                name="savedview_address_is_path", condition=Q(address__startswith="/")
            ),
            models.CheckConstraint(
                name="savedview_role_known", condition=Q(shared_with__in=SharedWith.values)
            ),
        )

    def __str__(self) -> str:
        return self.name


class FirstPage(models.Model):
    """The view that somebody's login opens with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="first_page",
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    objects = AuditedQuerySet["FirstPage"].as_manager()

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"
