"""Filters of long lists: by a range of days, and by a row of another table without listing all."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import DateTimeField, ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from analytics.access import ScopeError
from analytics.scope import day_start, parse_date
from analytics.session_filters import SessionFilterSet, filter_set, filters_of

QUICK_DAYS = (7, 30, 90)


class FormFilter(admin.ListFilter):
    """A filter with a small form of its own; the list's other parameters go along with it."""

    field_name: str

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                value = params.pop(name)[-1]
                if value:
                    self.used_parameters[name] = value

    def has_output(self) -> bool:
        """The form is always shown."""
        return True

    def other_parameters(self, changelist: ChangeList) -> list[tuple[str, str]]:
        """The list's other parameters: search, order, other filters."""
        own_parameters = self.expected_parameters()
        return [
            (name, value) for name, value in changelist.params.items() if name not in own_parameters
        ]


class DateRangeFilter(FormFilter):
    """The rows of some days, both inclusive, by a date or an instant that has an index."""

    template = "admin/date_range_filter.html"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.of_instants = isinstance(model._meta.get_field(self.field_name), DateTimeField)
        self.start = self._day(self.start_parameter)
        self.end = self._day(self.end_parameter)

    @property
    def start_parameter(self) -> str:
        """The parameter that says the first day."""
        return f"{self.field_name}_from"

    @property
    def end_parameter(self) -> str:
        """The parameter that says the last day."""
        return f"{self.field_name}_to"

    def _day(self, name: str) -> date | None:
        text = self.used_parameters.get(name)
        try:
            return parse_date(name, str(text)) if text else None
        except ScopeError as error:
            raise IncorrectLookupParameters(error) from None

    def expected_parameters(self) -> list[str | None]:
        """The names of the first and the last day."""
        return [self.start_parameter, self.end_parameter]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the days."""
        if self.start is not None:
            start = day_start(self.start) if self.of_instants else self.start
            queryset = queryset.filter(**{f"{self.field_name}__gte": start})
        if self.end is not None:
            after = self.end + timedelta(days=1)
            stop = day_start(after) if self.of_instants else after
            queryset = queryset.filter(**{f"{self.field_name}__lt": stop})
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """Yield the one thing to draw: quick ranges up to today, and the form."""
        start_name, end_name = self.start_parameter, self.end_parameter
        today = timezone.localdate()
        quick = [
            {
                "display": "All",
                "selected": self.start is None and self.end is None,
                "query_string": changelist.get_query_string(remove=[start_name, end_name]),
            }
        ]
        for days in QUICK_DAYS:
            start = today - timedelta(days=days - 1)
            quick.append(
                {
                    "display": f"Last {days} days",
                    "selected": (self.start, self.end) == (start, None),
                    "query_string": changelist.get_query_string(
                        {start_name: start.isoformat()}, remove=[end_name]
                    ),
                }
            )
        yield {
            "quick": quick,
            "others": self.other_parameters(changelist),
            "bounds": (
                {"name": start_name, "label": "From", "value": self.start},
                {"name": end_name, "label": "To", "value": self.end},
            ),
        }


class OneFieldFilter(FormFilter):
    """A filter whose form is one field, with the parameter ``field_name``."""

    template = "admin/related_filter.html"
    chooser: forms.Field
    value: object

    def expected_parameters(self) -> list[str | None]:
        """The field's name."""
        return [self.field_name]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """Yield the one thing to draw: the form, and the way back to all rows."""
        element = f"filter-{self.field_name}"
        yield {
            "element": element,
            "chooser": self.chooser.widget.render(
                self.field_name, self.value, attrs={"id": element}
            ),
            "others": self.other_parameters(changelist),
            "all": changelist.get_query_string(remove=[self.field_name]),
            "chosen": self.value is not None,
        }


class RelatedFilter(OneFieldFilter):
    """The rows that refer to one row of another table, found by typing how its name begins."""

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        field = model._meta.get_field(self.field_name)
        assert isinstance(field, ForeignKey)
        self.title = str(field.verbose_name)
        text = self.used_parameters.get(self.field_name)
        try:
            self.value = int(str(text)) if text else None
        except ValueError as error:
            raise IncorrectLookupParameters(error) from None
        self.chooser = forms.ModelChoiceField(
            field.related_model._default_manager.all(),
            required=False,
            widget=AutocompleteSelect(field, model_admin.admin_site),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that refer to the chosen one."""
        if self.value is None:
            return queryset
        return queryset.filter(**{f"{self.field_name}_id": self.value})


class SessionListFilter(OneFieldFilter):
    """One of ``SESSION_FILTERS``."""

    filter_class: type[SessionFilterSet]

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.filters = self.filter_class(self.used_parameters)
        if self.filters.errors:
            raise IncorrectLookupParameters(self.filters.errors)
        self.chooser = self.filters.form.fields[self.field_name]
        self.value = self.used_parameters.get(self.field_name)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        filtered: QuerySet[Any] = self.filters.filter_queryset(queryset)
        return filtered


class ChoiceFilter(admin.SimpleListFilter):
    """One of a few known values, without asking the table which ones there are.

    ``parameter_name`` is the lookup that the value is compared by.
    """

    values: list[tuple[str, str]]

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        """The values, and how they are shown."""
        return self.values

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the value."""
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.values):
            raise IncorrectLookupParameters(value)
        return queryset.filter(**{str(self.parameter_name): value})


class OccurringFilter(admin.SimpleListFilter):
    """One of the values that occur in one session, or in the views of one video."""

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        """The values that occur among the rows that the list is limited to."""
        rows = model_admin.model._default_manager.exclude(**{str(self.parameter_name): None})
        for name in ("session", "video"):
            value = request.GET.get(name, "")
            if value.isdecimal():
                rows = rows.filter(**{f"{name}_id": int(value)})
        names = rows.order_by(str(self.parameter_name)).values_list(
            str(self.parameter_name), flat=True
        )
        return [(name, name) for name in names.distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the value."""
        value = self.value()
        return queryset if value is None else queryset.filter(**{str(self.parameter_name): value})


def session_list_filters() -> tuple[type[SessionListFilter], ...]:
    """The admin's filters of ``SESSION_FILTERS``."""
    return tuple(
        type(
            "DeclaredFilter",
            (SessionListFilter,),
            {
                "field_name": name,
                "title": str(declared.label).lower(),
                "filter_class": filter_set({name: declared}),
            },
        )
        for name, declared in filters_of("admin").items()
    )


def occurring(field_name: str) -> type[OccurringFilter]:
    """The filter by the values of a field that occur in a session or of a video."""
    return type(
        "FieldOccurring", (OccurringFilter,), {"parameter_name": field_name, "title": field_name}
    )


def date_range(field_name: str, title: str) -> type[DateRangeFilter]:
    """The filter by the days of a field."""
    return type("FieldDateRange", (DateRangeFilter,), {"field_name": field_name, "title": title})


def related(field_name: str) -> type[RelatedFilter]:
    """The filter by the row that a foreign key refers to."""
    return type("FieldRelated", (RelatedFilter,), {"field_name": field_name, "title": field_name})
