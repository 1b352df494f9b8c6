"""Production's settings for the server that is measured, without collected static files.

Nothing static is fetched, and compressing the files would take minutes.
"""

from moderation_portal.settings import *  # noqa: F403
from moderation_portal.settings import BASE_DIR, STORAGES

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A folder that is there, in place of the collected files.
STATIC_ROOT = BASE_DIR / "static"
