"""One video: its views over sessions and people in figures, and what each person decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from analytics import formatting
from analytics.keyset import Ordering, SortKey
from analytics.metrics.formulas import ratio
from analytics.models import Decision, Video, VideoView, ViewStatus
from analytics.presentation.cells import Cell
from analytics.presentation.kpis import Footnote, RenderedKpi
from analytics.presentation.record_tables import (
    RecordColumn,
    colored,
    key,
    moderator_column,
    moment,
    number,
    session_column,
    text,
)
from analytics.scope import Scope

MAX_PEOPLE = 50
DECIDED = (Decision.ACCEPTED, Decision.REJECTED)
NEWEST_FIRST = Ordering(
    "-seen",
    (SortKey("session__started_at"), SortKey("session__public_id"), SortKey("position")),
    descending=True,
)


class Median(Aggregate):
    """The value in the middle, between two the mean of them."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def views_of(video: Video, scope: Scope) -> QuerySet[VideoView]:
    """The video's views in scope, with ``on_it``: how long until the next video, if known.

    The next view is looked up for views whose own time is known, and once where it has one.
    """
    following = VideoView.objects.filter(
        session=OuterRef("session"), position=OuterRef("position") + 1
    )
    ended_at = Case(When(~Exists(following), then=F("session__ended_at")))
    left_at = Case(
        When(
            started_at__isnull=False,
            then=Coalesce(Subquery(following.values("started_at")[:1]), ended_at),
        ),
        output_field=DateTimeField(),
    )
    views = VideoView.objects.filter(scope.session_filter("session__"), video=video)
    return views.annotate(
        on_it=ExpressionWrapper(left_at - F("started_at"), output_field=DurationField())
    )


def video_kpis(views: QuerySet[VideoView], *, sees_people: bool) -> list[RenderedKpi]:
    """The video's numbers as a strip."""
    is_timed = Q(on_it__gte=timedelta(0))
    sums = views.aggregate(
        views=Count("pk"),
        sessions=Count("session", distinct=True),
        people=Count("session__moderator", distinct=True),
        accepted=Count("pk", filter=Q(decision=Decision.ACCEPTED)),
        rejected=Count("pk", filter=Q(decision=Decision.REJECTED)),
        completed=Count("pk", filter=Q(status=ViewStatus.COMPLETED)),
        timed=Count("on_it", filter=is_timed),
        median=Median("on_it", filter=is_timed),
    )
    decided = sums["accepted"] + sums["rejected"]
    undecided = sums["views"] - decided
    people = [kpi("People", formatting.count(sums["people"]))] if sees_people else []
    seconds = None if sums["median"] is None else sums["median"].total_seconds()
    return [
        kpi(
            "Views", formatting.count(sums["views"]), formatting.plural(sums["sessions"], "session")
        ),
        *people,
        decision_kpi("Accepted", sums["accepted"], decided),
        decision_kpi("Rejected", sums["rejected"], decided, undecided),
        kpi(
            "Completed",
            formatting.share(ratio(sums["completed"], sums["views"])),
            f"{formatting.count(sums['completed'])} of {formatting.plural(sums['views'], 'view')}",
        ),
        kpi(
            "Time on it",
            formatting.duration(seconds),
            "median, until the next video",
            f"of {formatting.plural(sums['timed'], 'view')} whose times are known",
        ),
    ]


def decision_kpi(label: str, count: int, decided: int, undecided: int = 0) -> RenderedKpi:
    """How often one decision was made."""
    return kpi(
        label,
        formatting.count(count),
        f"{formatting.share(count / decided)} of {formatting.count(decided)} decided"
        if decided
        else "",
        f"{formatting.count(undecided)} without a decision" if undecided else "",
    )


def kpi(label: str, words: str, *footnotes: str) -> RenderedKpi:
    """A figure without a comparison."""
    value, _, unit = words.partition(formatting.NBSP)
    return RenderedKpi(
        label,
        value,
        unit.replace(formatting.NBSP, " "),
        footnotes=[Footnote(note) for note in footnotes if note],
    )


@dataclass(frozen=True)
class PersonDecision:
    """What somebody decided on the video the last time they decided."""

    username: str
    decision: str
    seen_at: datetime
    session: str
    differs: bool


def last_decisions(views: QuerySet[VideoView]) -> list[PersonDecision]:
    """What each person decided last; those who decided otherwise than most come first."""
    last = (
        views.filter(decision__in=DECIDED)
        .order_by(
            "session__moderator_id", "-session__started_at", "-session__public_id", "-position"
        )
        .distinct("session__moderator_id")
        .values_list(
            "session__moderator__username",
            "decision",
            "session__started_at",
            "session__public_id",
        )
    )
    rows = list(last)
    usual = majority(Counter(decision for _, decision, *_ in rows))
    people = [PersonDecision(*row, differs=usual is not None and row[1] != usual) for row in rows]
    return sorted(people, key=lambda person: (not person.differs, person.username))


def majority(counts: Mapping[str, int]) -> str | None:
    """What more people decided; None of a tie."""
    accepted, rejected = (counts.get(decision, 0) for decision in DECIDED)
    if accepted == rejected:
        return None
    return Decision.ACCEPTED.value if accepted > rejected else Decision.REJECTED.value


def agreement_words(people: Sequence[PersonDecision]) -> str:
    """How many decided what, in words."""
    counts = Counter(person.decision for person in people)
    if len(counts) == 1:
        [decision] = counts
        return (
            f"All {len(people)} {decision} it" if len(people) > 1 else f"One person {decision} it"
        )
    words = f"{counts['accepted']} accepted it, {counts['rejected']} rejected it"
    return f"{words}; by each person's last decision"


def yes_or_no(value: bool | None) -> str:
    """A flag that may be unknown."""
    return formatting.MISSING if value is None else ("yes" if value else "no")


def seconds_on_it(view: Any) -> float | None:
    """How long until the next video."""
    if view.on_it is None or view.on_it.total_seconds() < 0:
        return None
    seconds: float = view.on_it.total_seconds()
    return seconds


VIEW_COLUMNS: Sequence[RecordColumn] = (
    session_column(lambda view: str(view.session.public_id)),
    moderator_column(lambda view: str(view.session.moderator.username)),
    moment("Seen", lambda view: view.started_at or view.session.started_at),
    key("Queue", lambda view: view.queue),
    colored("Status", "status", lambda view: str(view.status)),
    colored("Decision", "decision", lambda view: str(view.decision)),
    key("Reason", lambda view: view.reason),
    text("Keys", lambda view: " ".join(view.keys)),
    text("Watched", lambda view: yes_or_no(view.watched)),
    number("Time on it", seconds_on_it, formatting.duration),
)
PERSON_COLUMNS: Sequence[RecordColumn] = (
    moderator_column(lambda person: str(person.username)),
    colored("Decided", "decision", lambda person: str(person.decision)),
    RecordColumn(
        "Against most", lambda person, _: Cell("otherwise" if person.differs else "as most")
    ),
    moment("Session began", lambda person: person.seen_at),
    session_column(lambda person: str(person.session)),
)
