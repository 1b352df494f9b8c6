"""WSGI entry point: ``gunicorn moderation_portal.wsgi``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from moderation_portal.postgres import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")

application = get_wsgi_application()
limits.use(limits.web(settings.STATEMENT_SECONDS))
# Imports all that requests need (pandas and Plotly take seconds), before there is any.
get_resolver().url_patterns  # noqa: B018 - a property that imports
