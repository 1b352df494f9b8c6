"""Summaries of the review tables: what the metrics read instead of millions of rows.

The raw rows of ``analytics.models.review`` are the truth. Two database views, read here as
``RawTotals`` and ``RawValue``, define what is counted of a session; the summary tables hold
what those views gave. ``docs/summaries.md`` explains how they stay exact.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Subject(models.TextChoices):
    """What a (value, count) row counts; ``value`` and ``number`` name the value."""

    STATUS = "status", "views by status"
    SPEED = "speed", "speeds chosen; number: the speed"
    IDLE = "idle", "idle intervals; value: kind, number: seconds, amount: microseconds"
    QUEUE = "queue", "active queue assignments; value: queue, amount: items"
    LENGTH = "length", "sessions by bucket of duration"
    VIDEO_QUEUE = "video_queue", "views by the video's queue; number: see DECISION_NUMBERS"
    VIDEO_REASON = "video_reason", "views by the decision's reason; number: see DECISION_NUMBERS"
    HOUR = "hour", "sessions by the hour of the week they started in; number: see HOUR_COUNTERS"


#: What ``SeenValue`` calls the types of recommendations, which are no session's.
RECOMMENDATION_TYPES = "recommendation_type"

#: What ``number`` means for the subjects that count views by value and decision. Views of an
#: unknown queue or reason have no rows: they are what the counters have beyond the known.
DECISION_NUMBERS = {"none": 0.0, "accepted": 1.0, "rejected": 2.0}
#: The same subjects in roll-ups only, over the sessions s with decided views of a value, n decided
#: and r of them rejected: ``n`` the number of sessions and ``amount`` Σ n² for the first, Σ r² and
#: Σ n r for the second. The value ``UNKNOWN_VALUE`` is of the views whose queue or reason is
#: unknown.
SQUARES_NUMBER, PRODUCTS_NUMBER = 3.0, 4.0
UNKNOWN_VALUE = ""
#: In roll-ups only, of the sessions that started in an hour of the week (``3-14``: Wednesday, from
#: 14:00): the counters that ``n`` and ``amount`` are the sums of, by ``number``. ``active_us``:
#: logged without idle time.
HOUR_COUNTERS = {
    0.0: ("sessions", "videos"),
    1.0: ("accepted", "rejected"),
    2.0: ("timed_decided", "active_us"),
}


class Counters(models.Model):
    """The additive counters of one or more sessions: a scope's figures are sums over rows."""

    sessions = models.BigIntegerField()
    timed_sessions = models.BigIntegerField(help_text="Sessions of known duration.")
    videos = models.BigIntegerField(help_text="Views.")
    accepted = models.BigIntegerField()
    rejected = models.BigIntegerField()
    completed = models.BigIntegerField()
    muted = models.BigIntegerField()
    unmuted = models.BigIntegerField()
    unnamed = models.BigIntegerField(help_text="Views of an unknown video.")
    timed_decided = models.BigIntegerField(help_text="Decided views in sessions of known duration.")
    logged_us = models.BigIntegerField(help_text="Sum of the known durations, microseconds.")
    idle_us = models.BigIntegerField(help_text="Idle time within the known durations.")
    unmeasured_idle = models.BigIntegerField(help_text="Idle intervals without a length.")
    speed_changes = models.BigIntegerField()
    speed_sum = models.FloatField(help_text="Sum of the speeds chosen.")

    class Meta:
        abstract = True


class SessionCounters(Counters):
    """One session's counters."""

    # No foreign keys in the database: another program may delete sessions in plain SQL, and
    # must not be stopped by a summary of them. ``StaleSession`` marks that it happened.
    session = models.OneToOneField(
        "analytics.Session",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="totals",
    )
    moderator = models.ForeignKey(
        "analytics.Moderator",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    started_at = models.DateTimeField()
    day = models.DateField(help_text="The day the session started, in the summaries' time zone.")
    unique_videos = models.BigIntegerField(help_text="Distinct videos of the session.")

    class Meta:
        abstract = True


class SessionTotals(SessionCounters):
    """What ``RawTotals`` gave for a session when it was last stored."""

    class Meta:
        verbose_name_plural = "session totals"
        indexes = (
            # Everyone's sessions of the days whose roll-ups are not built.
            models.Index(name="sessiontotals_day", fields=("day",)),
            # One moderator's lines, in order of time.
            models.Index(name="sessiontotals_moderator", fields=("moderator", "started_at")),
        )


class RawTotals(SessionCounters):
    """The database view over the raw rows: one session's counters, computed now."""

    session = models.OneToOneField(
        "analytics.Session",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="raw_totals",
    )

    class Meta:
        managed = False
        db_table = "analytics_rawtotals"


class ValueCount(models.Model):
    """How often a value occurred: what people name is rows, never columns."""

    subject = models.TextField(choices=Subject, db_collation="C")
    value = models.TextField(db_collation="C")
    number = models.FloatField(help_text="The value where it is a number, else 0.")
    n = models.BigIntegerField()
    amount = models.BigIntegerField(help_text="What the occurrences add up to: see Subject.")

    class Meta:
        abstract = True


class SessionValueCount(ValueCount):
    """How often a value occurred in one session."""

    session = models.ForeignKey(
        "analytics.Session",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    moderator = models.ForeignKey(
        "analytics.Moderator",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    day = models.DateField()

    class Meta:
        abstract = True


class SessionValue(SessionValueCount):
    """What ``RawValue`` gave for a session when it was last stored."""

    class Meta:
        indexes = (
            models.Index(name="sessionvalue_session", fields=("session",)),
            models.Index(name="sessionvalue_day", fields=("day",)),
            models.Index(name="sessionvalue_moderator", fields=("moderator", "day")),
            # The queues of everyone's sessions: among the rows of a day most are idle intervals.
            models.Index(
                name="sessionvalue_names",
                fields=("day",),
                condition=Q(subject__in=("queue", "video_queue", "video_reason")),
            ),
            # The sessions with a video of a status, rare or not: the filter of their list.
            models.Index(
                name="sessionvalue_status",
                fields=("value", "session"),
                condition=Q(subject="status"),
            ),
        )


class RawValue(SessionValueCount):
    """The database view over the raw rows: one session's values, counted now."""

    # Django wants a key; the view gives the session's id, and no row is ever fetched by it.
    id = models.BigIntegerField(primary_key=True)

    class Meta:
        managed = False
        db_table = "analytics_rawvalue"


class SessionRow(models.Model):
    """One row for each session, without foreign keys in the database as ``SessionCounters``."""

    session = models.OneToOneField(
        "analytics.Session",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="+",
    )
    moderator = models.ForeignKey(
        "analytics.Moderator",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class SessionVideos(SessionRow):
    """The set of videos a session showed, as a roaring bitmap of ``Video.id``."""

    day = models.DateField()
    videos = models.BinaryField()

    class Meta:
        verbose_name_plural = "session videos"
        indexes = (
            models.Index(name="sessionvideos_day", fields=("day",)),
            models.Index(name="sessionvideos_moderator", fields=("moderator", "day")),
        )


class Period(models.TextChoices):
    """The lengths of time that are summed up; each is built from the one below it."""

    DAY = "day", "day"
    MONTH = "month", "calendar month"
    YEAR = "year", "calendar year"
    ALL = "all", "all time"


class PeriodRow(models.Model):
    """A row of a roll-up. ``start`` is the first day; of ``Period.ALL`` it is 0001-01-01."""

    period = models.TextField(choices=Period, db_collation="C")
    start = models.DateField()

    class Meta:
        abstract = True


class PeriodTotals(PeriodRow, Counters):
    """The counters of a period: everyone's (``moderator`` null) or one moderator's."""

    moderator = models.ForeignKey(
        "analytics.Moderator",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    moderators = models.BigIntegerField(help_text="Distinct moderators with a session.")
    # The lines of one point a session, condensed: sums, least and greatest over the sessions.
    unique_sum = models.BigIntegerField()
    unique_low = models.BigIntegerField(null=True)
    unique_high = models.BigIntegerField(null=True)
    speed_sessions = models.BigIntegerField()
    speed_mean_sum = models.FloatField()
    speed_mean_low = models.FloatField(null=True)
    speed_mean_high = models.FloatField(null=True)
    # How the reject rates of sessions vary: sums over the sessions with decided views.
    decided_sessions = models.BigIntegerField(help_text="Sessions with decided views.")
    decided_squares = models.BigIntegerField(help_text="Sum of the squares of decided views.")
    rejected_squares = models.BigIntegerField(help_text="Sum of the squares of rejected views.")
    decided_rejected = models.BigIntegerField(help_text="Sum of decided times rejected views.")

    class Meta:
        verbose_name_plural = "period totals"
        constraints = (
            models.UniqueConstraint(
                name="periodtotals_once",
                fields=("period", "start", "moderator"),
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(name="periodtotals_moderator", fields=("moderator", "period", "start")),
        )


class PeriodValue(PeriodRow, ValueCount):
    """Everyone's value counts of a period."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="periodvalue_once", fields=("period", "start", "subject", "value", "number")
            ),
        )
        indexes = (
            # Queues by day: among the rows of a day most are lengths of idle intervals.
            models.Index(
                name="periodvalue_queue",
                fields=("period", "start", "value"),
                include=("n", "amount"),
                condition=Q(subject="queue"),
            ),
        )


class PeriodVideos(PeriodRow):
    """The set of videos that everyone saw in a period, as a roaring bitmap of ``Video.id``.

    ``version``: of the whole roll-up. Triggers make it another, one that never was, with every
    statement that changes rows of the roll-up in any of its tables, or those of a month's days.
    """

    videos = models.BinaryField()
    unique_videos = models.BigIntegerField(help_text="How many the set holds.")
    version = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name_plural = "period videos"
        constraints = (
            models.UniqueConstraint(name="periodvideos_once", fields=("period", "start")),
        )


class StaleSession(models.Model):
    """A mark: this session's rows were changed after it was summed.

    Written by triggers, append-only, so that no writer waits for another. A session moved from
    one day to another has a mark for both.
    """

    session_id = models.BigIntegerField(db_index=True)
    day = models.DateField(db_index=True)


class SeenValue(models.Model):
    """A value that people name, by when the portal first saw it: charts colour it by that.

    Written with the summaries or with rows, under the writers' lock, and kept when the data go: a
    value keeps its colour whatever is filtered, imported or removed.
    """

    subject = models.TextField(db_collation="C")
    value = models.TextField(db_collation="C")

    class Meta:
        constraints = (models.UniqueConstraint(name="seenvalue_once", fields=("subject", "value")),)


class PendingDay(models.Model):
    """A day whose roll-ups do not hold all its sessions: readers use the sessions' own rows."""

    day = models.DateField(primary_key=True)


class SummaryState(models.Model):
    """One row: the time zone by which the summaries' days are cut."""

    time_zone = models.TextField(help_text="The time zone in which the days begin.")

    class Meta:
        constraints = (models.CheckConstraint(name="summarystate_one_row", condition=Q(id=1)),)


class DataChange(models.Model):
    """One statement that changed the data: the newest one is the age of every figure.

    Written by triggers, append-only; ``analytics.summaries.version`` makes the data's version
    of them.
    """

    changed_at = models.DateTimeField(db_default=Now())


class EditVersion(models.Model):
    """One kind of what people add (annotations): another version after every statement on it.

    Written by triggers, a row a table. Random, so that a restored backup's versions never come
    again. Answers have it in their ETag beside the version of the data, so that an edit makes new
    answers and no result is computed anew.
    """

    table = models.TextField(primary_key=True, db_collation="C")
    version = models.UUIDField()
