"""Every address of the portal tried as everybody: what a new address needs is a row here.

The rows say which status each caller gets, in this order: nobody, the moderator whose data are
asked for, another moderator, a lead, an admin, a read token of the first moderator, an ingest
token.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Role
from accounts.tokens import ApiToken
from analytics.models import (
    ChatSession,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    QueueAssignment,
    Recommendation,
    Video,
    VideoView,
)
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import NOON, write_session

CALLERS = ("nobody", "moderator", "other", "lead", "admin", "read token", "ingest token")

EVERYBODY = (200, 200, 200, 200, 200, 200, 200)
# Pages know logins, no tokens.
PAGE = (302, 200, 200, 200, 200, 302, 302)
PAGE_OF_OWN = (302, 200, 404, 200, 200, 302, 302)
PAGE_OF_LEADS = (302, 403, 403, 200, 200, 302, 302)
MOVES_ON = (302, 302, 302, 302, 302, 302, 302)
# The API says that it wants a login or a token.
READ = (401, 200, 200, 200, 200, 200, 403)
READ_OWN = (401, 200, 404, 200, 200, 200, 403)
READ_OF_LEADS = (401, 403, 403, 200, 200, 403, 403)
SEND = (401, 403, 403, 403, 200, 403, 200)
POST_ONLY = (401, 403, 403, 403, 405, 403, 405)

#: Name and method -> the values of the address, the parameters, the statuses.
ROWS: dict[tuple[str, str], tuple[dict, dict, tuple[int, ...]]] = {
    ("healthz", "GET"): ({}, {}, EVERYBODY),
    ("readyz", "GET"): ({}, {}, EVERYBODY),
    ("login", "GET"): ({}, {}, (200, 302, 302, 302, 302, 200, 200)),
    ("logout", "GET"): ({}, {}, (302, 405, 405, 405, 405, 302, 302)),
    ("password_change", "GET"): ({}, {}, PAGE),
    ("password_change_done", "GET"): ({}, {}, PAGE),
    ("password_reset", "GET"): ({}, {}, EVERYBODY),
    ("password_reset_done", "GET"): ({}, {}, EVERYBODY),
    ("password_reset_confirm", "GET"): ({"uidb64": "MQ", "token": "x-y"}, {}, EVERYBODY),
    ("password_reset_complete", "GET"): ({}, {}, EVERYBODY),
    ("tokens", "GET"): ({}, {}, PAGE),
    ("revoke_token", "POST"): ({"pk": "token"}, {}, (302, 302, 404, 404, 404, 302, 302)),
    # Pages
    ("portal:home", "GET"): ({}, {}, PAGE),
    ("portal:review", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN),
    ("portal:engagement", "GET"): ({}, {}, PAGE_OF_LEADS),
    ("portal:recommendations", "GET"): ({}, {}, PAGE_OF_LEADS),
    ("portal:moderators", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN),
    ("portal:insights", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN),
    ("portal:sessions", "GET"): ({}, {}, PAGE),
    ("portal:session", "GET"): ({"public_id": "s1"}, {}, PAGE_OF_OWN),
    ("portal:metrics", "GET"): ({}, {}, PAGE),
    ("portal:metric-csv", "GET"): ({"slug": "decisions"}, {"session": "s1"}, PAGE_OF_OWN),
    ("portal:videos-csv", "GET"): ({}, {"moderator": "alice"}, PAGE_OF_OWN),
    ("portal:moderator-names", "GET"): ({}, {}, PAGE),
    ("portal:session-ids", "GET"): ({}, {}, PAGE),
    # The API: metrics
    ("api:metrics", "GET"): ({}, {}, READ),
    ("api:metric", "GET"): ({"slug": "decisions"}, {"moderator": "alice"}, READ_OWN),
    ("api:figure", "GET"): ({"slug": "decisions"}, {"session": "s1"}, READ_OWN),
    ("api:insights", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    # The API: lists
    ("api:sessions", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:sessions-detail", "GET"): ({"session": "s1"}, {}, READ_OWN),
    ("api:videos", "GET"): ({}, {"session": "s1"}, READ_OWN),
    ("api:videos-detail", "GET"): ({"id": "view"}, {}, READ_OWN),
    ("api:moderators", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:moderators-detail", "GET"): ({"username": "alice"}, {}, READ_OWN),
    ("api:inactivity", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:inactivity-detail", "GET"): ({"id": "idle"}, {}, READ_OWN),
    ("api:queues", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:queues-detail", "GET"): ({"id": "queue"}, {}, READ_OWN),
    ("api:user-activity", "GET"): ({}, {}, READ_OF_LEADS),
    ("api:user-activity-detail", "GET"): ({"session_id": "c1"}, {}, READ_OF_LEADS),
    ("api:recommendations", "GET"): ({}, {}, READ_OF_LEADS),
    ("api:recommendations-detail", "GET"): ({"recommendation_id": "r1"}, {}, READ_OF_LEADS),
    ("api:moderator-performance", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:moderator-performance-detail", "GET"): ({"id": "performance"}, {}, READ_OWN),
    # The API: sending
    ("api:session-documents", "GET"): ({}, {}, POST_ONLY),
    ("api:session-documents", "POST"): ({}, {}, SEND),
    ("api:user-activity", "POST"): ({}, {}, SEND),
    ("api:recommendations", "POST"): ({}, {}, SEND),
    ("api:moderator-performance", "POST"): ({}, {}, SEND),
    # The API: the rest
    ("api:export-videos", "GET"): ({}, {"moderator": "alice"}, READ_OWN),
    ("api:export-session-documents", "GET"): ({}, {"session": "s1"}, READ_OWN),
    ("api:schema", "GET"): ({}, {}, READ),
    ("api:docs", "GET"): ({}, {}, (302, 200, 200, 200, 200, 200, 403)),
    ("api:not-found", "GET"): ({}, {}, (404,) * 7),
}
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
    clients = (
        Client(),
        login(alice),
        login(bob),
        login(lea),
        login(ada),
        token(alice, "read"),
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
        "token": ApiToken.objects.get(user__username="alice").pk,
        "view": VideoView.objects.get().pk,
        "idle": Inactivity.objects.get().pk,
        "queue": QueueAssignment.objects.get().pk,
        "performance": performance.pk,
    }


@pytest.mark.parametrize(("name", "method"), list(ROWS))
def test_statuses(callers, keys, name, method):
    values, params, expected = ROWS[name, method]
    values = {key: keys.get(value, value) for key, value in values.items()}
    address = "/api/nothing/" if name == "api:not-found" else reverse(name, kwargs=values)
    if params:
        address += f"?{urlencode(params)}"
    found = {}
    for caller, client in callers.items():
        if method == "POST":
            answer = client.post(address, b"[]", content_type="application/json")
        else:
            answer = client.get(address)
        found[caller] = answer.status_code
        if address.startswith("/api/") and answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert found == dict(zip(CALLERS, expected, strict=True))


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
        for caller in ("nobody", "read token", "ingest token"):
            assert found[caller] in (302, 404), (address, found)
        for caller in ("moderator", "other", "lead"):
            assert found[caller] in (302, 403, 404, 405), (address, found)


def test_charts_are_for_people(callers, keys):
    for address in addresses_of(CHARTS):
        for caller in ("nobody", "read token", "ingest token"):
            status = callers[caller].get(address).status_code
            assert status in (302, 401, 403, 404, 405), (address, caller, status)
