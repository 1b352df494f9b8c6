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
    moderator = Moderator.objects.get_or_create(username=plain.moderator)[0]
    ended_at = None
    if plain.duration_us is not None:
        ended_at = plain.started_at + timedelta(microseconds=plain.duration_us)
    session = Session.objects.create(
        moderator=moderator,
        public_id=plain.public_id,
        started_at=plain.started_at,
        ended_at=ended_at,
        duration_us=plain.duration_us,
    )
    write_children(session, plain)
    return session


def write_children(session: Session, plain: PlainSession) -> None:
    """Insert a session's views, speeds, idle intervals and queues."""
    for position, view in enumerate(plain.views):
        write_view(session, position, view)
    Inactivity.objects.bulk_create(
        Inactivity(
            session=session, position=i, kind=kind, duration_us=length, started_at=started_at
        )
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
        for i, (name, items, active, subqueues) in enumerate(plain.queues)
    )


def write_view(session: Session, position: int, view: PlainView) -> None:
    """Insert one view with its speeds."""
    video = None
    if view.video is not None:
        video = Video.objects.get_or_create(public_id=view.video)[0]
    row = VideoView.objects.create(
        session=session,
        position=position,
        video=video,
        status=view.status,
        keys=view.keys,
        sound=view.sound,
    )
    PlaybackSpeed.objects.bulk_create(
        PlaybackSpeed(view=row, position=i, value=speed) for i, speed in enumerate(view.speeds)
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
