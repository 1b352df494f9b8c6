"""Loading the demo data into an empty database, all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from analytics.demo.engagement import load_engagement
from analytics.demo.noted import load_annotations
from analytics.demo.review import SEED, Day, days
from analytics.imports.modes import StoreMode
from analytics.imports.report import Rejection
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.store import store
from analytics.imports.sessions.validation import read_document
from analytics.models import ChatSession, Session, VideoView
from analytics.summaries import writing

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Loaded:
    """How much the demo loaded."""

    sessions: int
    videos: int


def is_empty() -> bool:
    """Whether the database holds neither sessions nor engagement data."""
    return not (Session.objects.exists() or ChatSession.objects.exists())


def load(now: datetime, progress: Progress, *, seed: int = SEED) -> Loaded:
    """Load the demo up to ``now`` (aware) in one transaction, then build the summaries.

    Interrupted it leaves nothing behind. ``progress`` is called with the days and sessions so
    far.
    """
    with transaction.atomic():
        load_days(days(now, seed), progress)
        load_engagement(seed, now.date())
        load_annotations(now)
    writing.refresh()
    return Loaded(Session.objects.count(), VideoView.objects.count())


def load_days(made: Iterable[Day], progress: Progress) -> None:
    """Store days of review sessions through the store that everybody's documents go through."""
    store(entries(made, progress), mode=StoreMode.TOGETHER, reject=refuse)


def entries(made: Iterable[Day], progress: Progress) -> Iterator[Entry]:
    """Yield what the days' documents hold, and tell of every day when it has been read."""
    sessions = 0
    for done, day in enumerate(made, start=1):
        for document in day.documents:
            yield from read_document(document)
        sessions += day.sessions
        progress(done, sessions)


def refuse(rejection: Rejection) -> None:
    """Stop: a document of the demo that the portal rejects is a mistake in the demo."""
    raise ValueError(f"the demo's data are not valid: {rejection}")
