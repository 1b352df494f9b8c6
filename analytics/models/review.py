"""Review sessions and what happened in them: the raw rows every review metric is computed from.

Durations are whole microseconds, the resolution of PostgreSQL's timestamps: sums are exact, and
clipping an idle interval to its session loses nothing. ``extra`` keeps what a document said
beyond the columns: unknown fields, and the originals of values that had to be interpreted,
under the document's own field names, so that ``{**columns, **extra}`` gives the document back.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.lookups import Exact

from analytics.models.people import Moderator

#: A second in the unit of durations.
SECOND_US = 1_000_000


class Decision(models.TextChoices):
    """What the keys pressed on a video decided."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    NONE = "none", "No decision"


class ViewStatus(models.TextChoices):
    """The statuses the portal knows; any other text is a status of its own."""

    COMPLETED = "completed", "Completed"
    PARTIAL = "partial", "Partial"
    NOT_STARTED = "not_started", "Not started"
    UNKNOWN = "unknown", "Unknown"


class Sound(models.TextChoices):
    """Whether the sound was on while a video was watched."""

    MUTED = "muted", "Muted"
    UNMUTED = "unmuted", "Unmuted"
    UNKNOWN = "unknown", "Unknown"


def keys_overlap(*keys: str) -> Q:
    """The condition that any of ``keys`` was pressed on a view."""
    return Q(keys__overlap=list(keys))


class Video(models.Model):
    """A piece of content. Its id is dense, so that sets of videos are small bitmaps."""

    id = models.AutoField(primary_key=True)
    public_id = models.TextField(unique=True, db_collation="C")

    class Meta:
        ordering = ("public_id",)
        constraints = (
            models.CheckConstraint(
                name="video_public_id_not_empty", condition=Q(public_id__length__gt=0)
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class Session(models.Model):
    """One sitting of a moderator in the review tool."""

    moderator = models.ForeignKey(Moderator, on_delete=models.PROTECT, related_name="sessions")
    public_id = models.TextField(unique=True, db_collation="C")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    duration_us = models.BigIntegerField("duration in microseconds", null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "review session"
        ordering = ("-started_at", "public_id")
        constraints = (
            models.CheckConstraint(
                name="session_public_id_not_empty", condition=Q(public_id__length__gt=0)
            ),
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="session_duration_not_negative",
                condition=Q(duration_us__isnull=True) | Q(duration_us__gte=0),
            ),
        )
        indexes = (
            # Everyone's sessions of some days, in order: lists, exports, raw recomputation.
            models.Index(name="session_started", fields=("started_at", "public_id")),
            # One moderator's sessions, newest first: the filter bar and the sessions list.
            models.Index(name="session_moderator_started", fields=("moderator", "started_at")),
        )

    def __str__(self) -> str:
        return self.public_id


class VideoView(models.Model):
    """One video put before a moderator in a session; the same video may recur."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="views", db_index=False
    )
    position = models.PositiveIntegerField(help_text="Order within the session, from 0.")
    video = models.ForeignKey(
        Video, on_delete=models.PROTECT, related_name="views", null=True, blank=True, db_index=False
    )
    status = models.TextField(default=ViewStatus.UNKNOWN, db_collation="C")
    watched = models.BooleanField(null=True, blank=True)
    loop_time = models.FloatField(null=True, blank=True)
    keys = ArrayField(models.TextField(), default=list, blank=True)
    # Computed by the database from the keys, so that the two can never disagree.
    decision = models.GeneratedField(
        expression=Case(
            When(keys_overlap("a", "A"), then=Value("accepted")),
            When(keys_overlap("q", "Q"), then=Value("rejected")),
            default=Value("none"),
        ),
        output_field=models.TextField(choices=Decision, db_collation="C"),
        db_persist=True,
    )
    sound = models.TextField(choices=Sound, default=Sound.UNKNOWN, db_collation="C")
    # Not known is null, as in documents.
    queue = models.TextField(  # noqa: DJ001 - see above
        null=True, blank=True, db_collation="C", help_text="The queue that the video came from."
    )
    reason = models.TextField(  # noqa: DJ001 - see above
        null=True, blank=True, db_collation="C", help_text="What the decision names."
    )
    started_at = models.DateTimeField(
        null=True, blank=True, help_text="When the video was put before the moderator."
    )
    extra = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("session", "position")
        constraints = (
            # Also the index by which a session's views are read in order.
            models.UniqueConstraint(name="view_position_once", fields=("session", "position")),
            models.CheckConstraint(name="view_status_not_empty", condition=Q(status__length__gt=0)),
            models.CheckConstraint(
                name="view_queue_not_empty",
                condition=Q(queue__isnull=True) | Q(queue__length__gt=0),
            ),
            models.CheckConstraint(
                name="view_reason_not_empty",
                condition=Q(reason__isnull=True) | Q(reason__length__gt=0),
            ),
            models.CheckConstraint(name="view_sound_known", condition=Q(sound__in=Sound.values)),
            models.CheckConstraint(
                name="view_loop_time_not_negative",
                condition=Q(loop_time__isnull=True) | Q(loop_time__gte=0),
            ),
        )
        indexes = (
            # "Which sessions showed this video": the admin's and the API's search by content id.
            models.Index(name="view_video", fields=("video",)),
        )

    def __str__(self) -> str:
        return f"{self.session_id} #{self.position + 1}"


class PlaybackSpeed(models.Model):
    """A playback speed chosen while a video was watched."""

    view = models.ForeignKey(
        VideoView, on_delete=models.CASCADE, related_name="speeds", db_index=False
    )
    position = models.PositiveIntegerField(help_text="Order within the view, from 0.")
    value = models.FloatField(help_text="1 is the normal speed.")
    chosen_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("view", "position")
        constraints = (
            models.UniqueConstraint(name="speed_position_once", fields=("view", "position")),
            models.CheckConstraint(name="speed_above_zero", condition=Q(value__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.value:g}×"


class Inactivity(models.Model):
    """A stretch of a session in which nothing was done."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="inactivity", db_index=False
    )
    position = models.PositiveIntegerField(help_text="Order within the session, from 0.")
    kind = models.TextField(default="unknown", db_collation="C")
    duration_us = models.BigIntegerField("duration in microseconds", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = "idle interval"
        ordering = ("session", "position")
        constraints = (
            models.UniqueConstraint(
                name="inactivity_position_once", fields=("session", "position")
            ),
            models.CheckConstraint(
                name="inactivity_kind_not_empty", condition=Q(kind__length__gt=0)
            ),
            models.CheckConstraint(
                name="inactivity_duration_not_negative",
                condition=Q(duration_us__isnull=True) | Q(duration_us__gte=0),
            ),
        )
        indexes = (
            # The exact median: the few intervals of one kind around the middle length.
            models.Index(name="inactivity_kind_duration", fields=("kind", "duration_us")),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.session_id}"


class QueueAssignment(models.Model):
    """A queue that a session worked on, with the items of its subqueues."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="queues", db_index=False
    )
    position = models.PositiveIntegerField(help_text="Order within the session, from 0.")
    name = models.TextField(db_collation="C")
    item_count = models.BigIntegerField(null=True, blank=True)
    subqueues = models.JSONField(default=dict, blank=True, help_text="Items by subqueue.")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("session", "position")
        constraints = (
            models.UniqueConstraint(name="queue_position_once", fields=("session", "position")),
            models.CheckConstraint(name="queue_name_not_empty", condition=Q(name__length__gt=0)),
            models.CheckConstraint(
                name="queue_item_count_not_negative",
                condition=Q(item_count__isnull=True) | Q(item_count__gte=0),
            ),
            models.CheckConstraint(
                name="queue_subqueues_is_object",
                condition=Exact(
                    Func(F("subqueues"), function="jsonb_typeof", output_field=models.TextField()),
                    Value("object"),
                ),
            ),
        )
        indexes = (
            # Assignments of one queue: the admin's filter and the API's.
            models.Index(name="queue_name", fields=("name",)),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.session_id}"
