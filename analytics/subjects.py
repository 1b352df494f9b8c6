"""Whom an address of the portal is about: what the audit says of an answer.

A new address that shows people's work needs its entry here; ``tests/test_access_matrix.py`` holds
every address to what it expects.
"""

from collections.abc import Callable, Mapping

from django.contrib.auth import get_user_model
from django.db.models import Model

from analytics.models import (
    ChatSession,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    PlaybackSpeed,
    QueueAssignment,
    Recommendation,
    Session,
    Target,
    VideoView,
)
from audit import changes
from audit.context import Who
from audit.looks import Look, Seen

#: From a row of a model to the moderator whose work it is.
WHOSE: Mapping[type[Model], str] = {
    Moderator: "",
    Session: "moderator__",
    VideoView: "session__moderator__",
    Inactivity: "session__moderator__",
    QueueAssignment: "session__moderator__",
    PlaybackSpeed: "view__session__moderator__",
    ModeratorPerformance: "moderator__",
}
MANY = Seen(None)


def moderator(row: Moderator) -> Who:
    """A moderator, as the audit names them."""
    return Who("moderator", row.pk, row.username)


def whose(model: type[Model], **key: object) -> Seen | None:
    """Whose work a row of ``model`` is; None when there is no such row."""
    path = WHOSE[model]
    found = model._default_manager.filter(**key).values_list("pk", f"{path}pk", f"{path}username")
    row = found.first()
    if row is None:
        return None
    return Seen(Who("moderator", row[1], row[2]), (model._meta.label_lower, row[0]))


def by_scope(look: Look) -> Seen | None:
    """The person of the filters, or whose own the viewer sees without any; else many."""
    if "session" in look.query:
        return whose(Session, public_id=look.query["session"])
    if "moderator" in look.query:
        seen = whose(Moderator, username=look.query["moderator"])
        return seen and Seen(seen.subject)
    if look.query.get("team", "").lower() in ("true", "1"):
        # Totals tell of nobody; a lead's are those of the people they could open.
        return MANY if look.sees_everyone else None
    return of_viewer(look)


def of_viewer(look: Look) -> Seen | None:
    """Everybody, or the viewer's own work."""
    if look.sees_everyone:
        return MANY
    if look.own is None:
        return None
    seen = whose(Moderator, pk=look.own)
    return seen and Seen(seen.subject)


def by_key(model: type[Model], name: str, field: str = "pk") -> Callable[[Look], Seen | None]:
    """A finder for an address that holds the key of a row."""
    return lambda look: whose(model, **{field: look.kwargs[name]})


#: The views that show people's work, by name.
FINDERS: Mapping[str, Callable[[Look], Seen | None]] = {
    "portal:home": by_scope,
    "portal:review": by_scope,
    "portal:moderators": by_scope,
    "portal:insights": by_scope,
    "portal:sessions": by_scope,
    "portal:session": by_key(Session, "public_id", "public_id"),
    "portal:metric-csv": by_scope,
    "portal:videos-csv": by_scope,
    "portal:moderator-names": of_viewer,
    "portal:session-ids": of_viewer,
    "api:metric": by_scope,
    "api:figure": by_scope,
    "api:insights": by_scope,
    "api:sessions": by_scope,
    "api:sessions-detail": by_key(Session, "session", "public_id"),
    "api:videos": by_scope,
    "api:videos-detail": by_key(VideoView, "id"),
    "api:moderators": by_scope,
    "api:moderators-detail": by_key(Moderator, "username", "username"),
    "api:inactivity": by_scope,
    "api:inactivity-detail": by_key(Inactivity, "id"),
    "api:queues": by_scope,
    "api:queues-detail": by_key(QueueAssignment, "id"),
    "api:moderator-performance": by_scope,
    "api:moderator-performance-detail": by_key(ModeratorPerformance, "id"),
    "api:export-videos": by_scope,
    "api:export-session-documents": by_scope,
    "api:export-moderator-performance": by_scope,
}
#: The pages of these models in the admin, by the beginning of their views' names.
IN_ADMIN: Mapping[str, type[Model]] = {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_": model for model in WHOSE
}
ACCOUNTS = "admin:accounts_user_"


def subject_of(look: Look) -> Seen | None:
    """Whom an answer is about: a person, many people (no subject), or nobody (None)."""
    finder = FINDERS.get(look.view)
    if finder is not None:
        return finder(look)
    key = look.kwargs.get("object_id")
    if look.view.startswith(ACCOUNTS):
        return MANY if key is None else account(str(key))
    for start, model in IN_ADMIN.items():
        if look.view.startswith(start):
            return MANY if key is None else admin_row(model, str(key))
    return None


def admin_row(model: type[Model], key: str) -> Seen | None:
    """Whose work a row is that the admin shows."""
    return whose(model, pk=int(key)) if key.isdecimal() else None


def account(key: str) -> Seen | None:
    """The account that the admin shows."""
    user = get_user_model()._default_manager.filter(pk=key).first() if key.isdecimal() else None
    return None if user is None else Seen(Who("account", user.pk, user.get_username()))


def audit_models() -> None:
    """Record every change by hand of the data; what imports write is recorded as a whole."""
    changes.register(Moderator, hidden=("username", "extra"), subject=moderator)
    changes.register(ModeratorPerformance, subject=lambda row: moderator(row.moderator))
    changes.register(ChatSession, hidden=("user_id",))
    changes.register(Recommendation, hidden=("user_id",))
    changes.register(Target)
