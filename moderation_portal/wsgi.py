"""WSGI entry point: ``gunicorn moderation_portal.wsgi``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from moderation_portal.postgres import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")

application = get_wsgi_application()
limits.use(limits.web(settings.STATEMENT_SECONDS))
