"""ASGI entry point, for servers that speak it; the portal itself needs no asynchronous server."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from moderation_portal.postgres import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")

application = get_asgi_application()
limits.use(limits.web(settings.STATEMENT_SECONDS))
