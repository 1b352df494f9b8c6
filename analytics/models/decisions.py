"""Summaries of who decided what on which video, from which the agreement on videos is computed."""

from django.db import models

from analytics.models.summaries import PeriodRow, SessionRow


class DecidedVideos(SessionRow):
    """The decisions of one session on videos that are known.

    ``decisions``: four bytes a view, in the order of the session: the video's id, negative where
    it was rejected (PostgreSQL's ``int4send``).
    """

    started_at = models.DateTimeField()
    day = models.DateField(help_text="The day the session started, in the summaries' time zone.")
    decisions = models.BinaryField()

    class Meta:
        abstract = True


class SessionDecisions(DecidedVideos):
    """What ``RawDecisions`` gave for a session when it was last stored."""

    class Meta:
        verbose_name_plural = "session decisions"
        indexes = (
            # Everyone's decisions of some days.
            models.Index(name="sessiondecisions_day", fields=("day",)),
        )


class RawDecisions(DecidedVideos):
    """The database view over the raw rows: one session's decisions, as they are now."""

    class Meta:
        managed = False
        db_table = "analytics_rawdecisions"


class PeriodAgreement(PeriodRow):
    """How far people agree on the videos that they decided in a month, a year or all time.

    Rolled up because it does not add up: of a person's decisions on a video the last counts.
    ``analytics.summaries.shared_videos`` says what the columns hold.
    """

    patterns = models.JSONField(help_text="(accepted, rejected, videos) of each pattern.")
    people = models.JSONField(help_text="Each moderator's decisions against the others'.")
    videos = models.BinaryField(help_text="Ids of the videos decided by several, a bitmap.")
    disputed = models.BinaryField(help_text="(id, accepted, rejected), the most divided first.")

    class Meta:
        constraints = (
            models.UniqueConstraint(name="periodagreement_once", fields=("period", "start")),
        )
