"""The addresses of the lists and details, made from the resources."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from analytics.api.ingest import SendRowsView
from analytics.api.lists import DetailView, ListView, Resource
from analytics.api.resources import RESOURCES
from analytics.imports.rows.fields import KINDS


class SentListView(SendRowsView, ListView):
    """A list of rows that are also sent in here."""


def addresses() -> Iterator[URLPattern]:
    """Yield the addresses of the list and the detail of each resource."""
    for resource in RESOURCES:
        name = resource.name
        view: type[ListView] = SentListView if name in KINDS else ListView
        yield path(f"v1/{name}/", view.as_view(resource=resource), name=name)
        yield path(
            f"v1/{name}/<{converter(resource)}:{resource.key.name}>/",
            DetailView.as_view(resource=resource),
            name=f"{name}-detail",
        )


def converter(resource: type[Resource]) -> str:
    """Return the path converter of what a row is found by."""
    return "int" if resource.key.schema["type"] == "integer" else "anything"
