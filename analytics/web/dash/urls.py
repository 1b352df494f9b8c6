"""The addresses of the charts' apps. At the root: django-plotly-dash reverses its own names."""

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import include, path

from analytics.web.dash import app  # noqa: F401  # declares the apps


def nothing(request: HttpRequest) -> NoReturn:
    """Answer 404."""
    raise Http404


urlpatterns = [
    # It is open to anybody and writes to the database.
    path("add_stateless_apps", nothing),
    path("", include("django_plotly_dash.urls")),
]
