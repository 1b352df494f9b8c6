"""What people note about days, for everybody who looks at a chart of them."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.querysets import AuditedQuerySet

MAX_ANNOTATION_LENGTH = 200


class AnnotationQuerySet(AuditedQuerySet["Annotation"]):
    """Annotations by their days."""

    def of_days(self, start: date | None, end: date | None) -> Self:
        """Those that lie within these days, inclusive, or reach into them; None: without limit."""
        rows = self
        if start is not None:
            rows = rows.filter(end__gte=start)
        if end is not None:
            rows = rows.filter(start__lte=end)
        return rows


class Annotation(models.Model):
    """A note on some days: a new policy, a deployment, an outage. It is about no person.

    ``queue`` is empty where it concerns all of them.
    """

    start = models.DateField("first day")
    end = models.DateField("last day")
    text = models.CharField(max_length=MAX_ANNOTATION_LENGTH, db_collation="C")
    queue = models.TextField(blank=True, default="", db_collation="C")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ("-start", "-pk")
        constraints = (
            models.CheckConstraint(
                name="annotation_ends_after_start", condition=Q(end__gte=F("start"))
            ),
            models.CheckConstraint(
                name="annotation_text_not_empty", condition=Q(text__length__gt=0)
            ),
            models.UniqueConstraint(
                name="annotation_once",
                fields=("start", "end", "queue", "text"),
                violation_error_message="This stands there already.",
            ),
        )

    def __str__(self) -> str:
        return self.text
