"""Production's settings for the server that is measured, without collected static files.

Nothing static is fetched, and compressing the files would take minutes.
"""

import sys

# Of the tests' packages alone, and loaded by others where they are there: production has none.
sys.modules |= dict.fromkeys(("openpyxl", "rich"))  # type: ignore[arg-type]  # as for ``import``

from moderation_portal.settings import *  # noqa: E402, F403
from moderation_portal.settings import BASE_DIR, STORAGES  # noqa: E402

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A folder that is there, in place of the collected files.
STATIC_ROOT = BASE_DIR / "static"
