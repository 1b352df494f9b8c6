"""One check and what came of it, in words; for leads and for whom it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analytics import formatting
from analytics.access import NotVisible, is_own, may_check, own_moderator
from analytics.comparison.sampling import wilson_limits
from analytics.models import (
    REPRESENTATIVE_METHODS,
    RULINGS,
    Dispute,
    DisputeOutcome,
    QualityCheck,
    Verdict,
    VideoView,
)
from analytics.models.quality import QualityCheckQuerySet
from analytics.presentation.cells import Cell, unsortable
from analytics.quality.listing import MODERATOR_OF_VIEW, of_session
from analytics.video_links import video_link

SHOULD = {
    Verdict.ACCEPTED.value: "Should be accepted",
    Verdict.REJECTED.value: "Should be rejected",
    Verdict.UNSURE.value: "Unsure",
}
#: So many checks or disputes are listed, so many of the last ones counted; of a text so much.
MAX_LISTED = 200
MAX_COUNTED = 1_000
MAX_SHOWN = 90
OWN_COLUMNS = unsortable("Video", "Seen", "Your decision", "Check", "Reason", "Came to", "Checked")
DISPUTE_COLUMNS = unsortable(
    "Video",
    "Moderator",
    "First decision",
    "Check",
    "Why it is disputed",
    "Since",
    "Outcome",
)
OUTCOME_WORDS = {
    DisputeOutcome.OPEN.value: "disputed",
    DisputeOutcome.UPHELD.value: "dispute: check upheld",
    DisputeOutcome.REVERSED.value: "dispute: check reversed",
    DisputeOutcome.WITHDRAWN.value: "dispute withdrawn",
}


@dataclass(frozen=True)
class CheckWords:
    """A check in words: the verdict, its swatch, what it came to."""

    verdict: str
    swatch: str
    came_to: str


def visible_checks(viewer: User) -> QuerySet[QualityCheck]:
    """The checks that somebody may see: of all views, or of their own; with what they came to."""
    rows = QualityCheck.objects.with_outcome().with_stale()
    if not may_check(viewer):
        rows = rows.filter(session__moderator=own_moderator(viewer))
    return rows.annotate(
        moderator_name=MODERATOR_OF_VIEW, seen_at=of_session("started_at")
    ).select_related("dispute__created_by", "dispute__decided_by", "checked_by", "sampled__sample")


def visible_check(pk: int, viewer: User) -> QualityCheck:
    """A check; raises ``NotVisible``."""
    check = visible_checks(viewer).filter(pk=pk).first()
    if check is None:
        raise NotVisible("check", "no such check")
    return check


def check_words(check: QualityCheck) -> CheckWords:
    """The words of a check from ``visible_checks``."""
    return CheckWords(SHOULD[check.verdict], verdict_swatch(check), came_to(check))


def verdict_swatch(check: QualityCheck) -> str:
    """The colour of a verdict, by its name."""
    return "none" if check.verdict == Verdict.UNSURE else check.verdict


def check_address(check: QualityCheck, *, listed: str = "") -> str:
    """The page of a check; ``listed``: the parameters that name the list that leads there."""
    path = reverse("portal:quality-check", args=[check.pk])
    return f"{path}?{listed}" if listed else path


def judged_cells(check: QualityCheck, *between: Cell, listed: str = "") -> list[Cell]:
    """A video that leads to its check, the cells ``between``, its decision and the verdict."""
    return [
        Cell(check.video or "unknown video", href=check_address(check, listed=listed)),
        *between,
        Cell(check.get_decision_display(), swatch=check.decision),
        Cell(SHOULD[check.verdict], swatch=verdict_swatch(check)),
    ]


def came_to(check: QualityCheck) -> str:
    """Whether the first decision was right, or why that is not said."""
    if check.is_stale:  # type: ignore[attr-defined]  # annotated
        return "not counted: the view says something else by now"
    dispute = getattr(check, "dispute", None)
    is_correct: bool | None = check.is_correct  # type: ignore[attr-defined]  # annotated
    words = {True: "right", False: "wrong", None: "not counted"}[is_correct]
    return f"{words}, {OUTCOME_WORDS[dispute.outcome]}" if dispute else words


def check_context(check: QualityCheck, viewer: User) -> dict[str, Any]:
    """What the page of a check shows of it. Whom it is about is told no checker's name."""
    view = judged_view(check)
    own = is_own_check(check, viewer)
    dispute = getattr(check, "dispute", None)
    return {
        "check": check,
        "words": check_words(check),
        "own": own,
        "moderator": check.moderator_name,  # type: ignore[attr-defined]  # annotated
        "checker": "" if own or check.checked_by is None else check.checked_by.get_username(),
        "decider": ""
        if own or dispute is None or dispute.decided_by is None
        else dispute.decided_by.get_username(),
        "view": view,
        "dispute": dispute,
        "seen": formatting.short_moment(check.seen_at),  # type: ignore[attr-defined]
        "checked": formatting.short_moment(check.checked_at),
        "disputed": formatting.moment(dispute.created_at) if dispute else "",
        "decided": formatting.moment(dispute.decided_at) if dispute else "",
        "video_url": video_link(check.video),
        "is_blind": check.sampled is not None and check.sampled.sample.is_blind,
    }


def is_own_check(check: QualityCheck, viewer: User) -> bool:
    """Whether a check is about the viewer's own view."""
    session = check.session_id
    row = QualityCheck.objects.filter(pk=check.pk, session__public_id=session)
    moderator = row.values_list("session__moderator", flat=True).first()
    return is_own(viewer, moderator)


def judged_view(check: QualityCheck) -> VideoView | None:
    """The view that a check is about, where it is still there and says the same."""
    view = VideoView.objects.filter(
        session__public_id=check.session_id, position=check.position, decision=check.decision
    )
    return view.first()


@dataclass(frozen=True)
class Figures:
    """How many checks count, and how many of them found the first decision right."""

    checked: int
    right: int


def figures_of(checks: QualityCheckQuerySet) -> Figures:
    """How many of some checks count, and were right."""
    counted = checks.counted()
    return Figures(counted.count(), counted.filter(is_correct=True).count())  # type: ignore[misc]  # annotated


def own_figures(viewer: User) -> Figures:
    """The counted checks of the viewer's own views from random samples."""
    return figures_of(
        QualityCheck.objects.filter(
            session__moderator=own_moderator(viewer),
            sampled__sample__method__in=REPRESENTATIVE_METHODS,
        )
    )


def figures_words(figures: Figures) -> str:
    """``37 of 40 right, 92.5 %``."""
    if not figures.checked:
        return "No check counts yet"
    share = formatting.share(figures.right / figures.checked)
    return (
        f"{formatting.count(figures.right)} of {formatting.count(figures.checked)} right, {share}"
    )


def what_it_means(check: QualityCheck, viewer: User) -> Sequence[tuple[str, str]]:
    """What becomes of somebody's own figures by the outcome of an open dispute; empty without."""
    dispute = getattr(check, "dispute", None)
    if dispute is None or dispute.outcome != DisputeOutcome.OPEN:
        return []
    sampled = check.sampled
    if sampled is None or not sampled.sample.is_representative:
        return [("Your accuracy", "This check is from no random sample: it is counted apart")]
    now = own_figures(viewer)
    is_right = check.verdict == check.decision
    counts = check.verdict != Verdict.UNSURE
    upheld = Figures(now.checked + counts, now.right + (counts and is_right))
    return [
        ("Now", figures_words(now)),
        ("If reversed", figures_words(Figures(now.checked + 1, now.right + 1))),
        ("If upheld", figures_words(upheld)),
    ]


def open_disputes() -> list[Dispute]:
    """The open disputes, the oldest first; ``waited`` says how long each has waited."""
    rows = list(listed_disputes().filter(outcome=DisputeOutcome.OPEN)[:MAX_LISTED])
    for row in rows:
        waited = (timezone.now() - row.created_at).total_seconds()
        row.waited = formatting.age(waited)  # type: ignore[attr-defined]  # for the template
    return rows


def decided_disputes() -> list[Dispute]:
    """The last disputes that were decided, the newest first."""
    rows = listed_disputes().exclude(outcome=DisputeOutcome.OPEN)
    return list(rows.order_by("-decided_at")[:MAX_LISTED])


def listed_disputes() -> QuerySet[Dispute]:
    """Disputes with what a list says of them."""
    rows = Dispute.objects.select_related("quality_check", "created_by", "decided_by")
    return rows.annotate(moderator_name=of_session("moderator__username", "quality_check__"))


def dispute_cells(dispute: Dispute) -> list[Cell]:
    """A row of the lists of disputes."""
    check = dispute.quality_check
    listed = "list=open" if dispute.outcome == DisputeOutcome.OPEN else "list=decided"
    name: str | None = dispute.moderator_name  # type: ignore[attr-defined]  # annotated
    return [
        *judged_cells(check, Cell(name or formatting.MISSING), listed=listed),
        Cell(
            dispute.reason if len(dispute.reason) < MAX_SHOWN else dispute.reason[:MAX_SHOWN] + "…"
        ),
        Cell(formatting.short_moment(dispute.created_at)),
        Cell(dispute.get_outcome_display(), pill=True),
    ]


def own_cells(check: QualityCheck, listed: str) -> list[Cell]:
    """A row of somebody's own checks; ``listed``: the parameters of the list."""
    seen = formatting.short_moment(check.seen_at)  # type: ignore[attr-defined]  # annotated
    return [
        *judged_cells(check, Cell(seen), listed=listed),
        Cell(check.reason or formatting.MISSING),
        Cell(came_to(check), pill=True),
        Cell(formatting.short_moment(check.checked_at)),
    ]


def how_disputes_go() -> Sequence[tuple[str, str]]:
    """How many were reversed, and how long people waited; empty before one is decided."""
    decided = Dispute.objects.filter(outcome__in=RULINGS)
    columns = decided.values_list("outcome", "created_at", "decided_at")
    rows = list(columns.order_by("-decided_at")[:MAX_COUNTED])
    if not rows:
        return []
    n_reversed = sum(outcome == DisputeOutcome.REVERSED for outcome, _from, _to in rows)
    low, high = wilson_limits(n_reversed / len(rows), len(rows))
    share = formatting.share(n_reversed / len(rows), 0)
    interval = formatting.share_interval(low, high, 0)
    waited = median((end - start).total_seconds() for _outcome, start, end in rows if end)
    of_all = f"{formatting.count(n_reversed)} of {formatting.count(len(rows))}"
    return [
        ("Reversed", f"{of_all} ({share}, {interval})"),
        ("Median wait", formatting.age(waited)),
    ]
