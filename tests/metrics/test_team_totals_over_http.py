"""Team totals on every face: what a moderator may not be told makes no difference to any answer.

Two portals differ only by what few people did: how much of it is whose, what is inside of
``other``, a month of four people, the month that runs. Whatever a moderator asks of the team is
answered with the same words and numbers in both. A lead, who asks the same, sees the difference.
"""

import json
import re
from datetime import UTC, date, datetime
from itertools import zip_longest
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from analytics.metrics.registry import METRICS
from analytics.metrics.team_totals import TEAM_METRICS
from analytics.presentation.pages import PAGES
from analytics.summaries import writing
from analytics.web.dash.app import APPS
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import write_sessions
from tests.web.dash.test_guard import SAME, body_of

A = ("a", "completed", "muted")
Q = ("q", "partial", "unmuted")
USUAL = (400, 0, [A, Q])

#: What others did in January besides: (seconds, idle seconds, views). The sums that may be told are
#: the same; so are the numbers that are joined.
FEW = {
    "one": [
        # Views without a decision, joined with the accepted; how many are decided would tell.
        [(400, 0, [("", "completed", "muted"), ("", "completed", "muted")])],
        # Statuses of their own.
        [(400, 0, [("a", "Alpha", "muted"), ("a", "Alpha", "muted")])],
        # Unknown sound, joined with muted.
        [(400, 0, [("a", "completed", "unknown"), ("a", "completed", "unknown")])],
        # Lengths that one person's sessions have; that somebody has them is told.
        [(20, 0, []), (20, 0, []), (50, 0, [])],
        # Idle time: the active time is the same.
        [(410, 10, [])],
        [],
    ],
    "other": [
        [(400, 0, [("", "completed", "muted"), ("a", "completed", "muted")])],
        [(400, 0, [("a", "Alpha", "muted"), ("a", "Beta", "muted")])],
        [(400, 0, [("a", "completed", "unknown"), ("a", "completed", "muted")])],
        [(10, 0, []), (40, 0, []), (40, 0, [])],
        [(405, 5, [])],
        [],
    ],
}
NAMES = {"one": "anna bert cleo dora emil fred", "other": "ulla vera wido xaver yara zeno"}
JANUARY = {"start": "2026-01-01", "end": "2026-01-31"}
TWO_MONTHS = {"start": "2026-01-01", "end": "2026-02-28"}
RANGES = (
    JANUARY,
    TWO_MONTHS,
    # Four people in March.
    {"start": "2026-01-01", "end": "2026-03-31"},
    {"start": "2026-01-05", "end": "2026-01-05"},
    {},
)


def session(who: str, day: date, number: int, done) -> PlainSession:
    length, idle, views = done
    return PlainSession(
        public_id=f"{day}-{number}",
        moderator=who,
        started_at=datetime(day.year, day.month, day.day, 12, number, tzinfo=UTC),
        duration_us=length * 1_000_000,
        views=[
            PlainView(video=f"v{n}", status=status, keys=list(keys), sound=sound)
            for n, (keys, status, sound) in enumerate(views)
        ],
        idle=[("pause", idle * 1_000_000, None)] if idle else [],
        queues=[],
    )


def build(world: str) -> None:
    """Write a world's sessions; those of the one who asks are the same in both."""
    names = NAMES[world].split()
    today = timezone.localdate()
    sessions = [
        session("asks", date(2026, 1, 5), 0, USUAL),
        session("asks", date(2026, 2, 5), 0, USUAL),
    ]
    for number, (name, more) in enumerate(zip(names, FEW[world], strict=True), 1):
        for day in (date(2026, 1, 5), date(2026, 2, 5)):
            sessions.append(session(name, day, number, USUAL))
        for extra, done in enumerate(more, 1):
            sessions.append(session(name, date(2026, 1, 6), 10 * number + extra, done))
        if number <= 4:
            length = 100 if world == "one" else 300
            sessions.append(
                session(name, date(2026, 3, 5), number, (length, 0, [A, A, Q][:number]))
            )
        if number == 5 and world == "other":
            sessions.append(session(name, today, number, USUAL))
    write_sessions(sessions)
    writing.refresh()


def addresses() -> list[str]:
    """Every face of the team's totals, with the parameters that it takes."""
    found = []
    for days in RANGES:
        query = urlencode({"team": "true", **days})
        for slug in TEAM_METRICS:
            api = f"/api/v1/metrics/{slug}/"
            found += [f"{api}?{query}", f"{api}?{query}&format=csv", f"{api}?{query}&change=true"]
            found += [f"{api}figure/?{query}", f"/metrics/{slug}.csv?{query}"]
        found += [f"/api/v1/insights/?{query}", f"/export/videos.csv?{query}"]
        found += [f"/api/v1/{kind}/?{query}" for kind in ("sessions", "videos", "moderators")]
    for slug in METRICS.keys() - TEAM_METRICS.keys():
        query = urlencode({"team": "true", **JANUARY})
        found += [f"/api/v1/metrics/{slug}/?{query}", f"/metrics/{slug}.csv?{query}"]
    for days in (JANUARY, TWO_MONTHS, RANGES[2]):
        query = urlencode({"team": "true", **days})
        found += [f"{'/' if name == 'home' else f'/{name}/'}?{query}" for name in PAGES]
        found.append(f"/sessions/?{query}")
    return found


def told(client: Client) -> dict[str, tuple[int, str]]:
    """Address -> status and content, without what is another each time."""
    answers = {}
    for address in addresses():
        answer = client.get(address)
        body = answer.getvalue() if answer.streaming else answer.content
        answers[address] = answer.status_code, without_moments(body.decode())
    for name in APPS:
        for days in (JANUARY, TWO_MONTHS, RANGES[2]):
            search = f"?{urlencode({'team': 'true', **days})}"
            answer = client.post(
                f"/charts/app/{name}/_dash-update-component",
                json.dumps(body_of(name, search=search, n=1)),
                content_type="application/json",
                headers=SAME,
            )
            answers[f"chart {name} {search}"] = (
                answer.status_code,
                without_moments(answer.content.decode()),
            )
    return answers


def without_moments(text: str) -> str:
    """A text without tokens of forms, request ids and the time of the last change."""
    text = re.sub(r'(csrfmiddlewaretoken\\?" value=\\?")[^"\\]+', r"\1", text)
    text = re.sub(r"As of [^<]+UTC", "", text)
    text = re.sub(r"<code>[0-9a-f]{32}</code>", "", text)
    return re.sub(r'("as_of": ?")[^"]+', r"\1", text)


def differing(one: str, other: str) -> list[str]:
    """The lines of two texts that differ, beginning where they do."""
    lines = zip_longest(one.split("\n"), other.split("\n"), fillvalue="")
    return [f"{a[:300]} | {b[:300]}" for a, b in lines if a != b]


def ask_in(world: str) -> tuple[dict, dict]:
    """What a moderator and a lead are told in a world."""
    cache.clear()
    with transaction.atomic():
        build(world)
        moderator, lead = Client(), Client()
        moderator.force_login(make_user("asks", Role.MODERATOR, moderates=True))
        lead.force_login(make_user("lead", Role.LEAD))
        answers = told(moderator)
        query = urlencode(JANUARY)
        control = {
            slug: lead.get(f"/api/v1/metrics/{slug}/?{query}").json()["rows"]
            for slug in TEAM_METRICS
        }
        transaction.set_rollback(True)
    return answers, control


@pytest.mark.django_db
def test_what_may_not_be_told_makes_no_difference():
    one, control_of_one = ask_in("one")
    other, control_of_other = ask_in("other")
    for slug in TEAM_METRICS:
        assert control_of_one[slug] != control_of_other[slug], slug
    january = f"team=true&{urlencode(JANUARY)}"
    for slug in TEAM_METRICS:
        assert one[f"/api/v1/metrics/{slug}/?{january}"][0] == 200, slug
    for address, answer in one.items():
        assert answer[0] == other[address][0], address
        assert differing(answer[1], other[address][1]) == [], address
        for name in " ".join(NAMES.values()).split():
            assert not re.search(rf"\b{name}\b", answer[1]), (address, name)
