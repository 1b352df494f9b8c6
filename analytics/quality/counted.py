"""The checks that count, and where the views that they judged belong.

Each is read once after a change: the checks after one of theirs, the views after one of the data.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache, cached
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from analytics.models import REPRESENTATIVE_METHODS, DisputeOutcome, QualityCheck, VideoView
from analytics.summaries.snapshots import current_state

#: A view, by its session's public id and its position.
ViewKey = tuple[str, int]
#: The newest version, and the one that some request still reads.
MAX_VERSIONS = 2
#: So many keys are listed in a query; for more all rows are read.
MAX_LISTED = 1_000

QUEUE_OF_VIEW = Subquery(
    VideoView.objects.filter(
        session__public_id=OuterRef("session_id"), position=OuterRef("position")
    ).values("queue")[:1]
)
#: The stratum of a check's own view in a representative sample; null for any other check.
STRATUM = Case(
    When(sampled__sample__method__in=REPRESENTATIVE_METHODS, then=F("sampled__stratum")),
    output_field=BigIntegerField(null=True),
)


def data_key() -> tuple[str, str]:
    """The database and the version of its data."""
    state = current_state()
    return state.database, state.version


def answer_key() -> tuple[str, str]:
    """The same with the version of what people add."""
    state = current_state()
    return state.database, state.answer_version


class Place(NamedTuple):
    """Where a view belongs, by which samples are limited and figures are grouped."""

    moderator: int
    day: date
    queue: str | None


class CountedCheck(NamedTuple):
    """A check that counts. ``stratum``: its own in a representative sample, else None.

    ``sampled``: the view of a sample that it answers, 0 for none.
    """

    check: int
    view: ViewKey
    place: Place
    decision: str
    is_correct: bool
    stratum: int | None
    sampled: int


def counted_checks() -> Iterator[CountedCheck]:
    """Yield the checks that count, of several of one view that which counts last."""
    rows = list(
        QualityCheck.objects.right_or_wrong()
        # Of those that are disputed still none is right or wrong.
        .alias(is_ruled=Q(dispute__isnull=False) & ~Q(dispute__outcome=DisputeOutcome.WITHDRAWN))
        .annotate(stratum=STRATUM)
        .order_by("is_ruled", "checked_at", "pk")
        .values_list(
            *("pk", "session_id", "position", "decision", "video"),
            *("is_correct", "stratum", "sampled_id"),
        )
    )
    places = places_of_judged({row[0]: Judged(*row[1:5]) for row in rows})
    for pk, session, position, decision, _video, is_correct, stratum, sampled in rows:
        if (place := places[pk]) is not None:
            view = (session, position)
            yield CountedCheck(pk, view, place, decision, is_correct, stratum, sampled or 0)


class Judged(NamedTuple):
    """A view as a check keeps it."""

    session: str
    position: int
    decision: str
    video: str


def places_of_judged(checks: Mapping[int, Judged]) -> dict[int, Place | None]:
    """By check, the place of the view that it judged; None where that says so no more.

    After a check only its own view is looked up, after a change of the data every view.
    """
    known = known_places()
    unknown = [check for check, judged in checks.items() if judged not in known]
    if unknown:
        current = QualityCheck.objects.order_by().current()
        if len(unknown) <= MAX_LISTED:
            current = current.filter(pk__in=unknown)
        day = TruncDate("session__started_at", tzinfo=timezone.get_default_timezone())
        rows = current.values_list("pk", "session__moderator_id", day, QUEUE_OF_VIEW)
        alike: dict[Place, Place] = {}
        found = {pk: alike.setdefault(Place(*place), Place(*place)) for pk, *place in rows}
        known.update({checks[check]: found.get(check) for check in unknown})
    return {check: known[judged] for check, judged in checks.items()}


@cached(LRUCache(MAX_VERSIONS), key=data_key, lock=Lock())
def known_places() -> dict[Judged, Place | None]:
    """The places that have been looked up in this version of the data."""
    return {}
