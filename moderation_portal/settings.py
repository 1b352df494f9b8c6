"""The portal's settings: one file, read from the environment.

README.md lists the variables. Only ``SECRET_KEY`` is needed in production, and ``DATABASE_URL``
wherever the portal should use a PostgreSQL of its own instead of the embedded one.
"""

import os
import sys
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from moderation_portal import environment, logs, postgres

# Lets code name what Django's generic classes hold, as in ModelForm[User]. It has to come first.
django_stubs_ext.monkeypatch()

# The matrices of the comparisons are small, and requests are threads of their own: dividing one
# matrix among the cores makes them wait for each other. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = environment.flag("DEBUG")

SECRET_KEY = environment.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Production needs one (a long random text, kept secret); "
            "to try the portal out on your own machine set DEBUG=1 instead."
        )
    SECRET_KEY = "insecure-key-of-debug-mode"  # noqa: S105

# Keys of before: what was signed or encrypted with them is still read.
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

# Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "analytics",
    "audit",
    "accounts.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "accounts.apps.FailedLoginsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_plotly_dash",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
]

MIDDLEWARE = [
    # Before anything has read the headers.
    "moderation_portal.content_encoding.RefusedEncodingsMiddleware",
    # Around everything: what fails anywhere is in the log with its request.
    "moderation_portal.request_log.RequestMiddleware",
    # Everything behind it sees the client's address.
    "moderation_portal.client_address.ClientAddressMiddleware",
    # What browsers may do with an answer, on every one of the portal's: before all that answer.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "moderation_portal.prometheus.MetricsMiddleware",
    # Before all that may ask the database.
    "moderation_portal.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "moderation_portal.cache_control.NoStoreMiddleware",
    # Before all that asks the database after the view, and behind what compresses.
    "moderation_portal.begun_streams.BegunStreamsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.session_limits.SessionLimitsMiddleware",
    # Every view needs a login unless it says otherwise: a forgotten decorator shows nothing.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Whoever must have a second factor and has none reaches nothing but the pages that set one up.
    "accounts.second_factor.middleware.RequiredSecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After the login is known, around everything that writes for people.
    "accounts.display.DisplayMiddleware",
    "django_plotly_dash.middleware.BaseMiddleware",
    "axes.middleware.AxesMiddleware",
    # After the login is known, around everything that answers by it.
    "audit.middleware.AuditMiddleware",
    "moderation_portal.not_found.PortalNotFoundMiddleware",
]

ROOT_URLCONF = "moderation_portal.urls"
WSGI_APPLICATION = "moderation_portal.wsgi.application"
ASGI_APPLICATION = "moderation_portal.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "analytics.web.navigation.navigation",
                "accounts.sign_in_context.ways_to_sign_in",
            ],
        },
    },
]

# Database -----------------------------------------------------------------------------------

PORTAL_DATA_DIR = environment.folder("PORTAL_DATA_DIR", postgres.default_data_dir(BASE_DIR))

DATABASE_URL = environment.text("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": (
        environment.database("DATABASE_URL")
        if DATABASE_URL
        else postgres.database_settings(PORTAL_DATA_DIR)
    )
}
# Standbys, from which snapshots are read while they are as current as the primary.
for _number, _standby in enumerate(environment.databases("READ_DATABASE_URLS"), 1):
    DATABASES[f"standby{_number}"] = _standby | {"TEST": {"MIRROR": "default"}}
# The development server makes a thread for each request, which would leave its connection behind.
_KEEPS_CONNECTIONS = {"runserver", "demo"}.isdisjoint(sys.argv)
for _database in DATABASES.values():
    _database |= {
        "ENGINE": postgres.ENGINE,
        "CONN_MAX_AGE": 60 if _KEEPS_CONNECTIONS else 0,
        "CONN_HEALTH_CHECKS": True,
        # The addresses lead to PgBouncer in transaction mode.
        "POOLED": environment.flag("POOLED"),
    }
    if "PORTAL_DATA_DIR" not in _database:
        # Notice a machine that is gone while nothing is said, and while something is being sent.
        _database["OPTIONS"] = {
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        } | _database.get("OPTIONS", {})
DATABASE_ROUTERS = ["analytics.summaries.standbys.StandbyRouter"]
_test_database = environment.text("TEST_DATABASE_NAME")
if _test_database:
    DATABASES["default"]["TEST"] = {"NAME": _test_database}
# How long one statement of a page or an answer may take; commands have no such limit.
STATEMENT_SECONDS = environment.whole("STATEMENT_SECONDS", 30)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = ["moderation_portal.formats"]
USE_TZ = True
TIME_ZONE = environment.text("TIME_ZONE", "UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE is {TIME_ZONE!r}: expected a name like Europe/Berlin.")

# Login --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # First, so that a name that is locked out is refused before its password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.PasswordBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.password_strength.GuessableValidator"},
    {"NAME": "accounts.security_notices.PasswordNotices"},
]
# What watches the process asks here, often; nothing about a login is looked up.
PROBE_PATHS = ("/healthz", "/readyz", "/metrics")
LOGIN_URL = "login"
# Home, or what the person has chosen.
LOGIN_REDIRECT_URL = "portal:first-page"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
# Django's, with the account, the address and the browser in columns of their own.
SESSION_ENGINE = "accounts.login_sessions"
# From the login on, however often it is used. A working day: long enough not to interrupt a shift,
# short enough for a shared machine.
SESSION_COOKIE_AGE = environment.whole("SESSION_HOURS", 12) * 3600
SESSION_IDLE_SECONDS = environment.whole("SESSION_IDLE_MINUTES", 120) * 60

# Five wrong passwords for a name from one address lock that pair for a quarter of an hour. By the
# pair, because a team often shares one address, and because locking a name alone would let anybody
# lock a colleague out. Over all names an address may be wrong more often: enough for a team that
# shares one, too few to try one password on every name.
AXES_FAILURE_LIMIT = 5
LOGIN_FAILURES_PER_ADDRESS = environment.whole("LOGIN_FAILURES_PER_ADDRESS", 50)
AXES_HANDLER = "accounts.failed_logins.FailedLoginHandler"
AXES_CLIENT_IP_CALLABLE = "accounts.failed_logins.address_of"
# The wait ends when it was said to end, whatever is tried meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"

# Second factor and single sign-on -----------------------------------------------------------

# Whether people may log in by what the portal knows of them: passwords and passkeys.
LOCAL_PASSWORDS = environment.flag("LOCAL_PASSWORDS", default=True)
# From which role on a second factor is required: admins, leads and admins, everybody who logs in.
REQUIRE_SECOND_FACTOR = environment.choice(
    "REQUIRE_SECOND_FACTOR", "none", ("NONE", "ADMIN", "LEAD", "ALL")
).lower()
# The provider of single sign-on (OpenID Connect), and which of its claims give role and moderator.
OIDC_ISSUER = environment.text("OIDC_ISSUER")
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET")
OIDC_SCOPE = environment.text("OIDC_SCOPE", "openid profile email")
OIDC_ROLE_CLAIM = environment.text("OIDC_ROLE_CLAIM")
OIDC_MODERATOR_CLAIM = environment.text("OIDC_MODERATOR_CLAIM")
ACCOUNT_ADAPTER = "accounts.second_factor.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.second_factor.adapters.MFAAdapter"
# Mail addresses are admins' business here.
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ALLOW_UNVERIFIED_EMAIL = True
# django-allauth counts by account, in the memory of one process. accounts/failed_logins.py counts
# in the database, by name and address.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
# How long somebody may take for the second step, and how long a login or a confirmation is enough
# to change how one logs in.
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_COUNT = 10
# A clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
MFA_FORMS = {
    "authenticate": "accounts.second_factor.forms.CodeForm",
    "reauthenticate": "accounts.second_factor.forms.ConfirmingCodeForm",
    "activate_totp": "accounts.second_factor.forms.AppForm",
    "add_webauthn": "accounts.second_factor.forms.PasskeyForm",
}

# Audit --------------------------------------------------------------------------------------

# What ``manage.py audit prune`` leaves.
AUDIT_DAYS = environment.whole("AUDIT_DAYS", 400)
# Looks are written by a thread of each process, a moment after the answer.
AUDIT_THREAD = True

# Mail ---------------------------------------------------------------------------------------

EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.whole("EMAIL_PORT", 587)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=EMAIL_PORT == 587)
EMAIL_USE_SSL = environment.flag("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "moderation-portal@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    # Not the console: a link that sets a password has no place in a log.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Where a video can be watched: an https address with {video} where its id stands; empty: nowhere.
VIDEO_URL = environment.text("VIDEO_URL")

# What links in mails begin with: never what a request's Host header says.
PORTAL_URL = environment.text("PORTAL_URL").rstrip("/")
if not PORTAL_URL:
    _names = [name for name in ALLOWED_HOSTS if "*" not in name and not name.startswith(".")]
    _scheme = "https" if environment.flag("HTTPS", default=not DEBUG) else "http"
    PORTAL_URL = f"{_scheme}://{_names[0]}" if _names else ""
    if DEBUG and _names:
        PORTAL_URL += ":8000"  # where runserver and the demo listen
elif not PORTAL_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"PORTAL_URL is {PORTAL_URL!r}: expected https://name.")

# Static files -------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "moderation_portal.static_files.JoinedFilesFinder",
    # Dash's scripts, out of its packages, as one.
    "analytics.web.dash.scripts.DashScriptFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        # Names carry a hash of the content, so browsers keep them for ever; gzip and brotli
        # copies are made once, by collectstatic.
        else "moderation_portal.static_files.PortalStaticFilesStorage"
    },
}
# WhiteNoise's own list, and source maps: only developers' tools load them, and Dash has 40 MB.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br", "swf"),
    *("flv", "woff", "woff2", "3gp", "3gpp", "asf", "avi", "m4v", "mov", "mp4", "mpeg", "mpg"),
    *("webm", "wmv", "map"),
)

if DEBUG:
    # Files come straight from the sources then, so there is no collection of them to miss.
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)

# Security -----------------------------------------------------------------------------------

# HTTPS=0 is for a trial on a trusted network without a certificate.
HTTPS = environment.flag("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# Whoever watches the process asks over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# A list in every browser, from which a name comes off after months only: for who asks for it.
SECURE_HSTS_PRELOAD = HTTPS and environment.flag("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # ... and so its absence is no fault.
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
# How many proxies of our own a request comes through; the client's address is so far from the
# right of X-Forwarded-For.
PROXY_HOPS = environment.whole("PROXY_HOPS", 1)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # Browsers take a cookie of this name from this host over HTTPS only, no neighbour can set it.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    MFA_TRUST_COOKIE_NAME = "__Host-trusted"
CSRF_COOKIE_HTTPONLY = False  # read by the page's script, which sends it back as a header
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        # A chart becomes a picture by way of blob: and data: addresses.
        "img-src": [SELF, "data:", "blob:"],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        # Plotly and Dash's drop-downs set styles by script.
        "style-src": [SELF, UNSAFE_INLINE],
    },
}

# Libraries ----------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    # The token first: its challenge makes an unknown caller a 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens_authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.tokens_authentication.TokenThrottle"],
    "DEFAULT_PERMISSION_CLASSES": ["analytics.api.permissions.CanRead"],
    "DEFAULT_RENDERER_CLASSES": ["analytics.api.transport.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["analytics.api.transport.bodies.BodyParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "analytics.api.transport.negotiation.StrictNegotiation",
    "DEFAULT_SCHEMA_CLASS": "analytics.api.openapi.schema.PortalSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "analytics.api.transport.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# For each token, counted over all workers. Enough for a program that reads everything and sends
# every session; a loop gone wild ends here.
API_REQUESTS_PER_MINUTE = environment.whole("API_REQUESTS_PER_MINUTE", 3000)
# The largest body of a POST, in bytes, as sent and (gzip) as unpacked.
API_BODY_LIMIT = environment.whole("API_BODY_LIMIT", 32 * 1024 * 1024)

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Moderation portal",
    "VERSION": "1",
    "DESCRIPTION": (BASE_DIR / "analytics/api/openapi/introduction.md").read_text(),
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "analytics.api.openapi.problems.add_problems",
    ],
}

PLOTLY_DASH: dict[str, Any] = {
    "ws_route": None,
    "http_poke_enabled": False,
    "serve_locally": True,
    # Refuses what is not for a page of the portal; the package falls back to none when the name
    # is wrong, so a test holds it.
    "view_decorator": "analytics.web.dash.guard.guard",
}

# Logging ------------------------------------------------------------------------------------

LOG_LEVEL = environment.choice(
    "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)
LOG_FORMAT = environment.choice("LOG_FORMAT", "PLAIN" if DEBUG else "JSON", ("JSON", "PLAIN"))

# Whom errors are mailed to.
ADMINS = [(address, address) for address in environment.words("ADMINS")]
# With it /metrics is for whoever sends it (Authorization: Bearer ...); without, for this machine.
METRICS_TOKEN = environment.text("METRICS_TOKEN")

LOGGING = logs.configuration(level=LOG_LEVEL, as_json=LOG_FORMAT == "JSON", mail=bool(ADMINS))
