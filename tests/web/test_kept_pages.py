"""Kept pages: the same as if they were made for who asks now, whoever they were made for."""

import gzip
import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from analytics.comparison.days import find_changes
from analytics.display import DateFormat, NumberFormat
from analytics.models import Annotation, DataChange, Moderator, Target
from analytics.presentation.kept_rows import forget_rows
from analytics.web import kept_pages
from analytics.web.kept_pages import forget_pages, nameless, standing
from tests.conftest import make_user
from tests.reviewed import write_march
from tests.summaries.test_exact import History

pytestmark = pytest.mark.django_db
MARCH = "start=2026-03-01&end=2026-03-31"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
REVIEW = f"/review/?{MARCH}"
PATHS = (
    "/",
    REVIEW,
    f"/quality/?{MARCH}",
    f"/insights/?{MARCH}",
    f"/sessions/?{MARCH}",
    "/sessions/alice-1/",
)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Set the clock; it begins at noon on 20 March."""

    def set_clock(now):
        monkeypatch.setattr(kept_pages.timezone, "now", lambda: now)

    set_clock(datetime(2026, 3, 20, 12, tzinfo=UTC))
    return set_clock


@pytest.fixture
def march(db):
    DataChange.objects.update(changed_at=datetime(2026, 3, 20, 11, tzinfo=UTC))
    return write_march()


def logged_in(user):
    client = Client()
    client.force_login(user)
    client.get("/search/")  # Gives the browser its token.
    return client


def page_of(client, path):
    """Status and text of a page, the tokens of its forms apart: they are new in every answer."""
    answer = client.get(path)
    if answer.status_code != 200:
        return answer.status_code, ""  # It names its request.
    return 200, TOKEN.sub("TOKEN", answer.content.decode()).replace("\u00a0", " ")


@pytest.fixture
def zoe(db):
    """A lead like lea, whose name needs care."""
    user = make_user("zoe", Role.LEAD)
    user.first_name = 'Zoë "<b>'
    user.save()
    return user


@pytest.fixture
def far(db):
    """A lead like lea, who reads numbers, dates and times in another way."""
    user = make_user("far", Role.LEAD)
    user.number_format, user.date_format = NumberFormat.SPACE_COMMA, DateFormat.ISO
    user.time_zone = "Asia/Tokyo"
    user.save()
    return user


def forget_parts():
    """Keep nothing that several pages are made of."""
    forget_rows()
    find_changes.cache_clear()


def test_everybody_gets_the_page_that_would_be_made_for_them(
    march, alice, bob, lea, zoe, ada, far, monkeypatch
):
    leading = make_user("ann.lee", Role.LEAD, moderates=True)
    clients = {user: logged_in(user) for user in (alice, lea, bob, ada, zoe, leading, far)}
    made = {}
    with monkeypatch.context() as patch:
        # A page with a message is made for who asks, without placeholders.
        patch.setattr("analytics.web.conditional.get_messages", lambda request: ["One."])
        for user, client in clients.items():
            forget_parts()
            made |= {(user, path): page_of(client, path) for path in PATHS}
    assert not kept_pages._pages
    # Then each page is made for the first who may see it, and given to the others and once more.
    for _ in range(2):
        for user, client in clients.items():
            for path in PATHS:
                assert page_of(client, path) == made[user, path], (user, path)
    assert len(kept_pages._pages) < len(made)


def test_those_who_may_see_the_same_share_a_page(march, lea, zoe, django_assert_num_queries):
    logged_in(lea).get(REVIEW)
    client = logged_in(zoe)
    # Session, user, version.
    with django_assert_num_queries(3):
        text = page_of(client, REVIEW)[1]
    assert 'printed by zoe"' in text
    assert '<span class="user-name">Zoë &quot;&lt;b&gt;</span>' in text
    assert not re.search(r"\blea\b", text)


def test_pages_are_made_for_people_without_a_name(alice, lea, zoe, ada):
    assert standing(zoe) == standing(lea)
    assert len({standing(user) for user in (alice, lea, ada)}) == 3
    same = nameless(lea)
    assert (same.username, same.first_name, same.email, same.role) == ("", "", "", Role.LEAD)
    assert same.pk < 0
    assert same.pk == nameless(zoe).pk != nameless(ada).pk
    assert nameless(alice).moderator == alice.moderator
    # A new field belongs to the standing, until somebody says that it does not change a page.
    assert len(standing(lea)) - 1 + len(kept_pages.IDENTITY) == len(User._meta.concrete_fields)


def test_the_forms_of_a_kept_page_have_the_token_of_who_asks(march, lea, zoe):
    logged_in(lea).get(REVIEW)
    client = Client(enforce_csrf_checks=True)
    client.force_login(zoe)
    text = client.get(REVIEW).content.decode()
    (token,) = set(TOKEN.findall(text))
    assert client.post(reverse("logout"), {"csrfmiddlewaretoken": token}).status_code == 302


def test_a_compressed_page_is_the_same(march, lea):
    client = logged_in(lea)
    plain = client.get(REVIEW)
    packed = client.get(REVIEW, headers={"accept-encoding": "br, gzip"})
    # Weak, since no two are the same byte by byte.
    assert packed["ETag"] == f"W/{plain['ETag']}"
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content)
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    text = gzip.decompress(packed.content).decode()
    assert TOKEN.sub("", text) == TOKEN.sub("", plain.content.decode())


def test_letters_that_are_sent_unescaped_are_not_taken_for_others(march, lea):
    """The bytes of "é" are those of "Ã©" in the encoding of headers."""
    for name in ("é", "Ã©"):
        Moderator.objects.create(username=name)
    client = logged_in(lea)
    escaped = client.get("/review/?start=&moderator=%C3%83%C2%A9")
    bare = client.get("/review/", QUERY_STRING="start=&moderator=\u00c3\u00a9")
    assert "Ã©, all dates" in escaped.content.decode()
    assert "é, all dates" in bare.content.decode()
    assert bare["ETag"] != escaped["ETag"]


def test_the_time_of_day_goes_on(march, clock, lea):
    client = logged_in(lea)
    assert "until 12:00" in page_of(client, "/")[1]
    clock(datetime(2026, 3, 20, 12, 5, tzinfo=UTC))
    assert "until 12:05" in page_of(client, "/")[1]


def test_old_numbers_say_so_when_they_become_old(march, clock, lea):
    client = logged_in(lea)
    changed_at = datetime(2026, 3, 20, 11, tzinfo=UTC)
    DataChange.objects.update(changed_at=changed_at)
    for at, age in (((12, 59), ""), ((13, 0), "26 hours"), ((14, 0), "27 hours")):
        clock(datetime(2026, 3, 21, *at, tzinfo=UTC))
        client.force_login(lea)
        text = page_of(client, REVIEW)[1]
        assert f"These numbers are {age} old." in text if age else "hours old" not in text


def test_a_day_later_the_page_is_another(march, clock, lea):
    client = logged_in(lea)
    assert "20 Feb – 19 Mar 2026" in page_of(client, "/review/")[1]
    clock(datetime(2026, 3, 21, 0, 0, tzinfo=UTC))
    client.force_login(lea)
    assert "21 Feb – 20 Mar 2026" in page_of(client, "/review/")[1]


def test_the_name_of_who_wrote_something_is_the_new_one(march, lea, zoe):
    Annotation.objects.create(
        start=date(2026, 3, 10), end=date(2026, 3, 10), text="New rules", created_by=lea
    )
    assert "lea" in page_of(logged_in(zoe), REVIEW)[1]
    lea.username = "lea.long"
    lea.save()
    assert "lea.long" in page_of(logged_in(zoe), REVIEW)[1]


def test_what_is_kept_has_a_limit(march, lea, monkeypatch):
    client, pages = logged_in(lea), kept_pages._pages
    for n in range(1, 8):
        client.get(f"/review/?start=2026-03-{n:02}")
    assert len(pages) == 7
    assert pages.currsize == sum(page.size for page in pages.values()) < kept_pages.MAX_BYTES
    monkeypatch.setattr(kept_pages, "_pages", kept_pages.LRUCache(60_000, lambda page: page.size))
    for n in range(1, 8):
        client.get(f"/review/?start=2026-03-{n:02}")
    assert 0 < len(kept_pages._pages) < 7
    assert kept_pages._pages.currsize <= 60_000


def other_write(rng):
    """A write of what people add, or of what an admin sets."""
    day = date(2026, 1, 1) + timedelta(days=rng.randint(0, 90))
    chosen = rng.choice(("annotation", "target", "name"))
    if chosen == "annotation":
        Annotation.objects.create(start=day, end=day, text=f"Note {rng.random()}")
    elif chosen == "target":
        Target.objects.update(value=rng.randint(1, 50))
    else:
        Moderator.objects.filter(username="amy").update(extra={"n": rng.random()})
    return chosen


@pytest.mark.parametrize("seed", range(2))
def test_after_every_write_a_kept_page_is_the_one_that_would_be_made(seed, lea, far):
    amy = make_user("amy", Role.MODERATOR, moderates=True)
    lead, own = logged_in(lea), logged_in(amy)
    history, rng = History(seed), random.Random(seed)
    history.store()
    pages = [
        (lead, "/?start="), (own, "/review/?start="), (own, "/"), (lead, "/sessions/?start="),
        (lead, "/review/?start="), (logged_in(far), "/review/?start="),
    ]  # fmt: skip
    for _ in range(6):
        done = history.step() if rng.random() < 0.7 else other_write(rng)
        kept = [page_of(client, path) for client, path in pages]
        forget_pages()
        forget_parts()
        assert kept == [page_of(client, path) for client, path in pages], done
