"""Taking sessions away with everything that happened in them, and keeping every figure right."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Model

from analytics.imports.sessions.deletion import delete_children, delete_emptied_sessions
from analytics.models import (
    Inactivity,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    VideoView,
)
from analytics.subjects import moderator_subject
from analytics.summaries.writing import build_rollups, summarise, write_lock
from audit.models import Action
from audit.recording import record


def contents(session_ids: Collection[int]) -> dict[str, int]:
    """How many rows of each kind go with these sessions, by the kind's name."""
    ids = list(session_ids)
    parts: tuple[tuple[type[Model], str, str, str], ...] = (
        (Session, "pk__in", "session", "sessions"),
        (VideoView, "session__in", "view", "views"),
        (PlaybackSpeed, "view__session__in", "chosen speed", "chosen speeds"),
        (Inactivity, "session__in", "idle interval", "idle intervals"),
        (QueueAssignment, "session__in", "queue", "queues"),
    )
    counts = (
        (model._default_manager.filter(**{path: ids}).count(), singular, plural)
        for model, path, singular, plural in parts
    )
    return {singular if n == 1 else plural: n for n, singular, plural in counts}


def remove_sessions(session_ids: Collection[int]) -> None:
    """Delete sessions and all that is theirs, in one transaction with their summaries.

    Figures are right from the commit on; roll-ups of the days they were on are built after it.
    """
    with write_lock():
        # Locked first: nobody can add a row to them any more, which would keep them from going.
        rows = (
            Session.objects.select_for_update(of=("self",))
            .filter(pk__in=session_ids)
            .order_by("pk")
        )
        sessions = list(rows.select_related("moderator"))
        ids = [session.pk for session in sessions]
        delete_children(ids)
        delete_emptied_sessions(ids)
        summarise(ids)
        # Past the ORM, so recorded here.
        for session in sessions:
            record(
                Action.DELETE,
                subject=moderator_subject(session.moderator),
                about=(Session._meta.label_lower, session.pk),
                details={"public_id": [session.public_id, None]},
            )
    transaction.on_commit(build_rollups)
