"""ASGI entry point, for servers that speak it; the portal itself needs no asynchronous server."""

import os

from django.core.asgi import get_asgi_application

from moderation_portal.serving import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")

application = get_asgi_application()
prepare()
