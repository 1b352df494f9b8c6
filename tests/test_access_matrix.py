"""Every address of the portal tried as everybody: what a new address needs is a row here.

The rows say which status each caller gets, in this order: nobody, the moderator whose data are
asked for, another moderator, one who is linked to nobody's work, a lead, an admin, a read token of
the first moderator, an ingest token of the admin, one of a program; and what the audit says of the
answers that are given.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib import admin as admin_site
from django.db.models import Max
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Role, User
from accounts.tokens import ApiToken
from analytics import subjects
from analytics.models import (
    Annotation,
    ChatSession,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    Note,
    PlaybackSpeed,
    QueueAssignment,
    Recommendation,
    SavedView,
    Video,
    VideoView,
)
from analytics.quality.checking import Opinion, check_view
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.subjects import MODERATOR_PATHS
from analytics.summaries.writing import refresh
from audit import looks
from audit.models import Entry
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import NOON, write_session

CALLERS = (
    *("nobody", "moderator", "other", "unlinked", "lead", "admin"),
    *("read token", "admin's ingest token", "program's ingest token"),
)

TOKENS = CALLERS[-3:]

EVERYBODY = (200,) * 9
# Pages know logins, no tokens.
PAGE = (302, 200, 200, 200, 200, 200, 302, 302, 302)
PAGE_OF_LINKED = (302, 200, 200, 403, 200, 200, 302, 302, 302)
PAGE_OF_OWN = (302, 200, 404, 403, 200, 200, 302, 302, 302)
PAGE_OF_LEADS = (302, 403, 403, 403, 200, 200, 302, 302, 302)
NOT_THERE = (404,) * 9
NOT_THERE_FOR_LOGINS = (302, 404, 404, 404, 404, 404, 302, 302, 302)
PAGE_OF_ADMINS = (302, 403, 403, 403, 403, 200, 302, 302, 302)
# An empty form is refused with the reason.
FORM_OF_LEADS = (302, 403, 403, 403, 400, 400, 302, 302, 302)
# The same for everybody who logs in.
FORM = (302, 400, 400, 400, 400, 400, 302, 302, 302)
MOVES_ON = (302,) * 9
ONLY_ALICES = (302, 200, 404, 404, 404, 404, 302, 302, 302)
ONLY_ALICE = (302, 302, 404, 404, 404, 404, 302, 302, 302)
# The API says that it wants a login or a token.
READ = (401, 200, 200, 200, 200, 200, 200, 403, 403)
READ_OWN = (401, 200, 404, 403, 200, 200, 200, 403, 403)
READ_OF_LEADS = (401, 403, 403, 403, 200, 200, 403, 403, 403)
SEND = (401, 403, 403, 403, 403, 200, 403, 200, 200)
ANNOTATE = (401, 403, 403, 403, 200, 200, 403, 200, 200)
# Those who come later find it gone.
DELETE = (401, 403, 403, 403, 204, 404, 403, 403, 403)
POST_ONLY = (401, 403, 403, 403, 403, 405, 403, 405, 405)

# What the audit says of an answer: nothing; a look at or an export about the moderator asked for;
# one about everybody the caller sees (the own work, or many people); data sent in; a change.
NOTHING, LOOK, LOOK_AT_ALL, EXPORT, IMPORT = "nothing", "look", "look at all", "export", "import"
CHANGE, EXPORT_ALL, DELETION, EXPORT_OWN = "change", "export of all", "deletion", "export of own"

#: Name and method -> the values of the address, the parameters, the statuses, the audit.
ROWS: dict[tuple[str, str], tuple[dict, dict, tuple[int, ...], str]] = {
    ("healthz", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("readyz", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("prometheus", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("login", "GET"): ({}, {}, (200, 302, 302, 302, 302, 302, 200, 200, 200), NOTHING),
    ("logout", "GET"): ({}, {}, (302, 405, 405, 405, 405, 405, 302, 302, 302), NOTHING),
    ("password_change", "GET"): ({}, {}, PAGE, NOTHING),
    ("password_change_done", "GET"): ({}, {}, PAGE, NOTHING),
    ("password_reset", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("password_reset_done", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("password_reset_confirm", "GET"): ({"uidb64": "MQ", "token": "x-y"}, {}, EVERYBODY, NOTHING),
    ("password_reset_complete", "GET"): ({}, {}, EVERYBODY, NOTHING),
    ("account", "GET"): ({}, {}, PAGE, NOTHING),
    ("account-settings", "GET"): ({}, {}, PAGE, NOTHING),
    ("account-settings", "POST"): ({}, {}, PAGE, NOTHING),
    ("account-data", "GET"): ({}, {}, PAGE, NOTHING),
    ("end-session", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("tokens", "GET"): ({}, {}, PAGE, NOTHING),
    # The second factor: these logins are not fresh, so changes ask to confirm first.
    ("account_login", "GET"): ({}, {}, (200, 302, 302, 302, 302, 302, 200, 200, 200), NOTHING),
    ("mfa_authenticate", "GET"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_authenticate", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_login_webauthn", "GET"): ({}, {}, MOVES_ON, NOTHING),
    # Who sends JSON gets JSON, with the address to go on to.
    ("mfa_login_webauthn", "POST"): (
        {},
        {},
        (302, 200, 200, 200, 200, 200, 302, 302, 302),
        NOTHING,
    ),
    ("second-factor", "GET"): ({}, {}, PAGE, NOTHING),
    ("mfa_index", "GET"): ({}, {}, PAGE, NOTHING),
    ("mfa_activate_totp", "GET"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_activate_totp", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_deactivate_totp", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_add_webauthn", "GET"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_add_webauthn", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_remove_webauthn", "POST"): ({"pk": 1}, {}, MOVES_ON, NOTHING),
    ("mfa_view_recovery_codes", "GET"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_generate_recovery_codes", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("account_reauthenticate", "GET"): ({}, {}, PAGE, NOTHING),
    ("account_reauthenticate", "POST"): ({}, {}, PAGE, NOTHING),
    ("mfa_reauthenticate", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("mfa_reauthenticate_webauthn", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("login", "POST"): ({}, {}, (200, 302, 302, 302, 302, 302, 200, 200, 200), NOTHING),
    ("logout", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("password_change", "POST"): ({}, {}, PAGE, NOTHING),
    ("password_reset", "POST"): ({}, {}, EVERYBODY, NOTHING),
    (
        "password_reset_confirm",
        "POST",
    ): ({"uidb64": "MQ", "token": "x-y"}, {}, EVERYBODY, NOTHING),
    ("tokens", "POST"): ({}, {}, PAGE, NOTHING),
    ("revoke_token", "POST"): (
        {"pk": "token"},
        {},
        (302, 302, 404, 404, 404, 404, 302, 302, 302),
        CHANGE,
    ),
    # Single sign-on: there is no provider here.
    ("single-sign-on", "GET"): ({}, {}, NOT_THERE, NOTHING),
    ("single-sign-on-callback", "GET"): ({}, {}, NOT_THERE, NOTHING),
    ("company-account", "GET"): ({}, {}, NOT_THERE_FOR_LOGINS, NOTHING),
    ("company-account", "POST"): ({}, {}, NOT_THERE_FOR_LOGINS, NOTHING),
    ("confirm-company-account", "GET"): ({}, {}, NOT_THERE_FOR_LOGINS, NOTHING),
    # Pages
    ("portal:home", "GET"): ({}, {}, PAGE_OF_LINKED, LOOK_AT_ALL),
    ("portal:review", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:engagement", "GET"): ({}, {}, PAGE_OF_LINKED, NOTHING),
    ("portal:recommendations", "GET"): ({}, {}, PAGE_OF_LINKED, NOTHING),
    ("portal:quality", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:quality-samples", "GET"): ({}, {}, PAGE_OF_LEADS, LOOK_AT_ALL),
    ("portal:quality-samples", "POST"): ({}, {}, FORM_OF_LEADS, NOTHING),
    ("portal:quality-sample", "GET"): ({"pk": "sample"}, {}, PAGE_OF_LEADS, LOOK_AT_ALL),
    # The only view is kept for who came first.
    ("portal:quality-checking", "GET"): (
        {"pk": "sample"},
        {},
        (302, 403, 403, 403, 200, 302, 302, 302, 302),
        LOOK_AT_ALL,
    ),
    ("portal:quality-checking", "POST"): (
        {"pk": "sample"},
        {},
        (302, 403, 403, 403, 404, 404, 302, 302, 302),
        NOTHING,
    ),
    ("portal:quality-check", "GET"): ({"pk": "check"}, {}, PAGE_OF_OWN, LOOK),
    ("portal:quality-check", "POST"): (
        {"pk": "check"},
        {},
        (302, 400, 404, 403, 400, 400, 302, 302, 302),
        LOOK,
    ),
    ("portal:quality-disputes", "GET"): ({}, {}, PAGE_OF_LEADS, LOOK_AT_ALL),
    ("portal:own-checks", "GET"): (
        {},
        {},
        (302, 200, 200, 403, 403, 403, 302, 302, 302),
        LOOK_AT_ALL,
    ),
    ("portal:own-checks", "POST"): (
        {},
        {},
        (302, 302, 302, 403, 403, 403, 302, 302, 302),
        NOTHING,
    ),
    ("portal:quality-plan", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_LEADS, LOOK),
    ("portal:moderators", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:person", "GET"): ({"username": "alice"}, {}, PAGE_OF_OWN, LOOK),
    ("portal:own-data", "GET"): ({}, {}, PAGE, EXPORT_OWN),
    ("portal:personal-data", "GET"): (
        {"username": "alice"},
        {},
        (302, 200, 404, 403, 404, 200, 302, 302, 302),
        EXPORT,
    ),
    ("portal:who-looked", "GET"): ({"username": "alice"}, {}, PAGE_OF_OWN, LOOK),
    ("portal:who-looked-csv", "GET"): ({"username": "alice"}, {}, PAGE_OF_OWN, EXPORT),
    ("portal:for-moderators", "GET"): ({}, {}, PAGE, NOTHING),
    ("portal:audit", "GET"): ({}, {}, PAGE_OF_ADMINS, LOOK_AT_ALL),
    ("portal:audit-csv", "GET"): ({}, {"about": "alice"}, PAGE_OF_ADMINS, EXPORT),
    ("portal:notes", "GET"): ({"username": "alice"}, {}, PAGE_OF_OWN, LOOK),
    # An empty form.
    ("portal:notes", "POST"): (
        {"username": "alice"},
        {},
        (302, 403, 404, 403, 400, 400, 302, 302, 302),
        LOOK,
    ),
    ("portal:note-reply", "POST"): (
        {"pk": "note"},
        {},
        (302, 400, 404, 403, 400, 400, 302, 302, 302),
        LOOK,
    ),
    ("portal:note-settle", "POST"): (
        {"pk": "note"},
        {},
        (302, 403, 404, 403, 302, 302, 302, 302, 302),
        CHANGE,
    ),
    ("portal:insights", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:changed", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:sessions", "GET"): ({}, {}, PAGE_OF_LINKED, LOOK_AT_ALL),
    ("portal:session", "GET"): ({"public_id": "s1"}, {}, PAGE_OF_OWN, LOOK),
    ("portal:video", "GET"): ({"public_id": "v1"}, {"moderator": "alice"}, PAGE_OF_OWN, LOOK),
    ("portal:metrics", "GET"): ({}, {}, PAGE, NOTHING),
    ("portal:annotations", "GET"): ({}, {}, PAGE, NOTHING),
    ("portal:annotations", "POST"): ({}, {}, FORM_OF_LEADS, NOTHING),
    ("portal:annotation", "GET"): ({"pk": "annotation"}, {}, PAGE_OF_LEADS, NOTHING),
    ("portal:annotation", "POST"): ({"pk": "annotation"}, {}, FORM_OF_LEADS, NOTHING),
    ("portal:annotation-delete", "GET"): ({"pk": "annotation"}, {}, PAGE_OF_LEADS, NOTHING),
    ("portal:annotation-delete", "POST"): (
        {"pk": "annotation"},
        {},
        (302, 403, 403, 403, 302, 404, 302, 302, 302),
        DELETION,
    ),
    ("portal:metric-csv", "GET"): ({"slug": "decisions"}, {"session": "s1"}, PAGE_OF_OWN, EXPORT),
    ("portal:metric-rows", "GET"): ({"slug": "decisions"}, {"session": "s1"}, PAGE_OF_OWN, LOOK),
    ("portal:passport", "GET"): ({"slug": "decisions"}, {"session": "s1"}, PAGE_OF_OWN, LOOK),
    ("portal:videos-csv", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, EXPORT),
    ("portal:sessions-csv", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, EXPORT),
    ("portal:sessions-xlsx", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, EXPORT),
    ("portal:changed-xlsx", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN, EXPORT),
    ("portal:page-xlsx", "GET"): ({"name": "review"}, {"moderator": "alice"}, PAGE_OF_OWN, EXPORT),
    ("portal:queue-names", "GET"): ({}, {}, PAGE_OF_LINKED, NOTHING),
    ("portal:status-names", "GET"): ({}, {}, PAGE_OF_LINKED, NOTHING),
    ("portal:views", "GET"): ({}, {}, PAGE, NOTHING),
    ("portal:views", "POST"): ({}, {}, FORM, NOTHING),
    ("portal:views-menu", "GET"): ({}, {}, PAGE, NOTHING),
    ("portal:view", "GET"): ({"pk": "saved view"}, {}, ONLY_ALICES, NOTHING),
    ("portal:view", "POST"): (
        {"pk": "saved view"},
        {},
        (302, 400, 404, 404, 404, 404, 302, 302, 302),
        NOTHING,
    ),
    ("portal:view-delete", "POST"): (
        {"pk": "saved view"},
        {},
        ONLY_ALICE,
        DELETION,
    ),
    ("portal:first-page-choice", "POST"): ({}, {}, MOVES_ON, NOTHING),
    ("portal:first-page", "GET"): ({}, {}, MOVES_ON, NOTHING),
    ("api:views", "GET"): ({}, {}, READ, NOTHING),
    ("api:views", "POST"): ({}, {}, (401, 400, 400, 400, 400, 400, 403, 403, 403), NOTHING),
    ("api:views-detail", "GET"): (
        {"id": "saved view"},
        {},
        (401, 200, 404, 404, 404, 404, 200, 403, 403),
        NOTHING,
    ),
    ("api:views-detail", "PATCH"): (
        {"id": "saved view"},
        {},
        (401, 400, 404, 404, 404, 404, 403, 403, 403),
        NOTHING,
    ),
    ("api:views-detail", "DELETE"): (
        {"id": "saved view"},
        {},
        (401, 204, 404, 404, 404, 404, 403, 403, 403),
        DELETION,
    ),
    ("portal:search", "GET"): ({}, {"q": "ali"}, PAGE, LOOK_AT_ALL),
    ("portal:search-results", "GET"): ({}, {"q": "ali"}, PAGE, LOOK_AT_ALL),
    ("portal:moderator-names", "GET"): ({}, {}, PAGE_OF_LINKED, LOOK_AT_ALL),
    ("portal:session-ids", "GET"): ({}, {}, PAGE_OF_LINKED, LOOK_AT_ALL),
    # The API: metrics
    ("api:metrics", "GET"): ({}, {}, READ, NOTHING),
    ("api:metric", "GET"): ({"slug": "decisions"}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:figure", "GET"): ({"slug": "decisions"}, {"session": "s1"}, READ_OWN, LOOK),
    ("api:metric-rows", "GET"): ({"slug": "decisions"}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:insights", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:changes", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    # The API: lists
    ("api:sessions", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:sessions-detail", "GET"): ({"session": "s1"}, {}, READ_OWN, LOOK),
    ("api:videos", "GET"): ({}, {"session": "s1"}, READ_OWN, LOOK),
    ("api:videos-detail", "GET"): ({"id": "view"}, {}, READ_OWN, LOOK),
    ("api:moderators", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:moderators-detail", "GET"): ({"username": "alice"}, {}, READ_OWN, LOOK),
    ("api:inactivity", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:inactivity-detail", "GET"): ({"id": "idle"}, {}, READ_OWN, LOOK),
    ("api:queues", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:queues-detail", "GET"): ({"id": "queue"}, {}, READ_OWN, LOOK),
    ("api:speeds", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:speeds-detail", "GET"): ({"id": "speed"}, {}, READ_OWN, LOOK),
    ("api:user-activity", "GET"): ({}, {}, READ_OF_LEADS, NOTHING),
    ("api:user-activity-detail", "GET"): ({"session_id": "c1"}, {}, READ_OF_LEADS, NOTHING),
    ("api:recommendations", "GET"): ({}, {}, READ_OF_LEADS, NOTHING),
    ("api:recommendations-detail", "GET"): (
        {"recommendation_id": "r1"},
        {},
        READ_OF_LEADS,
        NOTHING,
    ),
    ("api:moderator-performance", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:moderator-performance-detail", "GET"): ({"id": "performance"}, {}, READ_OWN, LOOK),
    ("api:annotations", "GET"): ({}, {}, READ, NOTHING),
    ("api:annotations-detail", "GET"): ({"id": "annotation"}, {}, READ, NOTHING),
    ("api:annotations-detail", "DELETE"): ({"id": "annotation"}, {}, DELETE, DELETION),
    ("api:quality-checks", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:quality-checks-detail", "GET"): ({"id": "check"}, {}, READ_OWN, LOOK),
    ("api:notes", "GET"): ({}, {"moderator": "alice"}, READ_OWN, LOOK),
    ("api:notes-detail", "GET"): ({"id": "note"}, {}, READ_OWN, LOOK),
    # The body is no object.
    ("api:notes", "POST"): ({}, {}, (401, 403, 403, 403, 400, 400, 403, 403, 403), NOTHING),
    ("api:notes-replies", "POST"): (
        {"id": "note"},
        {},
        (401, 400, 404, 403, 400, 400, 403, 403, 403),
        CHANGE,
    ),
    # The second finds it settled.
    ("api:notes-settle", "POST"): (
        {"id": "note"},
        {},
        (401, 403, 404, 403, 200, 400, 403, 403, 403),
        CHANGE,
    ),
    ("api:quality-checks-dispute", "POST"): (
        {"id": "check"},
        {},
        (401, 400, 404, 403, 404, 404, 403, 403, 403),
        CHANGE,
    ),
    # Nobody disputes the check.
    ("api:quality-checks-dispute", "DELETE"): (
        {"id": "check"},
        {},
        (401, 404, 404, 403, 404, 404, 403, 403, 403),
        CHANGE,
    ),
    ("api:quality-checks-decision", "POST"): (
        {"id": "check"},
        {},
        (401, 403, 403, 403, 400, 400, 403, 403, 403),
        CHANGE,
    ),
    # The API: sending
    ("api:quality-checks", "POST"): ({}, {}, ANNOTATE, IMPORT),
    ("api:annotations", "POST"): ({}, {}, ANNOTATE, IMPORT),
    ("api:session-documents", "GET"): ({}, {}, POST_ONLY, NOTHING),
    ("api:session-documents", "POST"): ({}, {}, SEND, IMPORT),
    ("api:user-activity", "POST"): ({}, {}, SEND, IMPORT),
    ("api:recommendations", "POST"): ({}, {}, SEND, IMPORT),
    ("api:moderator-performance", "POST"): ({}, {}, SEND, IMPORT),
    # The API: the rest
    ("api:export-videos", "GET"): ({}, {"moderator": "alice"}, READ_OWN, EXPORT),
    ("api:export-session-documents", "GET"): ({}, {"session": "s1"}, READ_OWN, EXPORT),
    ("api:export-moderator-performance", "GET"): ({}, {"moderator": "alice"}, READ_OWN, EXPORT),
    ("api:export-quality-checks", "GET"): ({}, {"moderator": "alice"}, READ_OWN, EXPORT),
    ("api:export-user-activity", "GET"): ({}, {}, READ_OF_LEADS, EXPORT_ALL),
    ("api:export-recommendations", "GET"): ({}, {}, READ_OF_LEADS, EXPORT_ALL),
    ("api:export-annotations", "GET"): ({}, {}, READ, EXPORT_ALL),
    ("api:schema", "GET"): ({}, {}, READ, NOTHING),
    ("api:docs", "GET"): ({}, {}, (302, 200, 200, 200, 200, 200, 200, 403, 403), NOTHING),
    ("api:not-found", "GET"): ({}, {}, (404,) * 9, NOTHING),
}
#: Who deletes what is no lead's.
DELETES = {"portal:view-delete": "moderator"}
#: Who changes what no moderator may: of two who settle a note the first.
CHANGES = {"portal:note-settle": "lead", "api:notes-settle": "lead"}
#: What a library adds by the dozen: closed to nobody in particular, tried without a row each.
ADMIN = "admin:"
CHARTS = "the_django_plotly_dash:"


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Yield the name and pattern of every address."""

    def walk(resolver, prefix: str):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                yield f"{prefix}{pattern.name}", pattern
            else:
                namespace = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern, prefix + namespace)

    yield from walk(get_resolver(), "")


def test_every_address_has_a_row():
    names = {name for name, _ in patterns() if not name.startswith((ADMIN, CHARTS))}
    # Django_plotly_dash has this one twice, once without its namespace.
    names.discard("None")
    assert names == {name for name, _ in ROWS}


def test_every_address_is_known_to_the_audit():
    """A new page or list needs its line in analytics/subjects.py: whom it is about, or nobody."""
    watched = {name for name, _ in patterns() if name.startswith(("portal:", "api:"))}
    assert watched == {*subjects.FINDERS, *subjects.ABOUT_NOBODY} - {"revoke_token"}
    assert not {*subjects.FINDERS} & subjects.ABOUT_NOBODY
    known = (
        *subjects.ADMIN_MODELS,
        *(subjects.ACCOUNT_ADMIN, subjects.TOKEN_ADMIN),
        *subjects.ADMIN_ABOUT_MANY,
        *subjects.ADMIN_ABOUT_NOBODY,
    )
    for model in registered():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        assert name.startswith(known), name


@pytest.fixture
def callers(alice, bob, lea, ada) -> dict[str, Client]:
    """Return a client of each caller."""

    def login(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def token(user, scope) -> Client:
        text = ApiToken.objects.create_token(user, scope, scope=scope)[1]
        return Client(headers={"Authorization": f"Token {text}"})

    tool = make_user("tool", Role.PROGRAM)
    unlinked = make_user("ulla", Role.MODERATOR)
    clients = (
        Client(),
        login(alice),
        login(bob),
        login(unlinked),
        login(lea),
        login(ada),
        token(alice, "read"),
        token(ada, "ingest"),
        token(tool, "ingest"),
    )
    return dict(zip(CALLERS, clients, strict=True))


@pytest.fixture
def keys(callers) -> dict[str, object]:
    """Write one of everything of alice's; return the keys that are only known then."""
    write_session(
        PlainSession(
            public_id="s1",
            moderator="alice",
            started_at=NOON,
            duration_us=60_000_000,
            views=[
                PlainView(video="v1", status="completed", keys=["a"], sound="muted", speeds=[1.5])
            ],
            idle=[("pause", 5_000_000, None)],
            queues=[("Spam", 4, True, {"Links": 4})],
        )
    )
    alice = Moderator.objects.get(username="alice")
    refresh()
    lead = User.objects.get(username="lea")
    sample = draw_sample(
        SampleDesign("random", Scope(lead), size=1), by=lead, is_blind=False, second_checks=1
    )
    check = check_view("s1", 0, Opinion("rejected"), by=make_user("checker", Role.LEAD))
    ChatSession.objects.create(
        session_id="c1", user_id="u1", date="2026-03-10", length_minutes=3, messages_sent=4
    )
    Recommendation.objects.create(
        recommendation_id="r1",
        date="2026-03-10",
        recommendation_type="video",
        click_through_rate=0.5,
    )
    performance = ModeratorPerformance.objects.create(
        moderator=alice, date="2026-03-10", sessions_moderated=3, average_response_time=4
    )
    assert Video.objects.exists()
    return {
        "note": Note.objects.create(moderator=alice, text="We talked", created_by=lead).pk,
        "sample": sample.pk,
        "check": check.pk,
        "token": ApiToken.objects.get(user__username="alice").pk,
        "view": VideoView.objects.get().pk,
        "idle": Inactivity.objects.get().pk,
        "queue": QueueAssignment.objects.get().pk,
        "speed": PlaybackSpeed.objects.get().pk,
        "performance": performance.pk,
        "saved view": SavedView.objects.create(
            owner=User.objects.get(username="alice"), name="Mine", address="/review/"
        ).pk,
        "annotation": Annotation.objects.create(
            start="2026-03-10", end="2026-03-10", text="New policy"
        ).pk,
    }


@pytest.mark.parametrize(("name", "method"), list(ROWS))
def test_statuses_and_audit(callers, keys, name, method):
    values, params, expected, audited = ROWS[name, method]
    address = address_of(name, values, params, keys)
    found, recorded = {}, {}
    for caller, client in callers.items():
        answer, entries = ask(client, method, address)
        found[caller] = answer.status_code
        recorded[caller] = entries
        if address.startswith("/api/") and answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert found == dict(zip(CALLERS, expected, strict=True))
    if name not in ("login", "logout"):  # tests/audit has these, whose callers come and go
        assert recorded == {
            caller: [("delete", None)]
            if status == 204
            or (status == 302 and audited == DELETION and caller == DELETES.get(name, "lead"))
            else expected_entries(caller, name, method, audited, status)
            for caller, status in found.items()
        }


def address_of(name, values, params, keys) -> str:
    values = {key: keys.get(value, value) for key, value in values.items()}
    address = "/api/nothing/" if name == "api:not-found" else reverse(name, kwargs=values)
    return f"{address}?{urlencode(params)}" if params else address


def ask(client, method, address):
    """The answer, and what the audit says of it: (action, subject) of each new entry."""
    before = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    if method == "DELETE":
        answer = client.delete(address)
    elif method == "PATCH":
        answer = client.patch(address, b"[]", content_type="application/json")
    elif method == "POST":
        answer = client.post(address, b"[]", content_type="application/json")
    else:
        answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    looks.flush()
    entries = Entry.objects.filter(pk__gt=before).order_by("pk")
    return answer, sorted(entries.values_list("action", "subject__name"), key=str)


def expected_entries(caller, name, method, audited, status) -> list[tuple[str, str | None]]:
    """What the audit says of an answer with this status."""
    takes_tokens = name.startswith("api:") and name != "api:not-found"
    is_known = caller != "nobody" and (caller not in TOKENS or takes_tokens)
    is_refused = status in (403, 404) or (method == "POST" and 400 < status < 500)
    # What a program sends and what the API keeps: a bad body too.
    kept = ("api:views", "api:quality-checks-d", "api:notes")
    is_refused = is_refused or (name.startswith(kept) and status == 400)
    if is_known and is_refused and looks.is_watched(name):
        # Somebody else's, or a kind that is not theirs.
        asked_for = "alice" if audited in (LOOK, EXPORT, CHANGE) else None
        return [("refused", asked_for), *([("token", None)] if caller in TOKENS else [])]
    if status not in (200, 302) or (status == 302 and audited != CHANGE):
        return []
    own = {"moderator": "alice", "other": "bob", "read token": "alice"}
    entries: list[tuple[str, str | None]] = []
    if audited == LOOK:
        entries = [("look", "alice")]
    elif audited == EXPORT:
        entries = [("export", "alice")]
    elif audited in (EXPORT_ALL, EXPORT_OWN):
        entries = [("export", {EXPORT_OWN: own}.get(audited, {}).get(caller))]
    elif audited == LOOK_AT_ALL:
        # Who is linked to nobody's work sees nobody's.
        entries = [] if caller == "unlinked" else [("look", own.get(caller))]
    elif audited == IMPORT:
        entries = [("import", None)]
    elif audited == CHANGE:
        entries = [("change", "alice")] if caller == CHANGES.get(name, "moderator") else []
    if caller == "read token" and name.startswith("api:"):
        entries.append(("token", None))
    return sorted(entries, key=str)


#: What is answered before the method is looked at: who is logged in is sent on, and a link that
#: does not work is a page that says so.
ANY_METHOD = {
    # They lead on before they look at the method.
    **dict.fromkeys((name for name, _ in ROWS if name.startswith("mfa_")), (302, 405)),
    "account_login": (302,),
    "login": (302,),
    "password_reset_confirm": (200,),
}


def test_what_takes_another_method_has_a_row(callers, keys):
    """Asked with every method there is, an address without a row for it refuses, also the admin."""
    admin = callers["admin"]
    for (name, _), (values, *_) in ROWS.items():
        address = address_of(name, values, {}, keys)
        for method in ("post", "put", "patch", "delete"):
            # Django's forms take a PUT for a POST.
            known = "POST" if method == "put" else method.upper()
            if (name, known) in ROWS or name == "api:not-found":
                continue
            status = getattr(admin, method)(address, b"", content_type="text/plain").status_code
            assert status in ANY_METHOD.get(name, (403, 405)), (name, method, status)


def addresses_of(namespace: str) -> list[str]:
    """Return an address of every pattern of a library's namespace."""
    made_up = {"IntConverter": "1", "StringConverter": "x", "SlugConverter": "x"}
    found = []
    for name, pattern in patterns():
        if not name.startswith(namespace) or name == f"{namespace}None":
            continue
        kwargs = {
            key: made_up.get(type(converter).__name__, "1")
            for key, converter in pattern.pattern.converters.items()
        }
        groups = pattern.pattern.regex.groupindex
        if "app_label" in groups:
            kwargs["app_label"] = "analytics"
        unnamed = pattern.pattern.regex.groups - len(groups)
        found.append(
            reverse(name, args=["1"] * unnamed) if unnamed else reverse(name, kwargs=kwargs)
        )
    return sorted(set(found))


def test_the_admin_is_for_admins(callers, keys):
    open_to_all = {reverse("admin:login"), reverse("admin:logout")}
    addresses = addresses_of(ADMIN)
    assert len(addresses) > 40
    for address in addresses:
        found = {caller: client.get(address).status_code for caller, client in callers.items()}
        assert found["admin"] < 500, address
        if address in open_to_all:
            continue
        for caller in ("nobody", *TOKENS):
            assert found[caller] in (302, 404), (address, found)
        for caller in ("moderator", "other", "unlinked", "lead"):
            assert found[caller] in (302, 403, 404, 405), (address, found)


def test_charts_are_for_people(callers, keys):
    for address in addresses_of(CHARTS):
        for caller in ("nobody", *TOKENS):
            status = callers[caller].get(address).status_code
            assert status in (302, 401, 403, 404, 405), (address, caller, status)


def test_the_admin_s_pages_of_people_are_looks(callers, keys):
    """Every page of a row that is somebody's work tells whose; every list, that it was many's."""
    admin = callers["admin"]
    rows = [
        row
        for row in (model.objects.first() for model in MODERATOR_PATHS)
        if type(row) in registered()
    ]
    assert len(rows) == 8
    for row in rows:
        name = f"admin:analytics_{row._meta.model_name}"
        for view in ("change", "history"):
            answer, entries = ask(admin, "GET", reverse(f"{name}_{view}", args=[row.pk]))
            assert (answer.status_code, entries) == (200, [("look", "alice")]), (name, view)
    [(_, entries)] = [ask(admin, "GET", reverse("admin:analytics_session_changelist"))]
    assert entries == [("look", None)]


def registered() -> set[type]:
    return set(admin_site.site._registry)
