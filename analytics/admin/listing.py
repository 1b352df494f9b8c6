"""Lists that stay fast on millions of rows: counted to a bound, searched and sorted by indexes."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from analytics.admin.filters import RelatedFilter
from analytics.pagination import BoundedPaginator

Row = TypeVar("Row", bound=Model)

#: Related rows that a search looks up first, so that their ids can be found in an index.
MAX_RELATED = 1_000

#: Rows deleted by one click: as many as a form may name, and as fit a request's time.
MAX_DELETED = 500


class LargeChangeList(ChangeList):
    """Reads what belongs to the rows shown in one query for each kind, never for each row."""

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        """Follow foreign keys, and what ``list_prefetch_related`` names."""
        assert isinstance(self.model_admin, LargeListAdmin)
        rows = super().apply_select_related(qs)
        return rows.prefetch_related(*self.model_admin.list_prefetch_related)


def delete_some(
    model_admin: "LargeListAdmin[Any]", request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """Ask, then delete the selected rows; too many at once are refused."""
    if queryset.order_by().values("pk")[: MAX_DELETED + 1].count() > MAX_DELETED:
        model_admin.message_user(
            request,
            f"Nothing was deleted: {MAX_DELETED} {model_admin.opts.verbose_name_plural} at once"
            " are the most. Narrow the list and delete it in parts.",
            messages.ERROR,
        )
        return None
    return delete_selected(model_admin, request, queryset)


class LargeListAdmin(admin.ModelAdmin[Row]):
    """Lists a table of any size; searches for how values begin, which an index can answer.

    ``search_fields`` are texts with an index, of the model itself or of one it refers to. Order
    (``ordering``, ``sortable_by``) and filters must be such that an index gives the rows, too.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_prefetch_related: ClassVar[Iterable[str]] = ()
    delete_words = "Delete"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The class of the list."""
        return LargeChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the scripts and styles that its filters need."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            for spec in context["cl"].filter_specs:
                if isinstance(spec, RelatedFilter):
                    context["media"] += spec.chooser.widget.media
        return response

    def get_actions(self, request: HttpRequest) -> Any:
        """Put ``delete_some`` in the place of Django's deletion, whose confirmation names it."""
        actions: dict[str, Any] = {**super().get_actions(request)}
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_some, "delete_selected", self.delete_words)
        return actions

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        """The rows in which any of the search fields begins with the whole term."""
        term = search_term.strip()
        if not term:
            return queryset, False
        condition = Q()
        for field in self.get_search_fields(request):
            condition |= self._begins(field, term)
        return queryset.filter(condition), False

    def _begins(self, path: str, term: str) -> Q:
        """The condition that the field at ``path`` begins with ``term``.

        An OR across a join would read whole tables. So the related rows come first, and their
        ids are the condition; very many related rows make a hit on every page anyway.
        """
        relation, _, name = path.rpartition("__")
        if not relation:
            return Q((f"{name}__startswith", term))
        related = self.model._meta.get_field(relation).related_model
        assert isinstance(related, type)
        related_rows = related._default_manager.filter(**{f"{name}__startswith": term})
        ids = list(related_rows.order_by().values_list("pk", flat=True)[: MAX_RELATED + 1])
        if len(ids) > MAX_RELATED:
            return Q((f"{path}__startswith", term))
        return Q((f"{relation}__in", ids))


class ReviewToolAdmin(LargeListAdmin[Row]):
    """What the review tool is the source of: shown, never added or changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Rows go with their session."""
        return False
