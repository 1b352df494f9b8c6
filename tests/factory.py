"""Makes review rows for tests: directly, as another program would write them."""

from datetime import UTC, datetime, timedelta

from analytics.models import (
    Inactivity,
    Moderator,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    Video,
    VideoView,
)
from tests.brute import PlainSession, PlainView

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def write_session(plain: PlainSession) -> Session:
    """Insert a session's rows and return it."""
    return write_sessions([plain])[0]


def write_sessions(plain_sessions: list[PlainSession]) -> list[Session]:
    """Insert many sessions' rows, with a few queries."""
    moderators = {
        name: Moderator.objects.get_or_create(username=name)[0]
        for name in {plain.moderator for plain in plain_sessions}
    }
    sessions = Session.objects.bulk_create(
        Session(
            moderator=moderators[plain.moderator],
            public_id=plain.public_id,
            started_at=plain.started_at,
            ended_at=None
            if plain.duration_us is None
            else plain.started_at + timedelta(microseconds=plain.duration_us),
            duration_us=plain.duration_us,
        )
        for plain in plain_sessions
    )
    pairs = list(zip(sessions, plain_sessions, strict=True))
    write_views(pairs)
    write_idle_and_queues(pairs)
    return sessions


def write_children(session: Session, plain: PlainSession) -> None:
    """Insert a session's views, speeds, idle intervals and queues."""
    write_views([(session, plain)])
    write_idle_and_queues([(session, plain)])


def write_views(pairs: list[tuple[Session, PlainSession]]) -> None:
    """Insert the views of sessions with their videos and speeds."""
    names = {view.video for _session, plain in pairs for view in plain.views} - {None}
    Video.objects.bulk_create(
        [Video(public_id=name) for name in sorted(names)], ignore_conflicts=True
    )
    videos = {video.public_id: video for video in Video.objects.filter(public_id__in=names)}
    plain_views = [view for _session, plain in pairs for view in plain.views]
    views = VideoView.objects.bulk_create(
        VideoView(
            session=session,
            position=position,
            video=videos.get(view.video),
            status=view.status,
            keys=view.keys,
            sound=view.sound,
            queue=view.queue,
            reason=view.reason,
        )
        for session, plain in pairs
        for position, view in enumerate(plain.views)
    )
    PlaybackSpeed.objects.bulk_create(
        PlaybackSpeed(view=view, position=position, value=speed)
        for view, plain in zip(views, plain_views, strict=True)
        for position, speed in enumerate(plain.speeds)
    )


def write_idle_and_queues(pairs: list[tuple[Session, PlainSession]]) -> None:
    """Insert the idle intervals and queues of sessions."""
    Inactivity.objects.bulk_create(
        Inactivity(
            session=session, position=i, kind=kind, duration_us=length, started_at=started_at
        )
        for session, plain in pairs
        for i, (kind, length, started_at) in enumerate(plain.idle)
    )
    QueueAssignment.objects.bulk_create(
        QueueAssignment(
            session=session,
            position=i,
            name=name,
            item_count=items,
            active=active,
            subqueues=subqueues,
        )
        for session, plain in pairs
        for i, (name, items, active, subqueues) in enumerate(plain.queues)
    )


def plain_session(session: Session) -> PlainSession:
    """Read a stored session back as plain values."""
    return PlainSession(
        public_id=session.public_id,
        moderator=session.moderator.username,
        started_at=session.started_at,
        duration_us=session.duration_us,
        views=[
            PlainView(
                video=view.video.public_id if view.video else None,
                status=view.status,
                keys=view.keys,
                sound=view.sound,
                speeds=[speed.value for speed in view.speeds.all()],
                queue=view.queue,
                reason=view.reason,
            )
            for view in session.views.all()
        ],
        idle=[(gap.kind, gap.duration_us, gap.started_at) for gap in session.inactivity.all()],
        queues=[(q.name, q.item_count, q.active, q.subqueues) for q in session.queues.all()],
    )


def all_plain_sessions() -> list[PlainSession]:
    """Read every stored session back."""
    sessions = Session.objects.select_related("moderator").prefetch_related(
        "views__video", "views__speeds", "inactivity", "queues"
    )
    return [plain_session(session) for session in sessions]
