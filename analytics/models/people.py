"""The people whose work is measured."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from audit.querysets import AuditedQuerySet

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)


class Moderator(models.Model):
    """A person who reviews videos, known to the review tool by a username.

    An account of the portal (``accounts.User``) may be linked to a moderator; the two are
    different things, since data comes in for people who never log in.
    """

    username = models.TextField(unique=True, db_collation="C")
    extra = models.JSONField(
        null=True,
        blank=True,
        help_text="Fields of the person's documents that the portal does not know, kept as sent.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AuditedQuerySet["Moderator"].as_manager()

    class Meta:
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                name="moderator_username_not_empty",
                condition=Q(username__length__gt=0),
            ),
        )

    def __str__(self) -> str:
        return self.username
