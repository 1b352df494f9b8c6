"""What the address of the session list asks for: which sessions, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django_filters import FilterSet

from analytics.access import Forbidden, NotVisible, ScopeError, Viewer
from analytics.metrics.coverage import first_day
from analytics.models import Session
from analytics.presentation import periods
from analytics.presentation.context import non_empty_params
from analytics.presentation.filters import ScopeForm, SuggestInput
from analytics.presentation.following import set_aside
from analytics.presentation.pages import SESSIONS
from analytics.presentation.session_table import NEWEST_FIRST, ordered
from analytics.scope import DATE_PARAMETERS, REVIEW_PARAMETERS, Scope, single_values
from analytics.session_filters import filter_set, filters_of

PageFilters = filter_set(filters_of("page"))
FILTERS = tuple(filters_of("page"))
#: Where the suggestions for a filter's names come from, by the filter.
SUGGESTIONS = {"queue": "portal:queue-names", "status": "portal:status-names"}
# A filter of the list stands in the place of the scope's of the same name.
SCOPE_PARAMETERS = tuple(name for name in REVIEW_PARAMETERS if name not in FILTERS)


@dataclass(frozen=True)
class SessionQuery:
    """The form as filled in, and the sessions found; None where the filters are refused."""

    form: ScopeForm
    #: The parameters that give this list again.
    values: Mapping[str, str]
    order: str
    scope: Scope | None = None
    sessions: QuerySet[Session] | None = None
    #: The filters that the list only hands on.
    aside: Mapping[str, str] = field(default_factory=dict)


def read_query(params: QueryDict, viewer: Viewer) -> SessionQuery:
    """Read and check the parameters; without any, not even empty ones: the last 4 weeks.

    A filter that makes no sense is an error of the form. Raises ``ScopeError`` for unknown
    parameters and orders, ``NotVisible`` for a moderator that the viewer may not see.
    """
    params, aside = set_aside(SESSIONS, params, viewer)
    values = single_values(non_empty_params(params), (*SCOPE_PARAMETERS, *FILTERS, "order", "page"))
    if not params:
        values = opening_dates(viewer)
    order = values.get("order", NEWEST_FIRST)
    filters = PageFilters({name: values[name] for name in FILTERS if name in values})
    form = session_form(values, filters, viewer, aside)
    scope_values = {name: values[name] for name in SCOPE_PARAMETERS if name in values}
    try:
        scope = Scope.parse(scope_values, viewer, accepts=SCOPE_PARAMETERS)
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        form.error(error)
        return SessionQuery(form, values | aside, order, aside=aside)
    if form.errors:
        return SessionQuery(form, values | aside, order, aside=aside)
    sessions = ordered(filters.filter_queryset(scope.sessions()), order)
    return SessionQuery(form, values | aside, order, scope, sessions, aside)


def opening_dates(viewer: Viewer) -> dict[str, str]:
    """The dates that the list opens with: the other pages' 4 weeks, as parameters."""
    scope = Scope.parse({}, viewer, accepts=SCOPE_PARAMETERS)
    today = timezone.localdate()
    latest = SESSIONS.latest(scope)
    first = first_day("review", scope) if latest is not None and latest >= today else None
    opened = periods.default_scope(scope, today, latest, first).as_params()
    return {name: opened[name] for name in DATE_PARAMETERS if name in opened}


def session_form(
    values: Mapping[str, str], filters: FilterSet, viewer: Viewer, aside: Mapping[str, str]
) -> ScopeForm:
    """The scope's fields and those of the list's filters, which come before the dates."""
    form = ScopeForm(values, parameters=SCOPE_PARAMETERS, viewer=viewer, aside=aside)
    form.fields |= filters.form.fields
    for name, address in SUGGESTIONS.items():
        placeholder = form.fields[name].widget.attrs.get("placeholder", "")
        form.fields[name].widget = SuggestInput(address=reverse(address), placeholder=placeholder)
    form.order_fields([name for name in form.fields if name not in DATE_PARAMETERS])
    for name, errors in filters.errors.items():
        form.add_error(name, errors)
    return form
