"""Whose work a page or an API answer shows: what the audit records of it.

A page says so in its entry (``Page.about``); every other address of the portal and the API, and
every list of the admin, has its line here, in ``FINDERS`` or among those that are about nobody.
``tests/test_access_matrix.py`` fails for one that has none, and holds each to what the audit then
says.
"""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from analytics.models import (
    Annotation,
    ChatSession,
    Dispute,
    FirstPage,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    Note,
    NoteReply,
    PlaybackSpeed,
    QualityCheck,
    QualitySample,
    QueueAssignment,
    Recommendation,
    SavedView,
    Session,
    Target,
    VideoView,
)
from audit import changes
from audit.context import Who
from audit.looks import Finder, Look, LookTarget

#: From a row of a model to the moderator whose work it is.
MODERATOR_PATHS: Mapping[type[Model], str] = {
    Moderator: "",
    Session: "moderator__",
    VideoView: "session__moderator__",
    Inactivity: "session__moderator__",
    QueueAssignment: "session__moderator__",
    PlaybackSpeed: "view__session__moderator__",
    ModeratorPerformance: "moderator__",
    QualityCheck: "session__moderator__",
    Note: "moderator__",
    Dispute: "quality_check__session__moderator__",
}
MANY_PEOPLE = LookTarget(None)
AUDIT = ("audit.entry", "")


def moderator_subject(row: Moderator) -> Who:
    """A moderator, as the audit names them."""
    return Who("moderator", row.pk, row.username)


def subject_of_check(check: QualityCheck) -> Who | None:
    """The moderator whose decision was checked; None where the session is gone."""
    sessions = Session.objects.select_related("moderator").filter(public_id=check.session_id)
    session = sessions.first()
    return None if session is None else moderator_subject(session.moderator)


def target_of_row(model: type[Model], **key: object) -> LookTarget | None:
    """The moderator whose work a row of ``model`` is; None when there is no such row."""
    path = MODERATOR_PATHS[model]
    rows = model._default_manager.filter(**key).values_list("pk", f"{path}pk", f"{path}username")
    row = rows.first()
    if row is None:
        return None
    return LookTarget(Who("moderator", row[1], row[2]), (model._meta.label_lower, row[0]))


def from_scope(look: Look) -> LookTarget | None:
    """The moderator of the filters; without one the viewer's own work, or everyone's."""
    if "session" in look.query:
        return target_of_row(Session, public_id=look.query["session"])
    return from_moderator(look)


def from_moderator(look: Look) -> LookTarget | None:
    """The same where ``session`` is the beginning of an id only: in the list of sessions."""
    if "moderator" in look.query:
        target = target_of_row(Moderator, username=look.query["moderator"])
        return target and LookTarget(target.subject)
    if look.query.get("team", "").lower() in ("true", "1"):
        # Team totals say nothing of a person; to a lead they are everyone's, who can be opened.
        return MANY_PEOPLE if look.sees_everyone else None
    return from_viewer(look)


def from_viewer(look: Look) -> LookTarget | None:
    """Everybody, or the viewer's own work."""
    if look.sees_everyone:
        return MANY_PEOPLE
    if look.own is None:
        return None
    target = target_of_row(Moderator, pk=look.own)
    return target and LookTarget(target.subject)


def nobody(look: Look) -> None:
    """Of a page that shows no person's work."""


def from_own(look: Look) -> LookTarget | None:
    """The viewer's own work, whatever else they see; nobody without one."""
    target = None if look.own is None else target_of_row(Moderator, pk=look.own)
    return target and LookTarget(target.subject)


def from_audit(look: Look) -> LookTarget:
    """The moderator whose entries are asked for; else many people's, and a line of its own.

    Who reads the audit is in the audit.
    """
    for name in ("about", "who", "q"):
        target = name in look.query and target_of_row(Moderator, username=look.query[name])
        if target:
            return LookTarget(target.subject, AUDIT)
    return LookTarget(None, AUDIT)


def from_key(model: type[Model], name: str, field: str = "pk") -> Finder:
    """A finder for a URL with the key of a row."""
    return lambda look: target_of_row(model, **{field: look.kwargs[name]})


def of_check(key: int) -> LookTarget | None:
    """The moderator whose view a check is about; many people's where the session is gone."""
    check = QualityCheck.objects.filter(pk=key).first()
    if check is None:
        return None
    target = target_of_row(Session, public_id=check.session_id)
    return target and LookTarget(target.subject, (QualityCheck._meta.label_lower, check.pk))


#: The views that show people's work, by name; ``add_pages`` adds the pages.
FINDERS: dict[str, Finder] = {
    "portal:session": from_key(Session, "public_id", "public_id"),
    "portal:video": from_moderator,
    "portal:personal-data": from_key(Moderator, "username", "username"),
    "portal:own-data": from_own,
    "portal:notes": from_key(Moderator, "username", "username"),
    "portal:note-reply": from_key(Note, "pk"),
    "portal:note-settle": from_key(Note, "pk"),
    "portal:who-looked": from_key(Moderator, "username", "username"),
    "portal:who-looked-csv": from_key(Moderator, "username", "username"),
    "portal:audit": from_audit,
    "portal:audit-csv": from_audit,
    "portal:metric-csv": from_scope,
    "portal:metric-rows": from_scope,
    "portal:passport": from_scope,
    "portal:quality-plan": from_scope,
    "portal:own-checks": from_own,
    "portal:quality-check": lambda look: of_check(int(str(look.kwargs["pk"]))),
    "portal:quality-disputes": from_viewer,
    "portal:quality-samples": from_viewer,
    "portal:quality-sample": from_viewer,
    "portal:quality-checking": from_viewer,
    "portal:videos-csv": from_scope,
    "portal:search": from_viewer,
    "portal:search-results": from_viewer,
    "portal:moderator-names": from_viewer,
    "portal:session-ids": from_viewer,
    "portal:sessions-csv": from_moderator,
    "portal:sessions-xlsx": from_moderator,
    "portal:page-xlsx": from_scope,
    "portal:changed-xlsx": from_scope,
    "api:metric": from_scope,
    "api:figure": from_scope,
    "api:metric-rows": from_scope,
    "api:insights": from_scope,
    "api:changes": from_scope,
    "api:sessions": from_scope,
    "api:sessions-detail": from_key(Session, "session", "public_id"),
    "api:videos": from_scope,
    "api:videos-detail": from_key(VideoView, "id"),
    "api:moderators": from_scope,
    "api:moderators-detail": from_key(Moderator, "username", "username"),
    "api:inactivity": from_scope,
    "api:inactivity-detail": from_key(Inactivity, "id"),
    "api:queues": from_scope,
    "api:queues-detail": from_key(QueueAssignment, "id"),
    "api:speeds": from_scope,
    "api:speeds-detail": from_key(PlaybackSpeed, "id"),
    "api:quality-checks": from_scope,
    "api:quality-checks-detail": from_key(QualityCheck, "id"),
    "api:quality-checks-dispute": from_key(QualityCheck, "id"),
    "api:quality-checks-decision": from_key(QualityCheck, "id"),
    "api:export-quality-checks": from_scope,
    "api:notes": from_scope,
    "api:notes-detail": from_key(Note, "id"),
    "api:notes-replies": from_key(Note, "id"),
    "api:notes-settle": from_key(Note, "id"),
    "api:moderator-performance": from_scope,
    "api:moderator-performance-detail": from_key(ModeratorPerformance, "id"),
    "api:export-videos": from_scope,
    "api:export-session-documents": from_scope,
    "api:export-moderator-performance": from_scope,
    "revoke_token": lambda look: token_subject(str(look.kwargs["pk"])),
}
#: The views that show no person's work, and name nobody.
ABOUT_NOBODY = frozenset(
    {
        "portal:annotation",
        "portal:annotation-delete",
        "portal:annotations",
        "portal:first-page",
        "portal:for-moderators",
        "portal:first-page-choice",
        "portal:view",
        "portal:view-delete",
        "portal:views",
        "portal:views-menu",
        "api:views",
        "api:views-detail",
        "portal:metrics",
        "portal:queue-names",
        "portal:status-names",
        "api:metrics",
        "api:user-activity",
        "api:user-activity-detail",
        "api:recommendations",
        "api:recommendations-detail",
        "api:annotations",
        "api:annotations-detail",
        "api:export-annotations",
        "api:session-documents",
        "api:export-user-activity",
        "api:export-recommendations",
        "api:schema",
        "api:docs",
        "api:not-found",
    }
)
#: The pages of these models in the admin, by the beginning of their views' names.
ADMIN_MODELS: Mapping[str, type[Model]] = {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_": model for model in MODERATOR_PATHS
}
ACCOUNT_ADMIN = "admin:accounts_user_"
TOKEN_ADMIN = "admin:accounts_apitoken_"  # noqa: S105  # how views are called
#: The models in the admin whose rows are many people's work, likewise.
ADMIN_ABOUT_MANY = ("admin:analytics_qualitysample_",)
#: The models in the admin whose rows are no person's work, by the beginning of their views' names.
ADMIN_ABOUT_NOBODY = (
    "admin:analytics_annotation_",
    "admin:analytics_chatsession_",
    "admin:analytics_recommendation_",
    "admin:analytics_savedview_",
    "admin:analytics_target_",
    "admin:analytics_video_",
    "admin:axes_",
)


def add_pages(abouts: Mapping[str, Finder]) -> None:
    """Take whom pages are about from their entries, by name."""
    FINDERS.update({f"portal:{name}": about for name, about in abouts.items()})


def subject_of(look: Look) -> LookTarget | None:
    """Whose work an answer shows: one person's, many people's (no subject), or nobody's (None)."""
    finder = FINDERS.get(look.view)
    if finder is not None:
        return finder(look)
    key = look.kwargs.get("object_id")
    if look.view.startswith(ACCOUNT_ADMIN):
        return MANY_PEOPLE if key is None else account_subject(str(key))
    if look.view.startswith(TOKEN_ADMIN):
        return MANY_PEOPLE if key is None else token_subject(str(key))
    if look.view.startswith(ADMIN_ABOUT_MANY):
        return MANY_PEOPLE
    for start, model in ADMIN_MODELS.items():
        if look.view.startswith(start):
            return MANY_PEOPLE if key is None else subject_of_admin_row(model, str(key))
    return None


def subject_of_admin_row(model: type[Model], key: str) -> LookTarget | None:
    """Whose work a row is that the admin shows."""
    return target_of_row(model, pk=int(key)) if key.isdecimal() else None


def account_subject(key: str) -> LookTarget | None:
    """The account that the admin shows."""
    user = get_user_model()._default_manager.filter(pk=key).first() if key.isdecimal() else None
    return None if user is None else as_subject(user)


def as_subject(user: AbstractBaseUser, about: tuple[str, object] = ("", "")) -> LookTarget:
    """An account, as the audit names it."""
    return LookTarget(Who("account", user.pk, user.get_username()), about)


def token_subject(key: str) -> LookTarget | None:
    """The account whose token it is."""
    tokens = get_user_model()._default_manager.filter(api_tokens__pk=key) if key.isdecimal() else ()
    return next((as_subject(user, ("accounts.apitoken", key)) for user in tokens), None)


def register_audited_models() -> None:
    """Record every change made by hand; an import is recorded as a whole."""
    changes.register(Moderator, hidden=("username", "extra"), subject=moderator_subject)
    changes.register(ModeratorPerformance, subject=lambda row: moderator_subject(row.moderator))
    changes.register(ChatSession, hidden=("user_id",))
    changes.register(Recommendation, hidden=("user_id",))
    changes.register(Target)
    changes.register(Annotation, ignored=("created_at",))
    # What people call their views, and their filters, may name people.
    changes.register(SavedView, hidden=("name", "address"), ignored=("created_at",))
    changes.register(FirstPage)
    changes.register(QualitySample, ignored=("created_at",))
    changes.register(
        QualityCheck, hidden=("note",), ignored=("checked_at",), subject=subject_of_check
    )
    changes.register(
        Dispute,
        hidden=("reason", "reply"),
        ignored=("created_at", "decided_at"),
        subject=lambda row: subject_of_check(row.quality_check),
    )
    changes.register(
        Note,
        hidden=("text", "step"),
        ignored=("created_at",),
        subject=lambda row: moderator_subject(row.moderator),
    )
    changes.register(
        NoteReply,
        hidden=("text",),
        ignored=("created_at",),
        subject=lambda row: moderator_subject(row.note.moderator),
    )
