"""Checks as lists show them, each with what its viewer may know of it."""

from collections import Counter

from django.db.models import Case, Count, F, OuterRef, Subquery, TextField, Value, When

from analytics.access import Viewer
from analytics.models import Dispute, QualityCheck, Session, Verdict
from analytics.models.quality import QualityCheckQuerySet
from analytics.quality.counted import QUEUE_OF_VIEW
from analytics.reads import read
from analytics.scope import Scope


def of_session(column: str, check: str = "") -> Subquery:
    """A column of a check's session, null where that is gone: a join would drop the check.

    ``check``: the lookup from what is listed to its check, with two underscores at its end.
    """
    sessions = Session.objects.filter(public_id=OuterRef(f"{check}session_id"))
    return Subquery(sessions.values(column)[:1])


MODERATOR_OF_VIEW = of_session("moderator__username")
NOBODY = Value(None, output_field=TextField(null=True))


def checks_in(scope: Scope) -> QualityCheckQuerySet:
    """The checks of the views in scope, with details; of all also where a session is gone."""
    checks = QualityCheck.objects.filter(scope.session_filter("session__"))
    return with_details(checks, scope.viewer)


@read
def unsure_checks(scope: Scope) -> int:
    """How many checks of the views in scope are unsure, without those that are stale."""
    checks = QualityCheck.objects.filter(scope.session_filter("session__"), verdict=Verdict.UNSURE)
    return checks.current().count()


@read
def dispute_counts(scope: Scope) -> Counter[str]:
    """How many disputes about views in scope there are of each outcome."""
    rows = Dispute.objects.filter(scope.session_filter("quality_check__session__")).order_by()
    return Counter(dict(rows.values_list("outcome").annotate(Count("pk"))))


def with_details(checks: QualityCheckQuerySet, viewer: Viewer) -> QualityCheckQuerySet:
    """Checks with what lists show of them.

    ``moderator_name``, ``queue_name``, ``checker_name``, and what ``with_stale`` and
    ``with_outcome`` add.
    """
    return (
        checks.with_stale()
        .with_outcome()
        .annotate(
            moderator_name=MODERATOR_OF_VIEW,
            queue_name=QUEUE_OF_VIEW,
            checker_name=checker_name(viewer),
        )
    )


def checker_name(viewer: Viewer) -> Case | Value:
    """Who checked, as far as the viewer may know: nobody is told who checked their own views."""
    if not viewer.sees_everyone:
        return NOBODY
    known = F("checked_by__username")
    if viewer.moderator is None:
        return Case(default=known, output_field=TextField(null=True))
    own = Session.objects.filter(moderator=viewer.moderator).values("public_id")
    return Case(
        When(session_id__in=own, then=NOBODY), default=known, output_field=TextField(null=True)
    )
