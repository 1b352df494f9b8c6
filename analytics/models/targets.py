"""What figures should reach, from which day on, and which differences matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.querysets import AuditedQuerySet


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "higher is better"
    LOWER = "lower", "lower is better"
    NEAR = "near", "near it is better"


@dataclass(frozen=True)
class TargetFigure:
    """A figure that can have a target.

    ``margin``: differences smaller than this do not matter, unless a target says otherwise;
    ``value``: the target of an empty portal, if it has one.
    """

    label: str
    unit: str
    direction: Direction
    margin: float
    value: float | None = None


#: By the figure's name, which findings ask for.
TARGET_FIGURES = {
    "average_ctr": TargetFigure("Click-through rate", "0-1", Direction.HIGHER, 0.03, 0.6),
    "average_length_minutes": TargetFigure("Session length", "min", Direction.HIGHER, 5.0, 60.0),
    "average_messages": TargetFigure("Number of messages", "a session", Direction.HIGHER, 2.0, 20),
    "average_rating": TargetFigure("Feedback rating", "of 6", Direction.HIGHER, 0.2, 4.0),
    "average_response_minutes": TargetFigure("Response time", "min", Direction.LOWER, 1.0, 10.0),
    "average_satisfaction": TargetFigure("Satisfaction", "", Direction.HIGHER, 0.2, 4.0),
    "completion_rate": TargetFigure("Completion", "0-1", Direction.HIGHER, 0.05),
    "handle_seconds": TargetFigure("Handle time", "s", Direction.LOWER, 5.0),
    "idle_share": TargetFigure("Idle share", "0-1", Direction.LOWER, 0.02),
    "reject_rate": TargetFigure("Reject rate", "0-1", Direction.NEAR, 0.05),
}


class TargetQuerySet(AuditedQuerySet["Target"]):
    """The targets, of which a figure has one at a time."""

    def in_force(
        self, day: date | None = None, figures: Iterable[str] | None = None
    ) -> dict[str, "Target"]:
        """The target of each figure on a day (None: today), by the figure's name."""
        day = day or timezone.localdate()
        targets = self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        if figures is not None:
            targets = targets.filter(figure__in=list(figures))
        # Later ones replace earlier ones.
        ordered = targets.order_by(F("valid_from").asc(nulls_first=True))
        return {target.figure: target for target in ordered}

    def value_in_force(self, figure: str, day: date | None = None) -> float | None:
        """The value of a figure's target on a day (None: today); None without one."""
        target = self.in_force(day, [figure]).get(figure)
        return None if target is None else target.value


class Target(models.Model):
    """What a figure should reach from a day on; edited by admins, read by every page anew."""

    Direction = Direction

    figure = models.TextField(db_collation="C", help_text="The figure's name, e.g. average_rating.")
    label = models.TextField()
    unit = models.TextField(blank=True, default="")
    value = models.FloatField()
    direction = models.TextField(choices=Direction, db_collation="C")
    margin = models.FloatField(
        default=0,
        validators=[MinValueValidator(0)],
        help_text="Differences smaller than this do not matter: 0 when every difference does.",
    )
    valid_from = models.DateField(
        null=True,
        blank=True,
        help_text="The first day it holds for, until a later target; empty: since ever.",
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ("figure", "valid_from")
        constraints = (
            models.CheckConstraint(
                name="target_direction_known",
                condition=Q(direction__in=("higher", "lower", "near")),
            ),
            models.CheckConstraint(
                name="target_figure_not_empty", condition=Q(figure__length__gt=0)
            ),
            models.CheckConstraint(name="target_margin_not_negative", condition=Q(margin__gte=0)),
            models.UniqueConstraint(
                name="target_once_a_day",
                fields=("figure", "valid_from"),
                nulls_distinct=False,
                violation_error_message="This figure has a target from that day on already.",
            ),
        )

    def __str__(self) -> str:
        return self.label

    def is_missed_by(self, value: Any) -> Any:
        """Whether a value, or each of an array, is on the worse side; near is better: on either."""
        if self.direction == Direction.HIGHER:
            return value < self.value
        if self.direction == Direction.LOWER:
            return value > self.value
        return value != self.value


def default_targets() -> list[Target]:
    """The targets of an empty portal."""
    return [
        Target(
            figure=name,
            label=figure.label,
            unit=figure.unit,
            value=figure.value,
            direction=figure.direction,
            margin=figure.margin,
        )
        for name, figure in TARGET_FIGURES.items()
        if figure.value is not None
    ]
