"""The end of old data: by whole months, in short transactions, while everybody goes on reading.

Raw rows go with their summaries, so that every figure is at any moment that of the rows there are.
Stopped in between, it goes on where it was. The ids of what went stay refused.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.db import connection
from django.db.models import Count, DateField, Model, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.timezone import get_default_timezone

from analytics.imports.refused import refuse_ids
from analytics.imports.rows.store import writing
from analytics.imports.sessions.deletion import delete_children, delete_emptied_sessions
from analytics.models import (
    ChatSession,
    Dispute,
    ModeratorPerformance,
    QualityCheck,
    Recommendation,
    RefusedKind,
    RefusedReason,
    SampledView,
    Session,
    VideoView,
)
from analytics.scope_filters import day_start
from analytics.summaries.writing import build_rollups, refresh_days, summarise, write_lock
from audit import changes
from audit.models import Action
from audit.recording import record

#: What a step deletes at most, so that other writers get their turn within a second or two.
VIEWS_AT_ONCE = 10_000
SESSIONS_AT_ONCE = 200
ROWS_AT_ONCE = 2_000

#: Told how many sessions and rows have gone since the last time.
Progress = Callable[[int], object]

#: The tables of rows by date: what their rows are called, and the ids that stay refused.
DATED: Mapping[type[Model], tuple[str, RefusedKind | None, str]] = {
    ChatSession: ("chat sessions", RefusedKind.USER_ACTIVITY, "session_id"),
    Recommendation: ("recommendations", RefusedKind.RECOMMENDATIONS, "recommendation_id"),
    # A row is a moderator's day: there is no id to refuse.
    ModeratorPerformance: ("performance rows", None, "pk"),
}


@dataclass(frozen=True)
class Month:
    """A calendar month in TIME_ZONE, and what there is of it, by name."""

    start: date
    counts: Mapping[str, int]

    @property
    def stop(self) -> date:
        """The first day after it."""
        return (self.start + timedelta(days=31)).replace(day=1)

    @property
    def total(self) -> int:
        """Sessions and rows, without what is in the sessions."""
        return sum(n for name, n in self.counts.items() if name != "views")


def first_kept_day(keep_days: int, today: date) -> date:
    """The first day of the oldest month of which a day is still to be kept."""
    return (today - timedelta(days=keep_days)).replace(day=1)


def months_before(day: date) -> list[Month]:
    """What there is from before a month's first day, oldest month first."""
    counts: dict[date, Counter[str]] = {}

    def add(name: str, rows: QuerySet[Model], field: str) -> None:
        zone = get_default_timezone() if field.endswith("started_at") else None
        month = TruncMonth(field, tzinfo=zone, output_field=DateField())
        for start, n in rows.annotate(month=month).values_list("month").annotate(n=Count("pk")):
            counts.setdefault(start, Counter())[name] += n

    old = Session.objects.filter(started_at__lt=day_start(day)).order_by()
    add("review sessions", old, "started_at")
    add("views", VideoView.objects.filter(session__in=old).order_by(), "session__started_at")
    for model, (name, _kind, _field) in DATED.items():
        add(name, model._default_manager.filter(date__lt=day).order_by(), "date")
    return [Month(start, counts[start]) for start in sorted(counts)]


def delete_before(day: date, progress: Progress = lambda n: None) -> Iterator[Month]:
    """Delete everything from before a month's first day; yields each month with what went.

    The audit has the beginning, and each month when it is gone.
    """
    details = {"before": day.isoformat()}
    record(Action.DELETE, details={**details, "state": "begun"})
    for month in months_before(day):
        for n in chain(delete_sessions(month), delete_rows(month)):
            progress(n)
        refresh_days()
        gone = {"month": f"{month.start:%Y-%m}", **month.counts}
        record(Action.DELETE, details={**details, **gone})
        yield month
    build_rollups()


def delete_sessions(month: Month) -> Iterator[int]:
    """Delete a month's sessions in steps; yields how many went with each."""
    within = Session.objects.filter(
        started_at__gte=day_start(month.start), started_at__lt=day_start(month.stop)
    )
    while n := delete_some_sessions(within):
        yield n


def delete_some_sessions(within: QuerySet[Session]) -> int:
    """Delete the first of these sessions, with all that is theirs, in one transaction."""
    with write_lock(bulk=True):
        sessions = first_sessions(within)
        if not sessions:
            return 0
        ids = list(sessions)
        refuse_ids(RefusedKind.SESSION, sessions.values(), RefusedReason.RETENTION)
        delete_checks(ids)
        views = VideoView.objects.filter(session__in=ids, video__isnull=False)
        videos = list(views.values_list("video", flat=True).distinct().order_by())
        delete_children(ids)
        delete_emptied_sessions(ids)
        summarise(ids)
        delete_unseen_videos(videos)
    return len(sessions)


def first_sessions(within: QuerySet[Session]) -> dict[int, str]:
    """The ids of as many sessions as a step takes, by key; locked until it ends."""
    first = within.order_by("started_at", "public_id")[:SESSIONS_AT_ONCE]
    candidates = dict(first.select_for_update(of=("self",)).values_list("pk", "public_id"))
    views = VideoView.objects.filter(session__in=candidates).order_by()
    counts = dict(views.values_list("session").annotate(n=Count("pk")))
    taken: dict[int, str] = {}
    weight = 0
    for pk, public_id in candidates.items():
        weight += counts.get(pk, 0)
        if taken and weight > VIEWS_AT_ONCE:
            break
        taken[pk] = public_id
    return taken


def delete_checks(ids: list[int]) -> None:
    """Delete what was said of the decisions of sessions: without these it counts nowhere."""
    sessions = Session.objects.filter(pk__in=ids).values("public_id")
    with changes.summarised():
        Dispute.objects.filter(quality_check__session__in=sessions).delete()
        QualityCheck.objects.filter(session__in=sessions).delete()
        SampledView.objects.filter(session__in=sessions).delete()


def delete_unseen_videos(ids: list[int]) -> None:
    """Delete those of these videos that no view shows any more.

    The ORM would look for what depends on each.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM analytics_video AS video WHERE id = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM analytics_videoview WHERE video_id = video.id)",
            [ids],
        )


def delete_rows(month: Month) -> Iterator[int]:
    """Delete a month's rows of each table in steps; yields how many went with each."""
    for model, (_name, kind, field) in DATED.items():
        within = model._default_manager.filter(date__gte=month.start, date__lt=month.stop)
        while n := delete_some_rows(within, kind, field):
            yield n


def delete_some_rows(within: QuerySet[Model], kind: RefusedKind | None, field: str) -> int:
    """Delete the first of these rows in one transaction; their ids are refused from then on."""
    with writing(bulk=True), changes.summarised():
        rows = list(within.order_by("date", "pk").values_list("pk", field)[:ROWS_AT_ONCE])
        if kind is not None:
            refuse_ids(kind, (name for _pk, name in rows), RefusedReason.RETENTION)
        within.model._default_manager.filter(pk__in=[pk for pk, _name in rows]).delete()
    return len(rows)
