"""Random changes of rows of every table: what is kept is what would be made with nothing kept."""

import gc
import os
import random
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from cachetools import Cache
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import Role, User
from analytics import kept_answers
from analytics.access import PORTAL
from analytics.display import DateFormat, NumberFormat
from analytics.metrics.registry import METRICS
from analytics.models import (
    Annotation,
    ChatSession,
    Dispute,
    Moderator,
    ModeratorPerformance,
    Note,
    QualityCheck,
    Recommendation,
    SampledView,
)
from analytics.personal_data import erasure
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.selection import SummaryStatus
from analytics.summaries.snapshots import set_time_zone, snapshot
from tests.conftest import make_user
from tests.portal_steps import Clock, PortalSteps
from tests.summaries import test_exact
from tests.summaries.test_exact import History
from tests.test_kept_answers import logged_in, page_of

pytestmark = pytest.mark.django_db

#: Longer by hand: ``KEPT_STEPS=500 pytest -n 0 tests/test_kept_histories.py``.
STEPS = int(os.environ.get("KEPT_STEPS", "8"))
SEED = int(os.environ.get("KEPT_SEED", "0"))
TODAY = datetime(2026, 6, 3, 12, tzinfo=UTC)
NAMES = ("amy", "Zoë", "bob", "chen", "dan", "eva", "fay", "gus")
APRIL = "start=2026-04-01&end=2026-04-30"
ALL = "start="
#: Who asks for what; the lead and the admin for everything.
OF_PEOPLE = (
    "/",
    f"/?{ALL}",
    f"/review/?{APRIL}",
    f"/review/?{ALL}",
    f"/sessions/?{ALL}",
    f"/sessions/?{APRIL}",
    f"/changed/?{APRIL}",
    f"/rows/decisions/?{APRIL}",
    f"/rows/review-by-day/?{APRIL}&column=videos",
    f"/quality/?{APRIL}",
    f"/insights/?{APRIL}",
    "/insights/",
    f"/moderators/?{APRIL}",
    f"/quality/?{ALL}",
    f"/metrics/review-by-day.csv?{APRIL}",
    f"/metrics/moderator-summary.csv?{ALL}",
    f"/api/v1/metrics/review-by-day/?{APRIL}",
    f"/api/v1/metrics/video-status/?{APRIL}&format=csv",
    f"/api/v1/metrics/decisions/figure/?{APRIL}",
    f"/api/v1/insights/?{APRIL}",
    f"callback ?{APRIL}",
    "/videos/v1/",
    "/sessions/s1/",
    "/sessions/s2/",
    "/review/?session=s3",
    "/my-checks/",
    "/annotations/",
    f"/passport/video-status/?{APRIL}",
    f"/export/sessions.csv?{APRIL}",
    *(f"/api/v1/metrics/{slug}/" for slug in METRICS),
    *(f"/metrics/{slug}.csv?{APRIL}" for slug in METRICS),
)
OF_LEADS = (
    "/engagement/",
    f"/recommendations/?{ALL}",
    f"/review/?moderator=amy&{ALL}",
    f"/?moderator=bob&{APRIL}",
    f"/moderators/?moderator=chen&{ALL}",
    f"/insights/?moderator=amy&{APRIL}",
    f"/changed/?moderator=dan&{APRIL}",
    f"/sessions/?moderator=amy&{ALL}",
    f"/quality/?moderator=amy&{ALL}",
    f"/rows/moderator-summary/?{ALL}",
    f"/metrics/disputed-videos.csv?{ALL}",
    f"/engagement/?{APRIL}",
    "/quality/samples/",
    "/quality/disputes/",
    *(f"/api/v1/metrics/{slug}/?moderator=bob" for slug in METRICS),
)
OF_TEAM = (
    f"/review/?team=true&{APRIL}",
    f"/api/v1/metrics/review-summary/?team=true&{APRIL}",
    f"/api/v1/metrics/session-duration/?team=true&{APRIL}",
    f"/?team=true&{APRIL}",
)
#: Metrics of whole numbers, which are the same to the last digit wherever they are read from.
COUNTS = ("session-duration", "video-status", "decisions")
#: Columns that say who may come in, and nothing of what is shown.
LOGIN = {"password", "last_login", "is_active", "role", "moderator", "email", "access_version"}


def write_everything(rng):
    """Rows of every table."""
    history = History(rng.random())
    for _ in range(4):
        history.store()
    people = list(Moderator.objects.all())
    lead = User.objects.get(username="lea")
    for n in range(30):
        day = date(2026, 3, 20) + timedelta(days=rng.randint(0, 60))
        ChatSession.objects.create(
            session_id=f"c{n}", user_id=f"u{n % 7}", date=day, length_minutes=rng.randint(1, 50),
            messages_sent=rng.randint(0, 9), feedback_rating=rng.choice((None, 1, 5)),
        )  # fmt: skip
        Recommendation.objects.create(
            recommendation_id=f"r{n}", user_id=f"u{n % 5}", date=day,
            click_through_rate=rng.random(), recommendation_type=rng.choice("ab"),
            feedback_score=rng.choice((None, 3)),
        )  # fmt: skip
        ModeratorPerformance.objects.get_or_create(
            moderator=rng.choice(people), date=day,
            defaults={
                "sessions_moderated": rng.randint(0, 9), "average_response_time": rng.random() * 9,
                "satisfaction_score": rng.choice((None, 4)),
            },
        )  # fmt: skip
    for n in range(4):
        day = date(2026, 4, 1) + timedelta(days=9 * n)
        Annotation.objects.create(start=day, end=day, text=f"Note {n}", created_by=lead)
        Note.objects.create(
            moderator=rng.choice(people), text="Talked", created_by=lead,
            measure=rng.choice(("", "reject_rate")),
        )  # fmt: skip
    draw_sample(SampleDesign("random", Scope(PORTAL), size=40), by=lead, seed=1)
    for view in SampledView.objects.all():
        if rng.random() < 0.8:
            check_sampled(view, Opinion(rng.choice(("accepted", "rejected", "unsure"))), by=lead)
    for check in QualityCheck.objects.all()[:3]:
        Dispute.objects.create(quality_check=check, reason="No", created_by=lead)
    return history


def changed_tables():
    """The tables whose rows are changed: all but those that the portal fills from others."""
    left_out = {
        "datachange",
        "editversion",
        "summarystate",
        "seenvalue",
        "stalesession",
        "pendingday",
    }
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label == "analytics" and model._meta.managed
        and model._meta.model_name not in left_out
        and not model.__module__.endswith((".summaries", ".decisions"))
    ] + [User]  # fmt: skip


def other_value(rng, model, field, row):
    """Another value of a column: another row's, or one that looks like it."""
    old = getattr(row, field.attname)
    if rng.random() < 0.5 or field.is_relation or field.choices:
        values = list(model._base_manager.order_by("pk").values_list(field.attname, flat=True)[:50])
        values += [None] if field.null else []
        return rng.choice(values)
    if isinstance(old, bool):
        return not old
    if isinstance(old, int | float):
        return type(old)(max(0, old + rng.choice((-1, 1, 10))))
    if isinstance(old, datetime | date):
        return old + timedelta(days=rng.choice((-40, -1, 1, 7)))
    if isinstance(old, str):
        return rng.choice((old + "é", f"<b>{old}", "x", ""))
    if isinstance(old, list):
        return rng.choice(([], ["a"], ["q"]))
    return old


def change_row(rng):
    """Change, delete or repeat one row of any table; returns what, for the message of a failure."""
    model = rng.choice(changed_tables())
    keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return None
    row = model._base_manager.get(pk=rng.choice(keys))
    rows = model._base_manager.filter(pk=row.pk)
    how = rng.choice(("set", "set", "set", "set", "delete", "repeat"))
    kept = LOGIN if model is User else frozenset[str]()
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name not in kept
    ]
    field = rng.choice(fields)
    value = other_value(rng, model, field, row)
    try:
        with transaction.atomic():
            if how == "set":
                rows.update(**{field.attname: value})
            elif how == "delete" and model is not User and rng.random() < 0.6:
                row.delete()
            elif how == "repeat" and model is not User:
                row.pk = None
                row._state.adding = True
                setattr(row, field.attname, value)
                row.save()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (DatabaseError, ValueError, TypeError):
        return None  # What the database or the model refuses.
    return f"{how} {model.__name__}.{field.name} of {row.pk}: {value!r}"


class Process:
    """What a process has kept; none of it is there until it is at work."""

    def __init__(self):
        # Answers, their parts, results, roll-ups: whatever there is.
        caches = [each for each in gc.get_objects() if issubclass(type(each), Cache)]
        self.kept = [(cache, {}) for cache in caches]

    @contextmanager
    def at_work(self):
        """Only what this one has kept is kept, until it rests."""
        for cache, items in self.kept:
            cache.clear()
            cache.update(items)
        yield
        # A page's own transaction would end here, and with it the zone of its snapshot.
        set_time_zone("")
        self.kept = [(cache, dict(cache)) for cache, _items in self.kept]


def figures(slugs):
    """The rows of metrics over all time, made of what there is."""
    with Process().at_work(), snapshot():
        return {slug: METRICS[slug].compute(Scope(PORTAL)).rows for slug in slugs}


def figures_of_raw_rows(slugs):
    """The same without summaries, as when their days are those of another time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SummaryStatus, "time_zone_changed", property(lambda _status: True))
        return figures(slugs)


def first_difference(old, new):
    """Both texts from where they differ: pytest shows the beginning of long ones."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), -1)
    return old[max(0, at - 60) : at + 200], new[max(0, at - 60) : at + 200]


def make_repeatable(monkeypatch):
    """Whatever is drawn at random or counted up is the same each time a seed is played."""
    names = random.Random(f"names {SEED}")
    drawn = SimpleNamespace(token_hex=lambda n: names.randbytes(n).hex())
    monkeypatch.setattr(erasure, "secrets", drawn)
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'")
        for (sequence,) in cursor.fetchall():
            # Above the rows that migrations have written; taken back with the test's transaction.
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH 10000")


def take_step(history):
    """Do what people do, unless the rows that were changed stand in its way; returns what."""
    try:
        with transaction.atomic():
            return history.step()
    except DatabaseError as error:
        return f"refused: {error}"


@pytest.mark.usefixtures("keeping")
def test_whatever_row_changes_what_is_kept_is_what_would_be_made(lea, ada, monkeypatch, settings):
    make_repeatable(monkeypatch)
    clock = Clock(TODAY)
    monkeypatch.setattr(kept_answers.timezone, "now", clock.now)
    monkeypatch.setattr(test_exact, "NAMES", NAMES)
    rng = random.Random(SEED)
    amy = make_user("amy", Role.MODERATOR, moderates=True)
    bob = make_user("bob", Role.MODERATOR, moderates=True)
    lea.number_format, lea.date_format = NumberFormat.SPACE_COMMA, DateFormat.ISO
    lea.save()
    history = write_everything(rng)
    users = {"lead": lea, "admin": ada, "amy": amy, "bob": bob}
    asked = [(who, path) for who in users for path in OF_PEOPLE]
    asked += [(who, path) for who in ("lead", "admin") for path in OF_LEADS]
    asked += [(who, path) for who in ("amy", "bob") for path in OF_TEAM]
    processes = [Process(), Process()]
    find, lasting = kept_answers.find_lasting, []

    def noted(*args):
        lasting.append(find(*args))
        return lasting[-1]

    monkeypatch.setattr(kept_answers, "find_lasting", noted)
    done = []
    people = PortalSteps(rng, users, settings, clock)
    # A few each time, for a long time.
    watched = rng.sample(asked, 12)
    for step in range(STEPS):
        for _ in range(rng.randint(1, 2)):
            changed = change_row(rng) if rng.random() < 0.6 else None
            done.append(changed or take_step(rng.choice((history, people))))
        if rng.random() < 0.1:
            writing.refresh()
        if rng.random() < 0.4:
            watched[rng.randrange(12)] = rng.choice(asked)
        chosen = rng.sample(watched, 4)
        # Who was given another role or person has to log in again.
        clients = {who: logged_in(User.objects.get(pk=user.pk)) for who, user in users.items()}
        with rng.choice(processes).at_work():
            kept = [page_of(clients[who], path) for who, path in chosen]
        with Process().at_work():
            fresh = [page_of(clients[who], path) for who, path in chosen]
        for asked_for, old, new in zip(chosen, kept, fresh, strict=True):
            assert old == new, (SEED, step, asked_for, done[-6:], first_difference(old[1], new[1]))
        assert figures(COUNTS) == figures_of_raw_rows(COUNTS), (SEED, step, done[-6:])
    # Of many changes some pages show nothing, and are not made again.
    assert any(lasting)
