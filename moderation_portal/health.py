"""Whether the portal works, for whatever watches it: no login, no secrets."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process serves requests at all."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and every migration is applied, else 503."""
    database, migrations = "unavailable", "unknown"
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        database = "ok"
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        migrations = f"{len(pending)} pending" if pending else "ok"
    except DatabaseError:
        # What went wrong may name hosts and users: that belongs in the log of the database.
        pass
    ready = database == migrations == "ok"
    status = "ok" if ready else "unavailable"
    return JsonResponse(
        {"status": status, "database": database, "migrations": migrations},
        status=200 if ready else 503,
    )
