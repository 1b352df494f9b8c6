"""WSGI entry point: ``gunicorn moderation_portal.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

from moderation_portal.serving import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")

application = get_wsgi_application()
prepare()
