"""Notes on moderators: what was talked about and agreed, and what they answer."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from analytics.models.people import Moderator
from audit.querysets import AuditedQuerySet

MAX_NOTE_LENGTH = 2000
MAX_STEP_LENGTH = 300


class NoteQuerySet(AuditedQuerySet["Note"]):
    """Notes by what they answer."""

    def answering(self, moderators: Iterable[str]) -> Self:
        """Of each of these moderators and each measure the newest note that is not settled."""
        rows = self.filter(moderator__username__in=list(moderators), settled_at=None)
        newest = rows.exclude(measure="").order_by("moderator_id", "measure", "-created_at", "-pk")
        return newest.distinct("moderator_id", "measure")


class Note(models.Model):
    """Something that a lead wrote about a moderator, who reads it and may answer.

    ``measure`` is the column of a metric: the note answers the finding that names the moderator for
    it, until the note is settled. ``step`` with its date is what both agreed on. A note is never
    changed or deleted; it is settled, once.
    """

    moderator = models.ForeignKey(
        Moderator, on_delete=models.CASCADE, db_index=False, related_name="notes"
    )
    text = models.CharField(max_length=MAX_NOTE_LENGTH)
    measure = models.CharField(max_length=30, blank=True, default="", db_collation="C")
    step = models.CharField("agreed step", max_length=MAX_STEP_LENGTH, blank=True, default="")
    until = models.DateField("agreed until", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(name="note_text_not_empty", condition=Q(text__length__gt=0)),
            models.CheckConstraint(
                name="note_step_has_a_date",
                condition=Q(step="", until__isnull=True) | (~Q(step="") & Q(until__isnull=False)),
            ),
        )
        indexes = (
            # The notes on a person, newest first.
            models.Index(name="note_of_person", fields=("moderator", "-created_at", "-id")),
            # The list of all, newest first.
            models.Index(name="note_newest", fields=("created_at", "id")),
        )

    def __str__(self) -> str:
        return f"{self.moderator}, {self.created_at:%Y-%m-%d}"


class NoteReply(models.Model):
    """An answer to a note: by the person it is about, or by those who write notes."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="replies")
    text = models.CharField(max_length=MAX_NOTE_LENGTH)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = AuditedQuerySet["NoteReply"].as_manager()

    class Meta:
        verbose_name = "answer to a note"
        verbose_name_plural = "answers to notes"
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(name="notereply_not_empty", condition=Q(text__length__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.note}, {self.created_at:%Y-%m-%d}"
