"""Samples, checks and disputes in the admin, to look at: what is done to them is done on pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from analytics import formatting
from analytics.admin.filters import ChoiceFilter, date_range, related
from analytics.admin.formatting import admin_link, listed, pill, portal_address
from analytics.admin.listing import ReviewToolAdmin
from analytics.models import (
    Dispute,
    DisputeOutcome,
    QualityCheck,
    QualitySample,
    SampleMethod,
    Verdict,
)
from analytics.models.quality import QualityCheckQuerySet
from analytics.presentation.checks import came_to
from analytics.presentation.samples import with_progress
from analytics.quality.listing import of_session, with_details


class MethodFilter(ChoiceFilter):
    """Samples by how they are drawn."""

    title = parameter_name = "method"
    values = SampleMethod.choices


class VerdictFilter(ChoiceFilter):
    """Checks by verdict."""

    title = parameter_name = "verdict"
    values = Verdict.choices


class CheckDisputeFilter(ChoiceFilter):
    """Checks by what became of their dispute."""

    title = "dispute"
    parameter_name = "dispute__outcome"
    values = DisputeOutcome.choices


class OutcomeFilter(ChoiceFilter):
    """Disputes by what became of them."""

    title = parameter_name = "outcome"
    values = DisputeOutcome.choices


class OfSampleFilter(admin.SimpleListFilter):
    """The checks of one sample, which links lead to; there may be too many samples to offer."""

    title = "sample"
    parameter_name = "sampled__sample"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The sample that is chosen."""
        value = request.GET.get(self.parameter_name, "")
        if not (value.isascii() and value.isdecimal() and len(value) < 19):
            return []
        rows = QualitySample.objects.filter(pk=int(value))
        return [(str(sample.pk), sample.name) for sample in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The checks of the sample."""
        value = self.value()
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(sampled__sample=int(value)) if value in known else queryset


@admin.register(QualitySample)
class QualitySampleAdmin(ReviewToolAdmin[QualitySample]):
    """Decisions that were drawn for checking, with how far they are."""

    list_display = ("name", "method", "whose", "days", "size", "done", "created_by", "created_at")
    list_filter = (MethodFilter, date_range("created_at", "drawn on"), related("moderator"))
    list_select_related = ("moderator", "created_by")
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    search_fields = ("name",)
    search_help_text = "How the sample's name begins."
    fields = (
        ("name", "method"),
        ("whose", "days", "population"),
        ("size", "done"),
        ("wanted_size", "wanted_precision", "expected_accuracy"),
        ("at_least", "second_checks", "is_blind", "seed"),
        ("created_by", "created_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[QualitySample]:
        """The samples with their progress."""
        return with_progress(super().get_queryset(request))

    def view_on_site(self, obj: QualitySample) -> str:
        """The address of the sample's page in the portal."""
        return portal_address("quality-sample", str(obj.pk))

    @admin.display(description="Moderator")
    def whose(self, sample: QualitySample) -> SafeString | str:
        """Whose views it was drawn from."""
        return "Everyone" if sample.moderator is None else admin_link(sample.moderator)

    @admin.display(description="Days")
    def days(self, sample: QualitySample) -> str:
        """From when its views are."""
        return formatting.date_range(sample.start, sample.end)

    @admin.display(description="To check")
    def size(self, sample: QualitySample) -> str:
        """How many checks it takes."""
        return formatting.count(sample.n_wanted)  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Checks")
    def done(self, sample: QualitySample) -> SafeString:
        """How many there are, and the way to them."""
        address = listed(QualityCheck, sampled__sample=sample.pk)
        n_done: int = sample.n_done  # type: ignore[attr-defined]  # annotated
        return format_html('<a href="{}">{}</a>', address, formatting.count(n_done))


@admin.register(QualityCheck)
class QualityCheckAdmin(ReviewToolAdmin[QualityCheck]):
    """What checkers said of decisions, and what it came to."""

    list_display = ("checked_at", "seen", "whose", "decision", "verdict", "came_to", "checker")
    list_filter = (
        date_range("checked_at", "checked on"),
        VerdictFilter,
        CheckDisputeFilter,
        OfSampleFilter,
    )
    list_select_related = ("dispute", "sampled__sample")
    ordering = ("-checked_at", "-pk")
    sortable_by = ("checked_at",)
    search_fields = ("video",)
    search_help_text = "How the video's id begins."
    fields = (
        ("seen", "whose", "queue"),
        ("decision", "verdict", "came_to"),
        ("reason", "note"),
        ("checker", "checked_at"),
        "of_sample",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[QualityCheck]:
        """The checks with what they came to, and with the checkers that the admin may know."""
        rows = super().get_queryset(request)
        assert isinstance(rows, QualityCheckQuerySet)
        viewer = request.user
        assert isinstance(viewer, User)
        return with_details(rows, viewer)

    def view_on_site(self, obj: QualityCheck) -> str:
        """The address of the check's page in the portal."""
        return portal_address("quality-check", str(obj.pk))

    @admin.display(description="View")
    def seen(self, check: QualityCheck) -> str:
        """The view that is judged."""
        return f"{check.video or 'unknown video'} ({check.session_id} #{check.position + 1})"

    @admin.display(description="Moderator")
    def whose(self, check: QualityCheck) -> str:
        """Whose decision it is; unknown where the session is gone."""
        return check.moderator_name or formatting.MISSING  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Queue")
    def queue(self, check: QualityCheck) -> str:
        """The view's queue."""
        return check.queue_name or formatting.MISSING  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Came to")
    def came_to(self, check: QualityCheck) -> SafeString:
        """Whether the decision was right, or why that is not said."""
        return pill(came_to(check))

    @admin.display(description="Checked by")
    def checker(self, check: QualityCheck) -> str:
        """Who checked; nobody is told of their own views."""
        return check.checker_name or formatting.MISSING  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Sample")
    def of_sample(self, check: QualityCheck) -> SafeString | str:
        """The sample that it answers."""
        return formatting.MISSING if check.sampled is None else admin_link(check.sampled.sample)


@admin.register(Dispute)
class DisputeAdmin(ReviewToolAdmin[Dispute]):
    """What moderators answered to checks, and what was decided."""

    list_display = ("created_at", "about", "whose", "outcome", "decided_at", "decider")
    list_filter = (OutcomeFilter, date_range("created_at", "disputed on"))
    list_select_related = ("quality_check", "decided_by")
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    fields = (
        ("about", "whose"),
        "reason",
        ("outcome", "reply"),
        ("created_at", "decided_at", "decider"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """The disputes with whom they are by, and with who decided as far as that may be known."""
        viewer = request.user
        assert isinstance(viewer, User)
        check = "quality_check__"
        return (
            super()
            .get_queryset(request)
            .annotate(
                moderator_name=of_session("moderator__username", check),
                moderator_key=of_session("moderator", check),
            )
            .annotate(is_own=Q(moderator_key=viewer.moderator_id or 0))
        )

    def view_on_site(self, obj: Dispute) -> str:
        """The address of the page of its check in the portal."""
        return portal_address("quality-check", str(obj.quality_check_id))

    @admin.display(description="Check")
    def about(self, dispute: Dispute) -> SafeString:
        """The check that is disputed."""
        return admin_link(dispute.quality_check, dispute.quality_check.video or "unknown video")

    @admin.display(description="Moderator")
    def whose(self, dispute: Dispute) -> str:
        """Whose decision it is; unknown where the session is gone."""
        return dispute.moderator_name or formatting.MISSING  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Decided by")
    def decider(self, dispute: Dispute) -> str:
        """Who decided; nobody is told of their own disputes."""
        is_own: bool | None = dispute.is_own  # type: ignore[attr-defined]  # annotated
        if is_own or dispute.decided_by is None:
            return formatting.MISSING
        return dispute.decided_by.get_username()
