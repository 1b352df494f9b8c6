"""The portal's settings as the tests use them, whatever the developer's own environment says."""

import os

os.environ["DEBUG"] = "1"
os.environ["SECRET_KEY"] = "key-of-the-tests"
for name in ("ALLOWED_HOSTS", "BEHIND_PROXY", "EMAIL_HOST", "HTTPS", "PORTAL_URL", "TIME_ZONE"):
    os.environ.pop(name, None)
for name in ("ADMINS", "LOG_FORMAT", "METRICS_TOKEN", "PROMETHEUS_MULTIPROC_DIR"):
    os.environ.pop(name, None)
for name in ("REQUIRE_SECOND_FACTOR", "LOCAL_PASSWORDS", "SECRET_KEY_FALLBACKS"):
    os.environ.pop(name, None)
for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "ROLE_CLAIM", "MODERATOR_CLAIM"):
    os.environ.pop(f"OIDC_{name}", None)

from moderation_portal.settings import *  # noqa: E402, F403
from moderation_portal.settings import DATABASES  # noqa: E402

# No test loses the server of this database: commits need not wait for the disk. Where it is slow to
# take a connection, the machine has much else to do.
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "options": "-c synchronous_commit=off",
    "connect_timeout": 60,
}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PORTAL_URL = "http://testserver"
# Tests write looks themselves (``audit.looks.flush``), within their transaction.
AUDIT_THREAD = False
# Real hashing takes a tenth of a second for every user made.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
