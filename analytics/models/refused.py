"""Ids whose data were deleted for good: what comes under them again is refused."""

import hashlib

from django.db import models


class RefusedKind(models.TextChoices):
    """Which ids; those of rows have the names of their kinds (``imports.rows.fields``)."""

    SESSION = "session", "review sessions"
    USER_ACTIVITY = "user-activity", "chat sessions"
    RECOMMENDATIONS = "recommendations", "recommendations"


class RefusedReason(models.TextChoices):
    """Why; the labels are what imports and the API say."""

    RETENTION = "retention", "was deleted when its time of keeping was over, and stays so"
    ERASURE = "erasure", "belongs to somebody whose data were erased, and is refused"


class RefusedId(models.Model):
    """An id that never comes in again, as a digest: the table tells of no id that nobody knows."""

    kind = models.TextField(choices=RefusedKind, db_collation="C")
    digest = models.BinaryField(help_text="SHA-256 of the id.")
    reason = models.TextField(choices=RefusedReason, db_collation="C")

    class Meta:
        constraints = (
            # Also the index by which every batch of an import is looked up.
            models.UniqueConstraint(name="refusedid_once", fields=("kind", "digest")),
            models.CheckConstraint(
                name="refusedid_kind_known",
                condition=models.Q(kind__in=RefusedKind.values),
            ),
            models.CheckConstraint(
                name="refusedid_reason_known",
                condition=models.Q(reason__in=RefusedReason.values),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


def digest_of_id(public_id: str) -> bytes:
    """What the table keeps of an id."""
    return hashlib.sha256(public_id.encode()).digest()
