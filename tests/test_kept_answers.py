"""Kept answers: the same as if they were made for who asks now, whoever they were made for."""

import gzip
import random
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from analytics import kept_answers
from analytics.api.metrics import FigureView, InsightsView, MetricView
from analytics.comparison.days import find_changes
from analytics.display import DateFormat, NumberFormat
from analytics.insights.timelines import queue_timeline
from analytics.keeping import KEY_BYTES, KeptThings
from analytics.kept_answers import forget_answers, nameless, standing
from analytics.models import Annotation, DataChange, Moderator, Note, Target
from analytics.presentation.context import time_zone_changed
from analytics.presentation.kept_rows import forget_rows
from analytics.presentation.page_cards import PageCard
from analytics.presentation.pages import CHART_PAGES
from audit import looks
from audit.models import Action
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import write_session
from tests.reviewed import view, write_march
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
    f"/changed/?{MARCH}",
    f"/rows/decisions/?{MARCH}",
    f"/rows/review-by-day/?{MARCH}&column=videos",
    "/videos/v1/",
    f"/metrics/review-by-day.csv?{MARCH}",
    f"/api/v1/metrics/review-by-day/?{MARCH}",
    f"/api/v1/metrics/review-by-day/?{MARCH}&format=csv",
    f"/api/v1/metrics/decisions/figure/?{MARCH}",
    f"/api/v1/insights/?{MARCH}",
    f"callback ?{MARCH}",
)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Set the clock; it begins at noon on 20 March."""

    def set_clock(now):
        monkeypatch.setattr(kept_answers.timezone, "now", lambda: now)

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
    """Status and text of an answer, the tokens of its forms apart: they are new in every one."""
    answer = redraw(client, path.split()[1]) if "callback" in path else client.get(path)
    if answer.status_code != 200:
        return answer.status_code, ""  # It names its request.
    text = b"".join(answer) if answer.streaming else answer.content
    return 200, TOKEN.sub("TOKEN", text.decode().replace('\\"', '"')).replace("\u00a0", " ")


def redraw(client, search, *, n=1, **besides):
    """What Dash's renderer asks when a filter of the review page has changed."""
    slugs = CHART_PAGES["review"].charts
    outputs = [{"id": f"graph-{slug}", "property": "figure"} for slug in slugs]
    outputs.append({"id": "answer", "property": "data"})
    names = "...".join(f"{output['id']}.{output['property']}" for output in outputs)
    query = {"search": search, "theme": "light", "n": n}
    return client.post(
        "/charts/app/review/_dash-update-component",
        {
            "output": f"..{names}..",
            "outputs": outputs,
            "inputs": [{"id": "query", "property": "data", "value": query}],
            "changedPropIds": ["query.data"],
            **besides,
        },
        content_type="application/json",
        headers={"sec-fetch-site": "same-origin"},
    )


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
    """Keep nothing that pages are made of."""
    forget_rows()
    queue_timeline.cache_clear()
    find_changes.cache_clear()


def test_everybody_gets_the_page_that_would_be_made_for_them(
    march, alice, bob, lea, zoe, ada, far, monkeypatch
):
    leading = make_user("ann.lee", Role.LEAD, moderates=True)
    clients = {user: logged_in(user) for user in (alice, lea, bob, ada, zoe, leading, far)}
    made = {}
    with monkeypatch.context() as patch:
        # Everything is made for who asks, without placeholders.
        patch.setattr("analytics.web.conditional.get_messages", lambda request: ["One."])
        for module in ("analytics.web.conditional", "analytics.web.dash.kept_redraws"):
            patch.setattr(f"{module}.kept_answer", lambda request, build, *also, **_: build())
        for view in (MetricView, FigureView, InsightsView):
            patch.setattr(view, "is_kept", False)
        for user, client in clients.items():
            forget_parts()
            made |= {(user, path): page_of(client, path) for path in PATHS}
    assert not kept_answers._answers
    # Then each page is made for the first who may see it, and given to the others and once more.
    for _ in range(2):
        for user, client in clients.items():
            for path in PATHS:
                assert page_of(client, path) == made[user, path], (user, path)
    assert len(kept_answers._answers) < len(made)


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
    assert len(standing(lea)) - 1 + len(kept_answers.IDENTITY) == len(User._meta.concrete_fields)


def test_a_redraw_says_which_question_it_answers_and_has_the_token_of_who_asks(march, lea, zoe):
    first = redraw(logged_in(lea), f"?{MARCH}", n=3).json()["response"]
    client = logged_in(zoe)
    again = redraw(client, f"?{MARCH}", n=41)
    got = again.json()["response"]
    assert again["Content-Type"] == "application/json"
    assert (first["answer"]["data"].pop("n"), got["answer"]["data"].pop("n")) == (3, 41)
    token = TOKEN.findall(got["answer"]["data"]["fragments"]["filters"])
    assert len(set(token)) <= 1
    texts = [TOKEN.sub("TOKEN", str(each)) for each in (first, got)]
    assert texts[0] == texts[1]


def test_a_redraw_that_fails_is_made_again(march, lea, monkeypatch):
    client = logged_in(lea)
    with monkeypatch.context() as patch:
        patch.setattr("analytics.web.dash.app.build_page", lambda *args, **kwargs: 1 / 0)
        failed = redraw(client, f"?{MARCH}", n=5).json()["response"]["answer"]["data"]
    assert failed["status"] == 500
    assert failed["n"] == 5
    assert redraw(client, f"?{MARCH}").json()["response"]["answer"]["data"]["status"] == 200


def test_each_kept_answer_is_looked_at_and_each_kept_file_exported(march, lea, zoe):
    clients = [logged_in(user) for user in (lea, zoe, lea)]
    looks.pending.clear()
    for client in clients:
        for path in (f"/metrics/review-by-day.csv?{MARCH}", f"callback ?{MARCH}"):
            page_of(client, path)
    noted = [(look.action, look.view, look.status) for look in looks.pending]
    assert noted == 3 * [
        (Action.EXPORT, "portal:metric-csv", 200),
        (Action.LOOK, "portal:review", 200),
    ]
    assert {look.query["start"] for look in looks.pending} == {"2026-03-01"}


def test_an_answer_of_the_api_that_is_kept_has_its_headers(march, lea, zoe):
    path = f"/api/v1/metrics/review-by-day/?{MARCH}"
    first = logged_in(lea).get(path)
    again = logged_in(zoe).get(path)
    assert first.content == again.content
    assert first["ETag"] != again["ETag"]
    for name in ("Content-Type", "Last-Modified", "Cache-Control", "Allow", "Vary"):
        assert first[name] == again[name]
    same = logged_in(zoe).get(path, headers={"if-none-match": again["ETag"]})
    assert same.status_code == 304
    assert same["Last-Modified"] == again["Last-Modified"]
    refused = logged_in(zoe).get(path, headers={"if-match": '"another"'})
    assert refused.status_code == 412


def test_a_long_file_is_sent_as_it_is_written(march, lea, monkeypatch):
    path = f"/metrics/review-by-day.csv?{MARCH}"
    whole = logged_in(lea).get(path).content
    forget_answers()
    monkeypatch.setattr(kept_answers, "MAX_FILE_BYTES", 10)
    answer = logged_in(lea).get(path)
    assert answer.streaming
    assert b"".join(answer) == whole
    assert not kept_answers._answers


def test_who_has_waited_for_another_gets_what_that_one_made(march, lea, zoe, monkeypatch):
    others, made = logged_in(lea), []

    @contextmanager
    def first(key):
        if made:
            yield True
            return
        made.append(key)
        others.get(REVIEW)
        yield False

    client = logged_in(zoe)
    monkeypatch.setattr(kept_answers._making, "first", first)
    monkeypatch.setattr(
        kept_answers, "nameless", lambda user: pytest.fail("made twice") if user == zoe else user
    )
    assert client.get(REVIEW).status_code == 200


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
    client, pages = logged_in(lea), kept_answers._answers
    for n in range(1, 8):
        client.get(f"/review/?start=2026-03-{n:02}")
    assert len(pages) == 7
    sizes = sum(page.size for page in pages.values())
    assert sizes + 7 * KEY_BYTES < pages.currsize < kept_answers.MAX_BYTES
    monkeypatch.setattr(kept_answers, "_answers", KeptThings(60_000, lambda page: page.size))
    for n in range(1, 8):
        client.get(f"/review/?start=2026-03-{n:02}")
    assert 0 < len(kept_answers._answers) < 7
    assert kept_answers._answers.currsize <= 60_000


def test_a_long_question_is_not_kept_with_its_answer(march, lea):
    answer = redraw(logged_in(lea), f"?{MARCH}", padding="x" * 100_000)
    assert answer.status_code == 200
    keys = list(kept_answers._answers)
    assert keys
    assert len(str(keys)) < 10_000


def other_write(rng):
    """A write of what people add, or of what an admin sets."""
    day = date(2026, 1, 1) + timedelta(days=rng.randint(0, 90))
    chosen = rng.choice(("annotation", "target", "name", "rename", "note", "time", "reader"))
    if chosen == "rename":
        Moderator.objects.filter(username="chen").update(username="Chén")
    elif chosen == "note":
        person, measure = rng.choice(Moderator.objects.all()), rng.choice(("", "reject_rate"))
        Note.objects.create(moderator=person, text="Talked", measure=measure)
    elif chosen == "time":
        # A change that no page shows.
        DataChange.objects.create(changed_at=timezone.now() - timedelta(minutes=rng.randint(0, 9)))
    elif chosen == "reader":
        for user in User.objects.filter(username__in=("far", "amy")):
            user.number_format, user.date_format = rng.choice(NumberFormat), rng.choice(DateFormat)
            user.save()
    elif chosen == "annotation":
        Annotation.objects.create(start=day, end=day, text=f"Note {rng.random()}")
    elif chosen == "target":
        Target.objects.update(value=rng.randint(1, 50))
    else:
        Moderator.objects.filter(username="amy").update(extra={"n": rng.random()})
    return chosen


def test_what_a_write_does_not_touch_lasts(march, lea, zoe, monkeypatch):
    """An answer is not made again for a change of what it does not show."""
    DataChange.objects.update(changed_at=datetime(2026, 3, 20, 11, tzinfo=UTC))
    client, path = logged_in(lea), f"/review/?{MARCH}"
    first = page_of(client, path)[1]
    assert "As of 20 Mar, 11:00 UTC" in first
    with monkeypatch.context() as patch:
        patch.setattr("analytics.web.views.build_page", lambda *args, **kwargs: pytest.fail("made"))
        april = datetime(2026, 4, 2, tzinfo=UTC)
        write_session(PlainSession("new", "bob", april, None, [], [], []))
        DataChange.objects.update(changed_at=datetime(2026, 3, 20, 11, 58, tzinfo=UTC))
        # What is said of the last change goes on.
        expected = first.replace("20 Mar, 11:00", "20 Mar, 11:58")
        assert page_of(client, path)[1] == expected
        # And then it is kept as any page of this version.
        assert page_of(logged_in(zoe), path)[0] == 200


def test_a_read_that_fails_leaves_days_as_they_are_cut(lea, settings, monkeypatch):
    """Where TIME_ZONE is not the summaries', the snapshot sets it once."""
    late = datetime(2026, 3, 10, 20, tzinfo=UTC)
    write_session(PlainSession("late", "bob", late, None, [view("v1", "a")], [], []))
    settings.TIME_ZONE = "Asia/Tokyo"
    client, path = logged_in(lea), "/metrics/review-by-day.csv?start="
    first = page_of(client, path)
    assert "2026-03-11" in first[1]
    assert "2026-03-10" not in first[1]

    def fail(before):
        time_zone_changed()
        raise OSError

    DataChange.objects.create()
    monkeypatch.setattr(kept_answers, "reads_the_same", fail)
    assert page_of(client, path) == first


@pytest.mark.parametrize("seed", range(2))
def test_after_every_write_a_kept_page_is_the_one_that_would_be_made(seed, lea, far, monkeypatch):
    amy = make_user("amy", Role.MODERATOR, moderates=True)
    lead, own = logged_in(lea), logged_in(amy)
    history, rng = History(seed), random.Random(seed)
    history.store()
    pages = [
        (lead, "/?start="), (own, "/review/?start="), (own, "/"), (lead, "/sessions/?start="),
        (lead, "/review/?start="), (logged_in(far), "/review/?start="),
    ]  # fmt: skip
    pages += [(lead, "/changed/?start="), (own, "/rows/decisions/")]
    pages += [(lead, "/metrics/review-by-day.csv?start="), (own, "callback ?start=")]
    pages += [(own, "/api/v1/metrics/video-status/"), (lead, "/api/v1/metrics/decisions/figure/")]
    january = "start=2026-01-01&end=2026-01-31"
    pages += [(lead, f"/review/?{january}"), (lead, f"/?{january}"), (own, f"/review/?{january}")]
    pages += [(lead, f"/insights/?{january}"), (lead, f"/quality/?{january}")]
    pages += [(lead, f"/review/?moderator=chen&{january}"), (lead, f"/changed/?{january}")]
    find, lasting = kept_answers.find_lasting, []

    def noted(*args):
        lasting.append(find(*args))
        return lasting[-1]

    monkeypatch.setattr(kept_answers, "find_lasting", noted)
    written, write = [], PageCard._write

    def noted_write(card):
        written.append(card.slug)
        return write(card)

    monkeypatch.setattr(PageCard, "_write", noted_write)
    steps = []
    for _ in range(6):
        done = history.step() if rng.random() < 0.7 else other_write(rng)
        written.clear()
        kept = [page_of(client, path) for client, path in pages]
        steps.append(len(written))
        forget_answers()
        forget_parts()
        written.clear()
        assert kept == [page_of(client, path) for client, path in pages], done
    # Of many steps some pages show nothing, and are not made again.
    assert len(list(filter(None, lasting))) > 10
    # Of many others some cards show nothing.
    assert min(steps[1:]) < len(written) / 2
