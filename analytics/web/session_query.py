"""What the address of the session list asks for: which sessions, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.http import QueryDict
from django_filters import FilterSet

from analytics.access import Forbidden, NotVisible, ScopeError, Viewer
from analytics.models import Session
from analytics.presentation.filters import ScopeForm
from analytics.scope import DATE_PARAMETERS, REVIEW_PARAMETERS, Scope, single_values
from analytics.session_filters import filter_set, filters_of

# What the list is sorted by: the parameter, and the fields of the order.
ORDERS: dict[str, tuple[str, ...]] = {
    "started": ("started_at", "public_id"),
    "length": ("duration_us", "started_at", "public_id"),
    "moderator": ("moderator__username", "started_at", "public_id"),
    "session": ("public_id",),
}
NEWEST_FIRST = "-started"

PageFilters = filter_set(filters_of("page"))
FILTERS = tuple(filters_of("page"))
# A filter of the list stands in the place of the scope's of the same name.
SCOPE_PARAMETERS = tuple(name for name in REVIEW_PARAMETERS if name not in FILTERS)


@dataclass(frozen=True)
class SessionQuery:
    """The form as filled in, and the sessions found; ``sessions`` is None where it is refused."""

    form: ScopeForm
    order: str
    sessions: QuerySet[Session] | None


def read_query(params: QueryDict, viewer: Viewer) -> SessionQuery:
    """Read and check the parameters.

    A filter that makes no sense is an error of the form. Raises ``ScopeError`` for unknown
    parameters and orders, ``NotVisible`` for a moderator that the viewer may not see.
    """
    values = single_values(params, (*SCOPE_PARAMETERS, *FILTERS, "order", "page"))
    order = read_order(values)
    filters = PageFilters({name: values[name] for name in FILTERS if name in values})
    form = session_form(values, filters, viewer)
    scope_values = {name: values[name] for name in SCOPE_PARAMETERS if name in values}
    try:
        scope = Scope.parse(scope_values, viewer, accepts=SCOPE_PARAMETERS)
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        form.error(error)
        return SessionQuery(form, order, None)
    if form.errors:
        return SessionQuery(form, order, None)
    return SessionQuery(form, order, ordered(filters.filter_queryset(scope.sessions()), order))


def session_form(values: Mapping[str, str], filters: FilterSet, viewer: Viewer) -> ScopeForm:
    """The scope's fields and those of the list's filters, which come before the dates."""
    form = ScopeForm(values, parameters=SCOPE_PARAMETERS, viewer=viewer)
    form.fields |= filters.form.fields
    form.order_fields([name for name in form.fields if name not in DATE_PARAMETERS])
    for name, errors in filters.errors.items():
        form.add_error(name, errors)
    return form


def read_order(values: Mapping[str, str]) -> str:
    """The order asked for; raises ``ScopeError`` for an unknown one."""
    order = values.get("order", NEWEST_FIRST)
    if order.removeprefix("-") not in ORDERS:
        raise ScopeError("order", f"{order!r} is none of {', '.join(ORDERS)}, with or without -")
    return order


def ordered(rows: QuerySet[Session], order: str) -> QuerySet[Session]:
    """Sort by an order of ``ORDERS``, ``-`` before it for descending; unknown lengths last."""
    names = ORDERS[order.removeprefix("-")]
    if order.startswith("-"):
        return rows.order_by(*(F(name).desc(nulls_last=True) for name in names))
    return rows.order_by(*(F(name).asc(nulls_last=True) for name in names))
