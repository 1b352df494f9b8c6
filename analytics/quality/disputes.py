"""Answering back: a moderator disputes a check of an own view, once; somebody else decides."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from analytics.access import Forbidden, NotVisible, ScopeError, is_own, require_everyone
from analytics.models import RULINGS, Dispute, DisputeOutcome, QualityCheck, Session
from analytics.quality import dispute_mail

#: What deciding is called in a refusal.
DECIDING = "deciding disputes"
DECIDERS = (Role.LEAD, Role.ADMIN)
#: Why nothing more can be done to a dispute, by whether it was withdrawn.
CLOSED = {False: "this dispute has been decided", True: "this dispute has been withdrawn"}


def moderator_of(check: QualityCheck) -> int | None:
    """The key of the moderator whose view a check is about; None where the session is gone."""
    sessions = Session.objects.filter(public_id=check.session_id)
    return sessions.values_list("moderator_id", flat=True).first()


def why_not_disputed(check: QualityCheck, by: User) -> str:
    """Why somebody can't dispute a check; empty where they can."""
    if not is_own(by, moderator_of(check)):
        return "a check is disputed by whom it is about"
    if Dispute.objects.filter(quality_check=check).exists():
        return "this check has been disputed; a check is disputed once"
    return ""


def open_dispute(check: QualityCheck, reason: str, *, by: User) -> Dispute:
    """Dispute a check of an own view.

    Raises ``NotVisible`` for a check of somebody else's, ``ScopeError`` for a second dispute.
    """
    if not is_own(by, moderator_of(check)):
        raise NotVisible("check", "no such check of your decisions")
    if not reason.strip():
        raise ScopeError("reason", "say why the check is wrong")
    with transaction.atomic():
        # Of two at once the second finds the first.
        locked = QualityCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
        if refusal := why_not_disputed(locked, by):
            raise ScopeError("check", refusal)
        return Dispute.objects.create(quality_check=locked, reason=reason.strip(), created_by=by)


def why_not_decided(dispute: Dispute, by: User) -> str:
    """Why somebody can't decide a dispute; empty where they can.

    The checker decides only where nobody else may.
    """
    if dispute.outcome != DisputeOutcome.OPEN:
        return CLOSED[dispute.outcome == DisputeOutcome.WITHDRAWN]
    check = dispute.quality_check
    moderator = moderator_of(check)
    if is_own(by, moderator) or by.pk == dispute.created_by_id:
        return "nobody decides a dispute of their own"
    others = User.objects.filter(role__in=DECIDERS, is_active=True).exclude(pk=by.pk)
    if dispute.created_by_id is not None:
        others = others.exclude(pk=dispute.created_by_id)
    if moderator is not None:
        others = others.exclude(moderator=moderator)
    if by.pk == check.checked_by_id and others.exists():
        return "you made this check; somebody else decides"
    return ""


def decide_dispute(dispute: Dispute, outcome: str, reply: str, *, by: User) -> Dispute:
    """Uphold the check or reverse it, for good; a mail tells the person, if they want it.

    Raises ``Forbidden`` for who may not, ``ScopeError`` for one that has been decided.
    """
    require_everyone(by, subject=DECIDING)
    if outcome not in RULINGS:
        raise ScopeError("outcome", "is neither upheld nor reversed")
    with transaction.atomic():
        locked = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
        require_open(locked)
        if refusal := why_not_decided(locked, by):
            raise Forbidden("dispute", refusal)
        locked.outcome, locked.reply = outcome, reply.strip()
        locked.decided_by, locked.decided_at = by, timezone.now()
        locked.save()
        dispute_mail.thread.send_soon()
    return locked


def require_open(dispute: Dispute) -> None:
    """Raise ``ScopeError`` where a dispute has been decided or withdrawn."""
    if dispute.outcome == DisputeOutcome.WITHDRAWN:
        raise ScopeError("dispute", "has been withdrawn")
    if dispute.outcome != DisputeOutcome.OPEN:
        raise ScopeError("dispute", "has been decided")


def withdraw_dispute(dispute: Dispute, *, by: User) -> Dispute:
    """Take back a dispute that nobody has decided; the check counts as it says, and stays disputed.

    What was written stays, and the check cannot be disputed again. Raises ``NotVisible`` for
    somebody else's, ``ScopeError`` for one that is no longer open.
    """
    if not is_own(by, moderator_of(dispute.quality_check)):
        raise NotVisible("dispute", "no such dispute of yours")
    with transaction.atomic():
        locked = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
        require_open(locked)
        locked.outcome, locked.decided_at = DisputeOutcome.WITHDRAWN, timezone.now()
        locked.save()
    return locked
