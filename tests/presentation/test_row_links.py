"""Every number of a page that opens leads to its records, and they show the same number."""

from datetime import date
from html import unescape
from re import S, findall, search, sub

import pytest
from django.urls import clear_script_prefix, set_script_prefix

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, ModeratorPerformance
from analytics.presentation.row_links import (
    RowLinks,
    keyed_address,
    link_to_rows,
    passport_address,
)
from analytics.scope import Scope
from tests.reviewed import write_march

DATES = "start=2026-03-01&end=2026-03-31"
LINK = r'<a (?:class="opens" )?href="(/rows/[^"]+)"(?: class="opens")? data-panel[^>]*>(.*?)</a>'
# The figure is one minus the number that opens.
COMPUTED = ("column=occupancy",)
PASSPORT = LINK.replace("/rows/", "/passport/")


@pytest.fixture
def march(db):
    return write_march()


def words(html):
    return " ".join(unescape(sub(r"<[^>]+>", " ", html)).split())


def opened_numbers(html):
    """The addresses of a page's numbers with their words."""
    return {
        unescape(address): words(text)
        for address, text in findall(LINK, html, S)
        if "column=" in address
    }


def is_shown(number, text):
    """Whether a text has the number: among some words, without its decimals, all in seconds."""
    whole = sub(r"\d+\.\d+(?= %)", lambda found: f"{float(found[0]):.0f}", number)
    seconds = sub(
        r"(\d+) min (\d+) s", lambda found: f"{60 * int(found[1]) + int(found[2])}.0 s", number
    )
    return number in text or text in (whole, seconds)


@pytest.mark.parametrize(
    ("path", "at_least"),
    [
        ("/review/", 120),
        ("/", 15),
        ("/moderators/", 10),
        ("/moderators/alice/", 8),
        ("/sessions/alice-1/", 7),
        ("/sessions/", 15),
        ("/quality/", 1),
    ],
)
def test_the_number_behind_every_link_is_the_one_that_is_shown(client, lea, march, path, at_least):
    ModeratorPerformance.objects.create(
        moderator=Moderator.objects.get(username="alice"),
        date=date(2026, 3, 10),
        sessions_moderated=12,
        average_response_time=14.5,
        satisfaction_score=4.25,
    )
    client.force_login(lea)
    numbers = opened_numbers(client.get(f"{path}?{DATES}").content.decode())
    assert len(numbers) >= at_least
    different = {}
    for address, shown in numbers.items():
        answer = client.get(address, headers={"x-portal-panel": "1"})
        assert answer.status_code == 200, address
        line = search(r'class="count-line"><b>(.*?)</b>', answer.content.decode()).group(1)
        if not is_shown(words(line), shown) and not address.endswith(COMPUTED):
            different[address] = (shown, words(line))
    assert different == {}


@pytest.mark.parametrize("path", ["/review/", "/quality/"])
def test_numbers_without_records_lead_to_their_passports(client, lea, march, path):
    client.force_login(lea)
    html = client.get(f"{path}?{DATES}").content.decode()
    found = {unescape(address): words(text) for address, text in findall(PASSPORT, html, S)}
    assert found
    for address, shown in found.items():
        answer = client.get(address, headers={"x-portal-panel": "1"})
        assert answer.status_code == 200, (address, shown)


def test_the_share_of_idle_time_is_idle_over_logged_seconds(client, lea, march):
    client.force_login(lea)
    address = f"/passport/review-summary/?{DATES}&column=idle_share"
    answer = client.get(address, headers={"x-portal-panel": "1"}).content.decode()
    # 60 + 30 of 600 + 100 seconds.
    assert "Idle share: 12.9 %" in words(answer)
    assert "90 idle seconds divided by 700 logged seconds = 12.9 %" in words(answer)


def test_a_moderator_opens_own_numbers_only(client, bob, march):
    client.force_login(bob)
    numbers = opened_numbers(client.get(f"/review/?{DATES}").content.decode())
    assert len(numbers) > 40
    assert {address for address in numbers if "moderator=bob" not in address} == set()
    for address in list(numbers)[::8]:
        assert client.get(address).status_code == 200, address


def test_team_totals_open_nothing(client, bob, march):
    client.force_login(bob)
    html = client.get(f"/engagement/?team=true&{DATES}").content.decode()
    assert "/rows/" not in html


def test_a_row_is_named_by_its_keys():
    links = RowLinks(METRICS["idle-time"], Scope(PORTAL))
    row = {"kind": "pause", "from_seconds": 60, "to_seconds": 120, "intervals": 3}
    assert links.of_row(row) == {
        "intervals": "/rows/idle-time/?kind=pause&from_seconds=60&column=intervals"
    }


def test_an_unknown_key_is_the_word_and_an_unknown_number_opens_nothing():
    links = RowLinks(METRICS["decisions-by-queue"], Scope(PORTAL))
    row = {"queue": None, "videos": 2, "reject_rate": None, "reject_low": 0.1}
    assert links.of_row(row) == {"videos": "/rows/decisions-by-queue/?queue=unknown&column=videos"}


def test_people_and_sessions_are_the_scope(db):
    alice = Moderator(username="alice")
    links = RowLinks(METRICS["unique-videos-per-session"], Scope(PORTAL, alice))
    row = {"session": "a/b", "moderator": "alice", "started_at": None, "unique_videos": 3}
    assert links.of_row(row) == {
        "unique_videos": "/rows/unique-videos-per-session/"
        "?moderator=alice&session=a%2Fb&column=unique_videos"
    }


def test_one_number():
    assert link_to_rows("moderator-review", "reject_low", Scope(PORTAL)) == ""
    assert link_to_rows("decisions", "share", Scope(PORTAL), row={"decision": "rejected"}) == (
        "/rows/decisions/?decision=rejected&column=share"
    )


def test_kept_addresses_begin_as_the_portal_s_do_now():
    plain = keyed_address("portal:metric-rows", "decisions")
    try:
        set_script_prefix("/portal/")
        assert keyed_address("portal:metric-rows", "decisions") == f"/portal{plain}"
        assert passport_address(f"/portal{plain}") == "/portal/passport/decisions/"
    finally:
        clear_script_prefix()
    assert keyed_address("portal:metric-rows", "decisions") == plain == "/rows/decisions/"
