"""Decisions that are checked: samples drawn for it, what checkers say, and what is disputed.

Nothing here has a foreign key in the database to what it judges: sessions are imported again, and
deleted. A row keeps the decision that it is about; it is *stale* where the view no longer says so,
which the database finds out each time (``JudgedQuerySet``).
"""

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Now

from analytics.models.people import Moderator
from analytics.models.review import Decision, Session, VideoView
from audit.querysets import AuditedQuerySet

MAX_SAMPLE_NAME_LENGTH = 120
MAX_CHECK_REASON_LENGTH = 200
MAX_CHECK_NOTE_LENGTH = 2000
#: The decisions that can be checked.
DECIDED = (Decision.ACCEPTED.value, Decision.REJECTED.value)

#: The public id of a view's video; empty where it is unknown.
VIDEO_NAME = Coalesce("video__public_id", Value(""), output_field=models.TextField())

Row = TypeVar("Row", bound=models.Model)


class SampleMethod(models.TextChoices):
    """How the views of a sample are chosen."""

    RANDOM = "random", "Random"
    BY_MODERATOR = "by-moderator", "Random, from each moderator"
    BY_QUEUE = "by-queue", "Random, from each queue"
    REJECTS = "rejects", "Rejects"
    DISPUTED = "disputed", "Disputed videos"


#: Every decided view of the scope has a known chance; the others are chosen for what they are.
REPRESENTATIVE_METHODS = (
    SampleMethod.RANDOM.value,
    SampleMethod.BY_MODERATOR.value,
    SampleMethod.BY_QUEUE.value,
)


class Verdict(models.TextChoices):
    """What a checker would have decided."""

    ACCEPTED = "accepted", "Should be accepted"
    REJECTED = "rejected", "Should be rejected"
    UNSURE = "unsure", "Unsure"


class DisputeOutcome(models.TextChoices):
    """What became of a dispute. Where the check is reversed, the first decision was right.

    Withdrawn by whom it is about before anybody decided: the check counts as it says.
    """

    OPEN = "open", "Open"
    UPHELD = "upheld", "Check upheld"
    REVERSED = "reversed", "Check reversed"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: What somebody else than the checker says of a dispute, for good.
RULINGS = (DisputeOutcome.UPHELD.value, DisputeOutcome.REVERSED.value)


def views_as_judged() -> QuerySet[VideoView]:
    """The view that an outer row is about, where it still says what the row keeps of it."""
    views = VideoView.objects.alias(video_name=VIDEO_NAME)
    return views.filter(
        session__public_id=OuterRef("session_id"),
        position=OuterRef("position"),
        video_name=OuterRef("video"),
        decision=OuterRef("decision"),
    )


class JudgedQuerySet(AuditedQuerySet[Row]):
    """Rows that keep the decision of a view."""

    def with_stale(self) -> Self:
        """Each with ``is_stale``: the view is gone or decides otherwise by now."""
        return self.annotate(is_stale=~Exists(views_as_judged()))

    def current(self) -> Self:
        """Those whose view still says what they keep of it."""
        return self.filter(Exists(views_as_judged()))


class JudgedView(models.Model):
    """The decision of a view, as it was when somebody looked.

    The key of the session is its public id (``session_id``), also when it is gone.
    """

    session = models.ForeignKey(
        Session,
        to_field="public_id",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    position = models.PositiveIntegerField(help_text="Order within the session, from 0.")
    video = models.TextField(
        "video id", blank=True, db_collation="C", help_text="Empty where it is unknown."
    )
    decision = models.TextField(choices=Decision, db_collation="C")

    class Meta:
        abstract = True


class QualitySample(models.Model):
    """Views drawn for checking, with all that it takes to draw them again.

    ``start`` to ``end`` and ``moderator`` are the scope; dates left open are filled in when it is
    drawn. ``population``: how many views it was drawn from.
    """

    name = models.CharField(max_length=MAX_SAMPLE_NAME_LENGTH)
    method = models.TextField(choices=SampleMethod, db_collation="C")
    moderator = models.ForeignKey(
        Moderator, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    start = models.DateField("first day")
    end = models.DateField("last day")
    seed = models.PositiveBigIntegerField()
    wanted_size = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many views; empty where a precision is wanted."
    )
    wanted_precision = models.FloatField(
        null=True, blank=True, help_text="Half the width of the 95 % interval, 0 to 1."
    )
    expected_accuracy = models.FloatField(
        null=True, blank=True, help_text="What the precision was planned for, 0 to 1."
    )
    at_least = models.PositiveIntegerField(default=0, help_text="Views from each stratum.")
    second_checks = models.PositiveIntegerField(
        default=0, help_text="How many of the views two people check."
    )
    is_blind = models.BooleanField(
        "blind", default=True, help_text="Checkers see no decision and no person before their own."
    )
    population = models.PositiveBigIntegerField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AuditedQuerySet["QualitySample"].as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="qualitysample_name_not_empty", condition=Q(name__length__gt=0)
            ),
            models.CheckConstraint(
                name="qualitysample_method_known", condition=Q(method__in=SampleMethod.values)
            ),
            models.CheckConstraint(
                name="qualitysample_ends_after_start", condition=Q(end__gte=F("start"))
            ),
            models.CheckConstraint(
                name="qualitysample_size_or_precision",
                condition=Q(wanted_size__isnull=True) | Q(wanted_precision__isnull=True),
            ),
            models.CheckConstraint(
                name="qualitysample_precision_is_share",
                condition=Q(wanted_precision__isnull=True)
                | Q(wanted_precision__gt=0, wanted_precision__lt=1),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_representative(self) -> bool:
        """Whether its checks stand for all decided views of its scope."""
        return self.method in REPRESENTATIVE_METHODS


class SampleStratum(models.Model):
    """A part of a sample's population that was drawn from by itself; one where there are no parts.

    ``moderator`` or ``queue`` name it where the sample is drawn by these; an empty queue is the
    views of an unknown one.
    """

    sample = models.ForeignKey(QualitySample, on_delete=models.CASCADE, related_name="strata")
    moderator = models.ForeignKey(Moderator, on_delete=models.SET_NULL, null=True, related_name="+")
    queue = models.TextField(  # noqa: DJ001 - null: not drawn by queue
        null=True, db_collation="C"
    )
    population = models.PositiveBigIntegerField()
    drawn = models.PositiveIntegerField()

    objects = models.Manager["SampleStratum"]()

    class Meta:
        verbose_name_plural = "sample strata"
        ordering = ("sample", "pk")
        constraints = (
            models.CheckConstraint(
                name="samplestratum_drawn_of_population",
                condition=Q(drawn__lte=F("population")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.drawn} of {self.population}"


class SampledView(JudgedView):
    """A view of a sample. ``number`` is its place in the order of work, from 1, which is random.

    While somebody has it before them (``taken_by`` since ``taken_at``) nobody else gets it.
    """

    sample = models.ForeignKey(
        QualitySample, on_delete=models.CASCADE, db_index=False, related_name="views"
    )
    stratum = models.ForeignKey(SampleStratum, on_delete=models.CASCADE, related_name="views")
    number = models.PositiveIntegerField(help_text="The order in which they are checked, from 1.")
    checks_wanted = models.PositiveSmallIntegerField(
        default=1, help_text="By how many people it is to be checked."
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    taken_at = models.DateTimeField(null=True)

    objects = JudgedQuerySet["SampledView"].as_manager()

    class Meta:
        ordering = ("sample", "number")
        constraints = (
            # Also the order in which a sample is worked through.
            models.UniqueConstraint(name="sampledview_number_once", fields=("sample", "number")),
            models.UniqueConstraint(
                name="sampledview_once", fields=("sample", "session", "position")
            ),
            models.CheckConstraint(
                name="sampledview_is_decided", condition=Q(decision__in=DECIDED)
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id} #{self.position + 1}"


class QualityCheckQuerySet(JudgedQuerySet["QualityCheck"]):
    """Checks, by what they say of the first decision and whether they count."""

    def with_outcome(self) -> Self:
        """Each with ``is_correct``: the first decision was right; None for unsure, and while open.

        A check that was reversed says that the decision was right, whatever its verdict.
        """
        return self.annotate(
            is_correct=Case(
                When(dispute__outcome=DisputeOutcome.OPEN, then=Value(None)),
                When(dispute__outcome=DisputeOutcome.REVERSED, then=Value(value=True)),
                When(verdict=Verdict.UNSURE, then=Value(None)),
                When(verdict=F("decision"), then=Value(value=True)),
                default=Value(value=False),
                output_field=models.BooleanField(null=True),
            )
        )

    def right_or_wrong(self) -> Self:
        """Those that say whether the first decision was right, stale ones too."""
        return self.with_outcome().filter(is_correct__isnull=False)

    def counted(self) -> Self:
        """Those that count in figures: not stale, and right or wrong."""
        return self.right_or_wrong().current()


class QualityCheck(JudgedView):
    """What somebody would have decided on a view that a moderator decided.

    ``sampled``: the view of a sample that it answers; None for a check of somebody's own choice.
    """

    sampled = models.ForeignKey(
        SampledView,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="checks",
    )
    verdict = models.TextField(choices=Verdict, db_collation="C")
    reason = models.CharField(
        max_length=MAX_CHECK_REASON_LENGTH, blank=True, default="", db_collation="C"
    )
    note = models.CharField(max_length=MAX_CHECK_NOTE_LENGTH, blank=True, default="")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(db_default=Now())

    objects = QualityCheckQuerySet.as_manager()

    class Meta:
        ordering = ("-checked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                name="qualitycheck_once_in_sample",
                fields=("sampled", "checked_by"),
                condition=Q(sampled__isnull=False),
            ),
            models.UniqueConstraint(
                name="qualitycheck_once_of_view",
                fields=("session", "position", "video", "decision", "checked_by"),
                condition=Q(sampled__isnull=True),
            ),
            models.CheckConstraint(
                name="qualitycheck_is_of_decided", condition=Q(decision__in=DECIDED)
            ),
            models.CheckConstraint(
                name="qualitycheck_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
        )
        indexes = (
            # The list of checks, newest first.
            models.Index(name="qualitycheck_newest", fields=("checked_at", "id")),
        )

    def __str__(self) -> str:
        return f"{self.session_id} #{self.position + 1}: {self.verdict}"


class Dispute(models.Model):
    """A moderator's answer to a check of their own view: once, and decided once; both stay.

    ``decided_at`` of one that was withdrawn is when; nobody has decided it.
    """

    quality_check = models.OneToOneField(
        QualityCheck, on_delete=models.PROTECT, related_name="dispute"
    )
    reason = models.CharField(max_length=MAX_CHECK_NOTE_LENGTH)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    outcome = models.TextField(
        choices=DisputeOutcome, default=DisputeOutcome.OPEN, db_collation="C"
    )
    reply = models.CharField(max_length=MAX_CHECK_NOTE_LENGTH, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(
        null=True, editable=False, help_text="When the person was told, if they wanted it."
    )

    objects = AuditedQuerySet["Dispute"].as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(name="dispute_has_reason", condition=Q(reason__length__gt=0)),
            models.CheckConstraint(
                name="dispute_outcome_known", condition=Q(outcome__in=DisputeOutcome.values)
            ),
            models.CheckConstraint(
                name="dispute_decided_at_a_time",
                condition=Q(outcome=DisputeOutcome.OPEN, decided_at__isnull=True)
                | (~Q(outcome=DisputeOutcome.OPEN) & Q(decided_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quality_check}: {self.outcome}"
