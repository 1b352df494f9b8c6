"""Moderators in the admin: added, renamed, erased; deleted as long as nothing is known of them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.access import PORTAL
from analytics.admin.erasure_page import ErasureMixin
from analytics.admin.formatting import admin_link, listed, portal_address, readable_json
from analytics.admin.listing import LargeListAdmin
from analytics.imports.notices import look_alikes
from analytics.models import Moderator, ModeratorPerformance, Session
from analytics.names import normalise
from analytics.scope import Scope

#: Pairs of names that look alike, told above the list; the others are counted.
MAX_PAIRS = 10


class ModeratorForm(forms.ModelForm[Moderator]):
    """A moderator's name."""

    class Meta:
        model = Moderator
        fields = ("username",)
        widgets = {"username": AdminTextInputWidget(attrs={"autocomplete": "off"})}
        help_texts = {
            "username": "As the review tool writes it. After a change, documents under the old "
            "name are somebody else's: change it in the review tool, too."
        }

    def clean_username(self) -> str:
        """A name as every door takes it."""
        name = normalise(self.cleaned_data["username"])
        if not name:
            raise forms.ValidationError("This field is required.")
        return name


class AccountFilter(admin.SimpleListFilter):
    """Moderators who can log in, or who can't."""

    title = "account"
    parameter_name = "account"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        """The choices."""
        return [("yes", "With an account"), ("no", "Without an account")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Moderator]) -> QuerySet[Moderator]:
        """The moderators of the choice."""
        if self.value() in ("yes", "no"):
            return queryset.filter(account__isnull=self.value() == "no")
        return queryset


def account_of(moderator: Moderator) -> Model | None:
    """The account linked to a moderator, if any."""
    try:
        return moderator.account
    except ObjectDoesNotExist:
        return None


@admin.register(Moderator)
class ModeratorAdmin(ErasureMixin, LargeListAdmin[Moderator]):
    """The people whose work is measured."""

    form = ModeratorForm
    list_display = ("username", "account_link", "latest_session", "created_at")
    list_filter = (AccountFilter,)
    list_select_related = ("account",)
    sortable_by = ("username",)
    search_fields = ("username",)
    search_help_text = "How the username begins, in upper and lower case as written."
    readonly_fields = ("account_link", "work", "created_at", "extra_fields")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, which names the people whose names look alike."""
        if request.method == "GET":
            pairs = look_alikes(Moderator.objects.values_list("username", flat=True))
            for name, similar_name in pairs[:MAX_PAIRS]:
                messages.warning(
                    request, f"“{name}” and “{similar_name}” look alike: are they one?"
                )
            if len(pairs) > MAX_PAIRS:
                messages.warning(request, f"And {len(pairs) - MAX_PAIRS} more pairs look alike.")
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Moderator]:
        """Moderators with the start of their latest session."""
        latest = Session.objects.filter(moderator=OuterRef("pk")).order_by("-started_at")
        return (
            super().get_queryset(request).annotate(latest=Subquery(latest.values("started_at")[:1]))
        )

    def get_fields(self, request: HttpRequest, obj: Moderator | None = None) -> Any:
        """A new moderator has a name only."""
        if obj is None:
            return ["username"]
        return ["username", "account_link", "work", "created_at", "extra_fields"]

    def view_on_site(self, obj: Moderator) -> str:
        """The address of the person's review activity in the portal."""
        return portal_address("review", **Scope(viewer=PORTAL, moderator=obj).as_params())

    @admin.display(description="Account")
    def account_link(self, moderator: Moderator) -> SafeString | str:
        """The account that sees this person's work as its own."""
        account = account_of(moderator)
        return formatting.MISSING if account is None else admin_link(account)

    @admin.display(description="Latest session")
    def latest_session(self, moderator: Moderator) -> Any:
        """When the newest session started."""
        return moderator.latest  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Work")
    def work(self, moderator: Moderator) -> SafeString:
        """The way to the person's sessions."""
        return format_html(
            '<a href="{}">Sessions</a> · <a href="{}">Performance</a>',
            listed(Session, moderator=moderator.pk),
            listed(ModeratorPerformance, moderator=moderator.pk),
        )

    @admin.display(description="Other fields")
    def extra_fields(self, moderator: Moderator) -> SafeString | str:
        """What documents say of the person beyond the username."""
        return readable_json(moderator.extra)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with moderators; their work keeps them, in numbers, not in lists."""
        ids = [moderator.pk for moderator in objs]
        protected = [
            f"{formatting.count(n)} {model_ngettext(model._meta, n)}"
            for model in (Session, ModeratorPerformance)
            if (n := model._default_manager.filter(moderator__in=ids).count())
        ]
        names = [str(moderator) for moderator in objs]
        return names, {model_ngettext(self.opts, len(ids)): len(ids)}, set(), protected
