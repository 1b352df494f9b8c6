"""Whether the portal works, for whatever watches it: no login, no secrets, always JSON."""

from collections.abc import Callable
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moderation_portal.postgres import UnsuitableError
from moderation_portal.shared_probe import SharedProbe

Report = dict[str, str]

# What is not known yet, or cannot be.
_UNKNOWN = {"database": "unavailable", "migrations": "unknown"}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process serves requests at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the portal can work with its database, else 503 with the reason."""
    report = probe.ask() or _UNKNOWN
    reason = next((name for name, state in report.items() if state != "ok"), None)
    if reason is None:
        return JsonResponse({"status": "ok"} | report)
    status, code = ("degraded", 200) if reason == "degraded" else ("unavailable", 503)
    return JsonResponse({"status": status, "reason": reason} | report, status=code)


_VIEWS = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers before anything asks who is logged in, which is a question to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the two addresses; pass on the rest."""
        return _VIEWS.get(request.path_info, self.get_response)(request)


def inspect(connection: BaseDatabaseWrapper) -> Report:
    """What there is to say of a database, worst first; ``ok`` where all is well."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        cause = error.__cause__
        if isinstance(cause, UnsuitableError):
            return cause.reasons | {"database": "ok" if cause.answers else "unavailable"}
        # What went wrong may name hosts and users: that belongs in the log of the database.
        return _UNKNOWN
    try:
        waiting = len(_all_migrations() - set(MigrationRecorder(connection).applied_migrations()))
        if waiting:
            return {"database": "ok", "migrations": f"{waiting} pending"}
        return {"database": "ok", "migrations": "ok"} | _degraded(connection)
    except DatabaseError:
        return _UNKNOWN


@cache
def _all_migrations() -> frozenset[tuple[str, str]]:
    """Application and name of every migration of the code."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _degraded(connection: BaseDatabaseWrapper) -> Report:
    """Why figures come slower than they could, though right."""
    state = apps.get_model("analytics", "SummaryState")._default_manager.using(connection.alias)
    zone = state.values_list("time_zone", flat=True).first()
    if zone in (None, settings.TIME_ZONE):
        return {}
    return {
        "degraded": f"TIME_ZONE is {settings.TIME_ZONE} and the summaries are of {zone}: "
        "manage.py summaries rebuild"
    }


def _inspect_default() -> Report:
    """The report of a thread of its own, whose connection ends with it."""
    connection = connections["default"]
    try:
        return inspect(connection)
    finally:
        connection.close()


probe = SharedProbe(_inspect_default, failed=lambda report: report.get("migrations") != "ok")
