"""Working through samples: the next view for somebody, and the verdict on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.models import User
from analytics.access import Forbidden, NotVisible, ScopeError, is_own, require_everyone
from analytics.models import (
    DECIDED,
    Dispute,
    QualityCheck,
    QualitySample,
    SampledView,
    Session,
    Verdict,
    VideoView,
)

Change = Literal["created", "updated", "unchanged"]

#: So long a view is kept for who has it before them.
KEPT_FOR = timedelta(minutes=30)
#: What checking is called in a refusal.
CHECKING = "checking decisions"
OWN = "is your own; nobody checks their own decisions"
DISPUTED = "your check has been disputed and stays as it is"
DISPUTED_FROM_FILE = "the check has been disputed and stays as it is; this row says otherwise"


@dataclass(frozen=True)
class Opinion:
    """What a checker says of a view."""

    verdict: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Kept:
    """A check, and what became of it."""

    check: QualityCheck
    change: Change


@dataclass(frozen=True)
class SampleProgress:
    """How far a sample is. ``wanted`` and ``done`` are checks; views may want two.

    ``mine``: the checks of who asks; ``unsure``: of all; ``stale``: views that say something else
    by now, which nobody is given and which want no checks.
    """

    views: int
    wanted: int
    done: int
    mine: int
    unsure: int
    stale: int


def open_views(sample: QualitySample, reviewer: User) -> QuerySet[SampledView]:
    """The views of a sample that somebody may still check, in the order of work.

    Not those that are stale, their own, checked by them or by enough others, or just before
    somebody else.
    """
    own_checks = QualityCheck.objects.filter(sampled=OuterRef("pk"), checked_by=reviewer)
    checks = QualityCheck.objects.filter(sampled=OuterRef("pk")).order_by()
    n_checks = Coalesce(Subquery(checks.values("sampled").annotate(n=Count("pk")).values("n")), 0)
    is_free = Q(taken_by__isnull=True) | Q(taken_by=reviewer) | Q(taken_at__lt=Now() - KEPT_FOR)
    views = (
        sample.views.current()
        .alias(n_checks=n_checks)
        .filter(~Exists(own_checks), is_free, n_checks__lt=F("checks_wanted"))
    )
    if reviewer.moderator_id is not None:
        # Of nobody gone: their views are stale.
        views = views.exclude(session__moderator=reviewer.moderator_id)
    return views.order_by("number")


def next_view(
    sample: QualitySample, reviewer: User, *, skipping: Collection[int] = ()
) -> SampledView | None:
    """The next view that somebody is to check, kept for them from now on; None: there is none.

    ``skipping``: keys of views that they put off. Raises ``Forbidden``.
    """
    require_everyone(reviewer, subject=CHECKING)
    with transaction.atomic():
        # Whoever asks at the same moment waits until it is known who has what.
        QualitySample.objects.select_for_update().get(pk=sample.pk)
        view = open_views(sample, reviewer).exclude(pk__in=skipping).first()
        if view is not None:
            SampledView.objects.filter(pk=view.pk).update(taken_by=reviewer, taken_at=Now())
    return view


def put_back(view: SampledView, reviewer: User) -> None:
    """Let others have a view that somebody had before them."""
    SampledView.objects.filter(pk=view.pk, taken_by=reviewer).update(taken_by=None, taken_at=None)


def check_sampled(view: SampledView, opinion: Opinion, *, by: User) -> QualityCheck:
    """Keep somebody's verdict on a view of a sample; their second one replaces the first.

    Raises ``Forbidden``, and ``ScopeError`` for an own view, one that says something else by now,
    and a check that has been disputed.
    """
    require_everyone(by, subject=CHECKING)
    with transaction.atomic():
        locked = SampledView.objects.select_for_update(of=("self",)).get(pk=view.pk)
        judged = (
            SampledView.objects.current().filter(pk=view.pk).values_list("session__moderator")
        ).first()
        if judged is None:
            raise ScopeError("view", "says something else by now; there is nothing to check")
        refuse_own(by, judged[0])
        found = QualityCheck.objects.filter(sampled=locked, checked_by=by).first()
        check = found or QualityCheck(
            sampled=locked,
            session_id=locked.session_id,
            position=locked.position,
            video=locked.video,
            decision=locked.decision,
            checked_by=by,
        )
        save_opinion(check, opinion)
        put_back(locked, by)
    return check


def why_not_corrected(check: QualityCheck, by: User) -> str:
    """Why somebody can't say something else in a check; empty where they can."""
    if check.checked_by_id != by.pk:
        return "only who made a check corrects it"
    if Dispute.objects.filter(quality_check=check).exists():
        return DISPUTED
    if not QualityCheck.objects.current().filter(pk=check.pk).exists():
        return "the view says something else by now; there is nothing to correct"
    return ""


def correct_check(check: QualityCheck, opinion: Opinion, *, by: User) -> QualityCheck:
    """Say something else in an own check, given by mistake; the audit keeps what it said.

    Raises ``Forbidden`` for somebody else's, ``ScopeError`` for one that was disputed or is stale.
    """
    require_everyone(by, subject=CHECKING)
    if check.checked_by_id != by.pk:
        raise Forbidden("check", why_not_corrected(check, by))
    with transaction.atomic():
        locked = QualityCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
        if refusal := why_not_corrected(locked, by):
            raise ScopeError("check", refusal)
        save_opinion(locked, opinion)
    return locked


def check_view(session: str, position: int, opinion: Opinion, *, by: User) -> QualityCheck:
    """Keep somebody's verdict on any decided view; of one that was drawn it is the sample's.

    Raises ``Forbidden``, ``NotVisible`` where there is no such view, ``ScopeError`` for an own
    view, one without a decision, and a check that has been disputed.
    """
    require_everyone(by, subject=CHECKING)
    return keep_opinion(find_decided(session, position), opinion, by=by).check


def find_decided(session: str, position: int) -> VideoView:
    """The view, which has a decision; raises ``NotVisible`` and ``ScopeError``."""
    view = (
        VideoView.objects.select_related("session", "video")
        .filter(session__public_id=session, position=position)
        .first()
    )
    if view is None:
        if Session.objects.filter(public_id=session).exists():
            raise NotVisible("position", "the session has no view there")
        raise NotVisible("session", "no such session")
    if view.decision not in DECIDED:
        raise ScopeError("position", "nothing was decided on this view")
    return view


def keep_opinion(view: VideoView, opinion: Opinion, *, by: User | None) -> Kept:
    """Keep a verdict on a decided view; ``by`` is None where nobody is known to have said so.

    Raises ``ScopeError`` for an own view and for a check that has been disputed.
    """
    if by is not None:
        refuse_own(by, view.session.moderator_id)
    judged = {
        "session_id": view.session.public_id,
        "position": view.position,
        "video": view.video.public_id if view.video else "",
        "decision": view.decision,
    }
    with transaction.atomic():
        # Two at once about one session: the second waits for the first.
        Session.objects.select_for_update(no_key=True).get(pk=view.session_id)
        sampled = sampled_view_for(view, by)
        found = QualityCheck.objects.filter(sampled=sampled, checked_by=by, **judged).first()
        check = found or QualityCheck(sampled=sampled, checked_by=by, **judged)
        return Kept(check, save_opinion(check, opinion))


@dataclass(frozen=True)
class NotKept:
    """Why a verdict is refused, and the field that this is about."""

    field: str
    reason: str


def why_not_kept(view: VideoView, opinion: Opinion, *, by: User | None) -> NotKept | None:
    """Why a verdict on a decided view is refused; None where it is kept, or has been before.

    ``by`` is None for a file, whose verdicts are nobody's known.
    """
    if by is not None and is_own(by, view.session.moderator_id):
        return NotKept("session", OWN)
    if says_otherwise_than_disputed(view, opinion, by=by):
        return NotKept("verdict", DISPUTED_FROM_FILE if by is None else DISPUTED)
    return None


def says_otherwise_than_disputed(view: VideoView, opinion: Opinion, *, by: User | None) -> bool:
    """Whether somebody's check of a view has been disputed, and said something else."""
    checks = QualityCheck.objects.current().filter(
        session_id=view.session.public_id,
        position=view.position,
        checked_by=by,
        dispute__isnull=False,
    )
    said = {"verdict": opinion.verdict, "reason": opinion.reason, "note": opinion.note}
    return checks.exclude(**said).exists()


def sampled_view_for(view: VideoView, by: User | None) -> SampledView | None:
    """The view in a sample that a verdict answers: of a representative one first, the newest.

    One that they have answered before comes first of all: it is answered again.
    """
    drawn = SampledView.objects.current().filter(
        session_id=view.session.public_id, position=view.position
    )
    answered = set(
        QualityCheck.objects.filter(sampled__in=drawn, checked_by=by).values_list(
            "sampled", flat=True
        )
    )
    in_order = sorted(
        drawn.select_related("sample"),
        key=lambda each: (each.pk in answered, each.sample.is_representative, each.sample.pk),
    )
    return in_order[-1] if in_order else None


def refuse_own(by: User, moderator: int | None) -> None:
    """Raise ``ScopeError`` for somebody's own view."""
    if is_own(by, moderator):
        raise ScopeError("session", OWN)


def save_opinion(check: QualityCheck, opinion: Opinion) -> Change:
    """Store a verdict, in a transaction; raises ``ScopeError`` for one that has been disputed."""
    if opinion.verdict not in Verdict.values:
        raise ScopeError("verdict", f"is none of {', '.join(Verdict.values)}")
    if check.pk is not None:
        # Whoever disputes it at the same moment waits, or is found to have.
        check.refresh_from_db(from_queryset=QualityCheck.objects.select_for_update(of=("self",)))
    said = Opinion(check.verdict, check.reason, check.note)
    if check.pk is not None and said == opinion:
        return "unchanged"
    if check.pk is not None and Dispute.objects.filter(quality_check=check).exists():
        raise ScopeError("verdict", DISPUTED)
    check.verdict, check.reason, check.note = opinion.verdict, opinion.reason, opinion.note
    check.checked_at = timezone.now()
    change: Change = "created" if check.pk is None else "updated"
    check.save()
    return change


def progress(sample: QualitySample, reviewer: User) -> SampleProgress:
    """How far a sample is, for who asks."""
    views = list(sample.views.values_list("pk", "checks_wanted"))
    kept = set(sample.views.current().values_list("pk", flat=True))
    checks = QualityCheck.objects.filter(sampled__sample=sample)
    per_view: dict[int, int] = {}
    mine = unsure = 0
    for sampled, checked_by, verdict in checks.values_list("sampled", "checked_by", "verdict"):
        per_view[sampled] = per_view.get(sampled, 0) + 1
        mine += checked_by == reviewer.pk
        unsure += verdict == Verdict.UNSURE
    current = [(key, wanted) for key, wanted in views if key in kept]
    return SampleProgress(
        views=len(views),
        wanted=sum(wanted for _key, wanted in current),
        done=sum(min(per_view.get(key, 0), wanted) for key, wanted in current),
        mine=mine,
        unsure=unsure,
        stale=len(views) - len(current),
    )
