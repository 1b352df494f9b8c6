"""The roll-ups of agreement: of the months, years and all time that have the other roll-ups."""

from analytics.models import PeriodAgreement, PeriodVideos, SessionDecisions
from analytics.summaries.microseconds import microseconds
from analytics.summaries.rollups import Span, longer_periods_of_days
from analytics.summaries.shared_videos import SessionRow, SharedVideos

# The fields of a ``SessionRow``.
DECISION_FIELDS = (
    "session_id",
    "moderator_id",
    microseconds("started_at"),
    "session__public_id",
    "decisions",
)


def periods_without_agreement() -> list[Span]:
    """The longer periods whose agreement can be counted and is not, the shortest first."""
    built = set(PeriodVideos.objects.values_list("period", "start"))
    counted = set(PeriodAgreement.objects.values_list("period", "start"))
    return [
        span
        for spans in longer_periods_of_days().values()
        for span in spans
        if (span.period, span.start) in built - counted
    ]


def count_agreement(span: Span) -> PeriodAgreement:
    """The agreement of people in a longer period, from the decisions of its sessions; not stored.

    Of ten million views it takes seconds.
    """
    rows = SessionDecisions.objects.filter(day__gte=span.start, day__lt=span.stop)
    shared = SharedVideos(map(SessionRow._make, rows.values_list(*DECISION_FIELDS)))
    return PeriodAgreement(
        period=span.period,
        start=span.start,
        patterns=shared.patterns_as_rows(),
        people=shared.people,
        videos=shared.videos.serialize(),
        disputed=shared.disputed.tobytes(),
    )


def delete_agreement(span: Span) -> None:
    """Delete the stored agreement of a period, if there is any."""
    PeriodAgreement.objects.filter(period=span.period, start=span.start).delete()


def built_as(span: Span) -> int | None:
    """Which building of a period's roll-up it is: another one each time; None where none is."""
    rows = PeriodVideos.objects.filter(period=span.period, start=span.start)
    return rows.values_list("pk", flat=True).first()
