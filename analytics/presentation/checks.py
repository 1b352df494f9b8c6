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
    RULINGS,
    Dispute,
    DisputeOutcome,
    QualityCheck,
    Verdict,
    VideoView,
)
from analytics.presentation.cells import Cell, unsortable
from analytics.quality.estimates import CheckedView, CheckedViews, read_checked_views
from analytics.quality.listing import MODERATOR_OF_VIEW, of_session
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from analytics.video_links import video_link

SHOULD = {
    Verdict.ACCEPTED.value: "Should be accepted",
    Verdict.REJECTED.value: "Should be rejected",
    Verdict.UNSURE.value: "Unsure",
}
#: So many of the last disputes are counted; of a text so much is shown.
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
    """How many checked views count, and in how many the first decision was right."""

    checked: int
    right: int

    @property
    def words(self) -> str:
        """``37 of 40 right, 92.5 %``."""
        if not self.checked:
            return "No check counts yet"
        of_all = f"{formatting.count(self.right)} of {formatting.count(self.checked)}"
        return f"{of_all} right, {formatting.share(self.right / self.checked)}"


def own_views(viewer: User) -> CheckedViews:
    """The checked views of the viewer's own work, of all time."""
    with snapshot():
        return read_checked_views(Scope(viewer, moderator=own_moderator(viewer)))


def own_accuracy(viewer: User) -> str:
    """``37 of 40 right, accuracy 92.5 %``, as the metrics count and weigh it."""
    found = own_views(viewer).share(CheckedView.is_right)
    if not found.checked:
        return "No check counts yet"
    of_all = f"{formatting.count(found.counted)} of {formatting.count(found.checked)}"
    return f"{of_all} right, accuracy {formatting.share(found.share)}"


def what_it_means(check: QualityCheck, viewer: User) -> Sequence[tuple[str, str]]:
    """What becomes of somebody's own figures by the outcome of an open dispute; empty without.

    A view counts once: where another check of it counts now, the disputed one takes its place.
    """
    dispute = getattr(check, "dispute", None)
    if dispute is None or dispute.outcome != DisputeOutcome.OPEN:
        return []
    if check.is_stale:  # type: ignore[attr-defined]  # annotated
        return [("Your accuracy", "The view says something else by now: this check counts nowhere")]
    sampled = check.sampled
    if sampled is None or not sampled.sample.is_representative:
        return [("Your accuracy", "This check is from no random sample: it is counted apart")]
    of_view = QualityCheck.objects.filter(session_id=check.session_id, position=check.position)
    keys = set(of_view.values_list("pk", flat=True))
    views = [view for view in own_views(viewer).views if view.is_representative()]
    others = [view.is_correct for view in views if view.check not in keys]
    now = Figures(len(views), sum(view.is_correct for view in views))
    is_right = check.verdict == check.decision
    upheld = Figures(len(others) + 1, sum(others) + is_right)
    return [
        ("Now", now.words),
        ("If reversed", Figures(len(others) + 1, sum(others) + 1).words),
        ("If upheld", now.words if check.verdict == Verdict.UNSURE else upheld.words),
    ]


def dispute_cells(check: QualityCheck) -> list[Cell]:
    """A row of the lists of disputes, from ``visible_checks``."""
    dispute = check.dispute
    listed = "list=open" if dispute.outcome == DisputeOutcome.OPEN else "list=decided"
    name: str | None = check.moderator_name  # type: ignore[attr-defined]  # annotated
    return [
        *judged_cells(check, Cell(name or formatting.MISSING), listed=listed),
        Cell(
            dispute.reason if len(dispute.reason) < MAX_SHOWN else dispute.reason[:MAX_SHOWN] + "…"
        ),
        Cell(formatting.short_moment(dispute.created_at)),
        Cell(dispute.get_outcome_display(), pill=True),
    ]


def waiting(check: QualityCheck) -> tuple[QualityCheck, str]:
    """A check with an open dispute, and how long that has waited."""
    seconds = (timezone.now() - check.dispute.created_at).total_seconds()
    return check, formatting.age(seconds)


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
