"""Pages are written as their reader wants it, files and the API in one way for everyone."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analytics.display import DEFAULT, Display, active
from analytics.presentation.pages import PAGES
from tests.conftest import PASSWORD
from tests.reviewed import write_march
from tests.web.dash.test_guard import SAME, UPDATE, body_of

MARCH = "start=2026-03-01&end=2026-03-31"
OTHER = {"number_format": "space-comma", "date_format": "iso", "time_zone": "Pacific/Auckland"}
# What differs between two answers of the same page.
OF_THE_ANSWER = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|CSRF[^;]*;|[0-9a-f]{32}'
)
PAGE_ADDRESSES = [
    *(f"/{'' if name == 'home' else f'{name}/'}?{MARCH}" for name in PAGES),
    f"/moderators/alice/?{MARCH}",
    "/sessions/alice-1/",
    "/videos/v1/",
    f"/rows/decisions/?{MARCH}&decision=accepted&column=videos",
    f"/passport/decisions/?{MARCH}&decision=accepted&column=videos",
    "/search/?q=alice",
    "/who-looked/alice/",
]
FILE_ADDRESSES = [
    f"/metrics/moderator-comparison.csv?{MARCH}",
    f"/metrics/review-summary.csv?{MARCH}",
    f"/export/videos.csv?{MARCH}",
    f"/export/sessions.csv?{MARCH}",
    f"/export/sessions.xlsx?{MARCH}",
    f"/export/review.xlsx?{MARCH}",
    f"/export/changed.xlsx?{MARCH}",
    f"/api/v1/metrics/review-summary/?{MARCH}",
    f"/api/v1/metrics/moderator-comparison/?{MARCH}",
    f"/api/v1/insights/?{MARCH}",
    f"/api/v1/changes/?{MARCH}",
    "/api/v1/sessions/",
]


@pytest.fixture
def march(db):
    return write_march()


@pytest.fixture
def of_2026(monkeypatch):
    """It is the year of the data; in another their days are written with theirs."""
    today = "analytics.presentation.session_table.timezone.localdate"
    monkeypatch.setattr(today, lambda: date(2026, 3, 31))


def choose(user: User, **settings: str) -> None:
    User.objects.filter(pk=user.pk).update(**settings)


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return OF_THE_ANSWER.sub("", response.content.decode())


@pytest.mark.parametrize("address", PAGE_ADDRESSES)
def test_no_page_holds_what_was_kept_for_another_reader(client, lea, ada, march, address):
    """What the first reader got is kept; the second gets their own, then the first the same."""
    client.force_login(lea)
    first = body(client, address)
    choose(lea, **OTHER)
    second = body(client, address)
    assert not re.search(r"\d\.\d+\u00a0(%|min|s\b)", second)
    assert not re.search(r"\d\u00a0(Mar|Apr)\b", second)
    if re.search(r"\d\.\d+\u00a0(%|min|s\b)", first):
        assert re.search(r"\d,\d+\u00a0(%|min|s\b)", second)
    choose(lea, number_format="comma-point", date_format="named-month", time_zone="")
    assert body(client, address) == first


@pytest.mark.parametrize("address", FILE_ADDRESSES)
def test_files_and_the_api_are_the_same_for_every_reader(client, lea, march, address):
    client.force_login(lea)
    first = contents(client, address)
    choose(lea, **OTHER)
    assert contents(client, address) == first


def contents(client: Client, address: str) -> object:
    """The bytes of an answer; of a workbook its sheets."""
    response = client.get(address)
    assert response.status_code == 200
    data = response.getvalue()
    if ".xlsx" not in address:
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist() if "docProps" not in name}


def test_times_are_in_the_reader_s_zone_and_days_the_portal_s(client, lea, march, of_2026):
    """alice-1 began on 10 March, 9:30 UTC, which is 22:30 in Auckland."""
    client.force_login(lea)
    assert "10\u00a0Mar,\u00a009:30" in body(client, f"/sessions/?{MARCH}")
    choose(lea, time_zone="Pacific/Auckland")
    page = body(client, f"/sessions/?{MARCH}")
    assert "10\u00a0Mar,\u00a022:30" in page
    assert "times in Pacific/Auckland, days of UTC" in page
    # A day on which nobody worked in UTC, whatever day it is in Auckland.
    assert "alice-1" not in body(client, "/sessions/?start=2026-03-09&end=2026-03-09")


def test_charts_get_the_separators_and_the_dates(client, lea, march):
    client.force_login(lea)
    choose(lea, number_format="point-comma", date_format="month-first")
    page = body(client, f"/review/?{MARCH}")
    assert '"separators": ",."' in page or '"separators":",."' in page
    assert "%m/%d" in page


def test_a_chart_that_is_drawn_again_is_the_reader_s_too(client, lea, march):
    client.force_login(lea)
    choose(lea, **OTHER)
    body = body_of("review", search=f"?{MARCH}", theme="light", n=1)
    answer = client.post(UPDATE, body, content_type="application/json", headers=SAME)
    assert answer.status_code == 200
    found = answer.json()["response"]
    separators = {
        each["figure"]["layout"]["separators"]
        for name, each in found.items()
        if name.startswith("graph-") and each["figure"]["data"]
    }
    assert separators == {",\u202f"}
    # The reject rate of the five decided videos.
    assert "40,0" in found["answer"]["data"]["fragments"]["body"]


def test_another_reader_s_etag_is_another(client, lea, march):
    client.force_login(lea)
    address = f"/review/?{MARCH}"
    client.get(address)
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304
    for name, value in OTHER.items():
        choose(lea, **{name: value})
        changed = client.get(address, headers={"if-none-match": etag})
        assert (name, changed.status_code) == (name, 200)
        etag = changed["ETag"]


def test_nothing_stays_active_after_an_answer(client, lea, march):
    choose(lea, **OTHER)
    client.force_login(lea)
    body(client, f"/review/?{MARCH}")
    assert active() == DEFAULT


def test_a_zone_that_the_machine_does_not_know_is_the_portal_s(client, lea, march, of_2026):
    choose(lea, time_zone="Moon/Base")
    client.force_login(lea)
    assert "10\u00a0Mar,\u00a009:30" in body(client, f"/sessions/?{MARCH}")


def test_the_login_needs_no_settings(client, lea):
    answer = client.post(reverse("login"), {"username": "lea", "password": PASSWORD})
    assert answer.status_code == 302
    assert lea.display == Display()
