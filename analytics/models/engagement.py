"""Chat sessions, recommendations and moderators' performance.

Rows come from the three CSV kinds of the contract; each table's natural key is what its kind
is identified by, so that importing again updates.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact

from analytics.models.people import Moderator
from audit.querysets import AuditedQuerySet


class ChatSession(models.Model):
    """One chat session of a user with the assistant (kind ``user-activity``)."""

    session_id = models.TextField("session id", unique=True, db_collation="C")
    user_id = models.TextField("user id", db_collation="C")
    date = models.DateField()
    length_minutes = models.FloatField("length, minutes", validators=[MinValueValidator(0)])
    messages_sent = models.IntegerField(validators=[MinValueValidator(0)])
    feedback_rating = models.SmallIntegerField(
        "feedback rating, 1-6",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(6)],
    )
    resources_clicked = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(0)]
    )

    objects = AuditedQuerySet["ChatSession"].as_manager()

    class Meta:
        ordering = ("-date", "session_id")
        constraints = (
            models.CheckConstraint(
                name="chat_session_id_not_empty", condition=Q(session_id__length__gt=0)
            ),
            models.CheckConstraint(
                name="chat_user_id_not_empty", condition=Q(user_id__length__gt=0)
            ),
            models.CheckConstraint(
                name="chat_length_not_negative", condition=Q(length_minutes__gte=0)
            ),
            models.CheckConstraint(
                name="chat_messages_not_negative", condition=Q(messages_sent__gte=0)
            ),
            models.CheckConstraint(
                name="chat_rating_1_to_6",
                condition=Q(feedback_rating__isnull=True) | Q(feedback_rating__range=(1, 6)),
            ),
            models.CheckConstraint(
                name="chat_resources_not_negative",
                condition=Q(resources_clicked__isnull=True) | Q(resources_clicked__gte=0),
            ),
        )
        indexes = (
            # Every engagement metric: the rows of some dates.
            models.Index(name="chat_date", fields=("date",)),
            # Joining activity with recommendations by user, for the segments of the insights.
            models.Index(name="chat_user", fields=("user_id",)),
        )

    def __str__(self) -> str:
        return self.session_id


class Recommendation(models.Model):
    """One recommendation made to a user, with its click-through rate."""

    recommendation_id = models.TextField("recommendation id", unique=True, db_collation="C")
    user_id = models.TextField("user id", blank=True, default="", db_collation="C")
    date = models.DateField()
    recommendation_type = models.TextField("type", db_collation="C")
    click_through_rate = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1)])
    feedback_score = models.FloatField(null=True, blank=True)

    objects = AuditedQuerySet["Recommendation"].as_manager()

    class Meta:
        ordering = ("-date", "recommendation_id")
        constraints = (
            models.CheckConstraint(
                name="recommendation_id_not_empty",
                condition=Q(recommendation_id__length__gt=0),
            ),
            models.CheckConstraint(
                name="recommendation_type_folded",
                condition=Q(
                    Exact(
                        F("recommendation_type"),
                        Func(F("recommendation_type"), function="LOWER"),
                    ),
                    recommendation_type__length__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="recommendation_rate_0_to_1",
                condition=Q(click_through_rate__range=(0, 1)),
            ),
            models.CheckConstraint(
                name="recommendation_feedback_not_negative",
                condition=Q(feedback_score__isnull=True) | Q(feedback_score__gte=0),
            ),
        )
        indexes = (
            # Every recommendations metric: the rows of some dates.
            models.Index(name="recommendation_date", fields=("date",)),
            # Joining with the user's activity.
            models.Index(name="recommendation_user", fields=("user_id",)),
        )

    def __str__(self) -> str:
        return self.recommendation_id


class ModeratorPerformance(models.Model):
    """One moderator's response time and users' satisfaction on a day."""

    moderator = models.ForeignKey(
        Moderator, on_delete=models.PROTECT, related_name="performance", db_index=False
    )
    date = models.DateField()
    sessions_moderated = models.IntegerField(validators=[MinValueValidator(0)])
    average_response_time = models.FloatField(
        "average response time, minutes", validators=[MinValueValidator(0)]
    )
    satisfaction_score = models.FloatField(null=True, blank=True)

    objects = AuditedQuerySet["ModeratorPerformance"].as_manager()

    class Meta:
        verbose_name = "performance row"
        ordering = ("-date", "moderator")
        constraints = (
            models.UniqueConstraint(
                name="performance_moderator_date_once", fields=("moderator", "date")
            ),
            models.CheckConstraint(
                name="performance_sessions_not_negative", condition=Q(sessions_moderated__gte=0)
            ),
            models.CheckConstraint(
                name="performance_response_not_negative",
                condition=Q(average_response_time__gte=0),
            ),
            models.CheckConstraint(
                name="performance_satisfaction_not_negative",
                condition=Q(satisfaction_score__isnull=True) | Q(satisfaction_score__gte=0),
            ),
        )
        indexes = (
            # Every metric of the group: the rows of some dates.
            models.Index(name="performance_date", fields=("date",)),
        )

    def __str__(self) -> str:
        return f"{self.moderator} on {self.date:%Y-%m-%d}"
