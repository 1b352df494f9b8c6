"""Random histories of writes: after each step every metric equals the loops over all rows."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isclose
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from analytics import scope as scope_module
from analytics.access import PORTAL
from analytics.metrics.registry import METRICS, metrics_of_group
from analytics.metrics.result_cache import compute_cached
from analytics.models import (
    DataChange,
    Inactivity,
    Moderator,
    PendingDay,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    SessionTotals,
    StaleSession,
    VideoView,
)
from analytics.scope import REVIEW_PARAMETERS, Scope
from analytics.scope_filters import SCOPE_FILTERS, ScopeFilter
from analytics.summaries import checking, kept_rollups, writing
from analytics.summaries.snapshots import current_state, snapshot
from analytics.summaries.version import MAX_CHANGES, data_version
from analytics.summaries.writing import summarise, write_lock
from tests import factory
from tests.brute import PlainSession, PlainView, expected
from tests.brute_agreement import expected_agreement

# The limits of a rate that tests/metrics/test_agreement.py computes by hand.
LIMITS_OF_AGREEMENT = ("low", "high")
NAMES = ("amy", "Zoë", "bob", "chen")
DAYS = 70


def random_view(rng: random.Random) -> PlainView:
    return PlainView(
        video=rng.choice((None, *(f"v{n}" for n in range(12)))),
        status=rng.choice(("completed", "partial", "not_started", "Skipped", "unknown")),
        keys=rng.choices(("a", "A", "q", "Q", "l", " "), k=rng.randint(0, 3)),
        sound=rng.choice(("muted", "unmuted", "unknown")),
        speeds=rng.choices((0.5, 1.0, 1.1, 1.25, 3.0), k=rng.choice((0, 0, 1, 2))),
        queue=rng.choice((None, None, "Spam", "Ünïcode")),
        reason=rng.choice((None, "Policy 4", "Policy 4", "other")),
    )


def random_length(rng: random.Random) -> int:
    scale = rng.choice((5, 30, 60, 299, 600, 2400, 20_000, 90_000))
    return rng.choice((scale * 1_000_000, rng.randint(0, scale * 1_000_000)))


def random_session(rng: random.Random, name: str) -> PlainSession:
    start = factory.NOON + timedelta(minutes=rng.randint(0, DAYS * 1440))
    duration = rng.choice((None, random_length(rng), random_length(rng)))
    return PlainSession(
        public_id=name,
        moderator=rng.choice(NAMES),
        started_at=start,
        duration_us=duration,
        views=[random_view(rng) for _ in range(rng.randint(0, 6))],
        idle=[
            (
                rng.choice(("pause", "inactivity", "unknown")),
                rng.choice((None, random_length(rng), random_length(rng))),
                rng.choice((None, start + timedelta(seconds=rng.randint(-600, 4000)))),
            )
            for _ in range(rng.randint(0, 4))
        ],
        queues=[
            (
                rng.choice(("Spam", "Adult", "Ünïcode")),
                rng.choice((None, rng.randint(0, 50))),
                rng.random() < 0.8,
                {},
            )
            for _ in range(rng.randint(0, 3))
        ],
    )


def any_session(rng: random.Random) -> Session | None:
    ids = list(Session.objects.order_by("pk").values_list("pk", flat=True))
    return Session.objects.get(pk=rng.choice(ids)) if ids else None


class History:
    """One random history. Each step is a way in which rows really change."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.made = 0

    def fresh(self) -> PlainSession:
        self.made += 1
        return random_session(self.rng, f"s{self.made}")

    def store(self) -> None:
        """The portal's own way in."""
        with write_lock():
            rows = factory.write_sessions([self.fresh() for _ in range(self.rng.randint(1, 5))])
            summarise([row.pk for row in rows])

    def replace(self) -> None:
        """A session document comes again, corrected."""
        session = any_session(self.rng)
        if session is None:
            return
        with write_lock():
            PlaybackSpeed.objects.filter(view__session=session).delete()
            VideoView.objects.filter(session=session).delete()
            Inactivity.objects.filter(session=session).delete()
            QueueAssignment.objects.filter(session=session).delete()
            plain = random_session(self.rng, session.public_id)
            session.started_at, session.duration_us = plain.started_at, plain.duration_us
            session.ended_at = None
            session.save()
            factory.write_children(session, plain)
            summarise([session.pk])

    def write_elsewhere(self) -> None:
        """Another program inserts, and tells nobody."""
        factory.write_session(self.fresh())

    def delete(self) -> None:
        """An admin deletes a session."""
        session = any_session(self.rng)
        if session is not None:
            session.delete()

    def move_person(self) -> None:
        """A session turns out to be somebody else's."""
        session = any_session(self.rng)
        if session is not None:
            other = Moderator.objects.get_or_create(username=self.rng.choice(NAMES))[0]
            Session.objects.filter(pk=session.pk).update(moderator=other)

    def move_day(self) -> None:
        """Plain SQL moves sessions to other days."""
        days = self.rng.randint(-40, 40)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE analytics_session SET started_at = started_at + %s, ended_at = NULL"
                " WHERE id %% 5 = %s",
                [timedelta(days=days), self.rng.randint(0, 4)],
            )

    def edit_rows(self) -> None:
        """Plain SQL edits keys, lengths, queues, speeds."""
        statement = self.rng.choice(
            (
                "UPDATE analytics_videoview SET keys = '{q}' WHERE id %% 3 = %s",
                "UPDATE analytics_videoview SET status = 'partial' WHERE id %% 3 = %s",
                "UPDATE analytics_videoview SET sound = 'muted' WHERE id %% 3 = %s",
                "UPDATE analytics_videoview SET video_id = NULL WHERE id %% 3 = %s",
                "UPDATE analytics_videoview SET queue = 'Adult' WHERE id %% 3 = %s",
                "UPDATE analytics_videoview SET reason = NULL WHERE id %% 3 = %s",
                "UPDATE analytics_inactivity SET duration_us = 61000000 WHERE id %% 3 = %s",
                "UPDATE analytics_queueassignment SET active = NOT active WHERE id %% 3 = %s",
                "UPDATE analytics_playbackspeed SET value = 2 WHERE id %% 3 = %s",
                "DELETE FROM analytics_playbackspeed WHERE id %% 3 = %s",
                "DELETE FROM analytics_inactivity WHERE id %% 3 = %s",
            )
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.rng.randint(0, 2)])

    def refresh(self) -> None:
        """The summaries are brought up to date."""
        writing.refresh()

    def reset_summaries(self) -> None:
        """They are rebuilt, and the rebuild is stopped in the middle."""
        writing.reset_summaries()
        writing.refresh_sessions()

    def rename_person(self) -> None:
        """Somebody's name is written in another way."""
        Moderator.objects.filter(username="bob").update(username="Bob")
        Moderator.objects.filter(username="chen").update(username="bob")

    def build_rollups(self) -> None:
        """An import ends: roll-ups are built, marks of others are left alone."""
        writing.build_rollups()

    def rebuild_rollups(self) -> None:
        """Roll-ups are built again although nothing changed in them."""
        with write_lock():
            days = SessionTotals.objects.values_list("day", flat=True).distinct()[:9]
            PendingDay.objects.bulk_create(map(PendingDay, days), ignore_conflicts=True)
        writing.build_rollups()

    def step(self) -> str:
        steps: list[Callable[[], None]] = [
            *(self.store, self.store, self.refresh, self.refresh, self.edit_rows),
            *(self.replace, self.write_elsewhere, self.delete, self.move_person, self.move_day),
            *(self.reset_summaries, self.build_rollups, self.rename_person, self.rebuild_rollups),
        ]
        chosen = self.rng.choice(steps)
        chosen()
        return chosen.__name__

    def scope(self) -> Scope:
        start = factory.NOON.date() + timedelta(days=self.rng.randint(-40, DAYS))
        end = start + timedelta(days=self.rng.choice((0, 1, 6, 31, 62, 400)))
        moderator = None
        if self.rng.random() < 0.4:
            moderator = Moderator.objects.filter(username=self.rng.choice(NAMES)).first()
        return Scope(
            PORTAL,
            moderator=moderator,
            start=self.rng.choice((None, start)),
            end=self.rng.choice((None, end)),
        )


def within(scope: Scope, session: PlainSession) -> bool:
    day = session.started_at.date()
    return (
        (scope.moderator is None or session.moderator == scope.moderator.username)
        and (scope.session is None or session.public_id == scope.session.public_id)
        and (scope.start or date.min) <= day <= (scope.end or date.max)
        and (
            getattr(scope, "weekday", None) is None
            or session.started_at.isoweekday() == getattr(scope, "weekday", None)
        )
    )


def same(found: Any, wanted: Any) -> bool:
    if isinstance(found, float) or isinstance(wanted, float):
        return (
            found is not None
            and wanted is not None
            and isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-9)
        )
    return bool(found == wanted)


def assert_exact(scope: Scope, why: str) -> None:
    everything = factory.all_plain_sessions()
    dates = replace(scope, moderator=None, session=None)
    everybody = [session for session in everything if within(dates, session)]
    wanted = expected([s for s in everything if within(scope, s)], everybody)
    wanted |= expected_agreement(everybody, scope.moderator and scope.moderator.username)
    metrics = [
        declared
        for declared in (*metrics_of_group("review"), *metrics_of_group("quality"))
        if not declared.needs and scope.as_params().keys() <= set(declared.parameters)
        if declared.slug in wanted
    ]
    # What is kept of this version of the data, and the same computed anew; each in one snapshot,
    # as pages read them.
    with snapshot():
        kept = [declared(scope) for declared in metrics]
    with snapshot():
        computed = [declared.compute(scope) for declared in metrics]
    for declared, *results in zip(metrics, kept, computed, strict=True):
        rows = wanted[declared.slug]
        for result in results:
            message = f"{declared.slug} {scope.as_params()} after {why}"
            assert len(result.rows) == len(rows), message
            for one, other in zip(result.rows, rows, strict=True):
                shown = [name for name in one if name not in LIMITS_OF_AGREEMENT]
                assert shown == list(other), message
                for name, value in other.items():
                    assert same(one[name], value), f"{message}: {name} {one} {other}"


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.usefixtures("keeping")
def test_every_metric_is_exact_after_every_step(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes are asked, one after a step or the other, each with what it has read so far."""
    history = History(seed)
    history.store()
    processes = [kept_rollups.kept_parts(), kept_rollups.kept_parts()]
    done = []
    for _ in range(12):
        done.append(history.step())
        monkeypatch.setattr(kept_rollups, "_kept", history.rng.choice(processes))
        for scope in (Scope(PORTAL), history.scope()):
            assert_exact(scope, " ".join(done[-4:]))
        session = any_session(history.rng)
        if session is not None:
            assert_exact(Scope(PORTAL, session=session), " ".join(done[-4:]))
    assert list(checking.differences()) == []


@dataclass(frozen=True)
class ScopeOfWeekday(Scope):
    weekday: int | None = None


def parse_weekday(field: str, text: str) -> int:
    return int(text)


WEEKDAY = ScopeFilter(
    "weekday",
    label="Weekday",
    description="1 Monday to 7 Sunday.",
    example="1",
    condition=lambda number, path: Q((f"{path}started_at__iso_week_day", number)),
    parse=parse_weekday,
)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5, 8))
def test_a_filter_takes_one_entry_and_one_field(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope_module, "SCOPE_FILTERS", (*SCOPE_FILTERS, WEEKDAY))
    history = History(seed)
    history.store()
    moderator = Moderator.objects.get(username=NAMES[0]).username
    accepts = (*REVIEW_PARAMETERS, "weekday")
    for _ in range(4):
        why = history.step()
        for others in ({}, {"moderator": moderator}, {"start": "2026-01-01", "end": "2026-03-31"}):
            params = {**others, "weekday": str(history.rng.randint(1, 7))}
            scope = ScopeOfWeekday.parse(params, PORTAL, accepts=accepts)
            assert scope.as_params() == params
            for declared in metrics_of_group("review"):
                monkeypatch.setitem(declared.__dict__, "parameters", accepts)
            assert_exact(scope, why)


@pytest.mark.django_db
def test_a_line_of_many_sessions_is_condensed_by_day() -> None:
    rng = random.Random(1)
    with write_lock():
        rows = factory.write_sessions([random_session(rng, f"s{n}") for n in range(501)])
        summarise([row.pk for row in rows])
    for refreshed in (False, True):
        if refreshed:
            writing.refresh()
            compute_cached.cache_clear()
        for slug, column in (
            ("unique-videos-per-session", "unique_videos"),
            ("playback-speed-per-session", "average_speed"),
        ):
            complete = METRICS[slug](Scope(PORTAL))
            drawn = METRICS[slug].for_chart(Scope(PORTAL))
            few = len(complete.rows) <= 500
            assert drawn.condensed is not few
            if few:
                continue
            by_day: dict[date, list[float]] = {}
            for row in complete.rows:
                by_day.setdefault(row["started_at"].date(), []).append(row[column])
            assert [row["day"] for row in drawn.rows] == sorted(by_day)
            for row in drawn.rows:
                values = by_day[row["day"]]
                assert (row["sessions"], row["low"], row["high"]) == (
                    len(values),
                    min(values),
                    max(values),
                )
                assert isclose(row["mean"], sum(values) / len(values))


@pytest.mark.django_db
def test_check_names_what_differs() -> None:
    with write_lock():
        session = factory.write_session(random_session(random.Random(3), "s1"))
        summarise([session.pk])
    writing.refresh()
    assert list(checking.differences()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE analytics_sessiontotals SET videos = videos + 1")
        cursor.execute("UPDATE analytics_periodtotals SET accepted = 77 WHERE period = 'month'")
    found = list(checking.differences())
    assert any(text.startswith(f"session totals {session.pk}: is ") for text in found)
    assert any("'month'" in text and "77" in text for text in found)


@pytest.mark.django_db
def test_the_changes_that_date_the_figures_do_not_pile_up() -> None:
    before = data_version()
    DataChange.objects.bulk_create(DataChange() for _ in range(MAX_CHANGES + 200))
    with write_lock():
        summarise([factory.write_session(random_session(random.Random(4), "s1")).pk])
    assert DataChange.objects.count() == MAX_CHANGES
    after = data_version()
    assert after != before
    Moderator.objects.update(extra=None)
    assert data_version()[0] != after[0]


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_changes_nothing_for_who_is_reading() -> None:
    """A snapshot that was opened before sees the summaries as they were."""
    with write_lock():
        rows = [factory.write_session(random_session(random.Random(5), f"s{n}")) for n in range(9)]
        summarise([row.pk for row in rows])
    writing.refresh()
    METRICS["review-summary"](Scope(PORTAL))
    before = METRICS["review-summary"].compute(Scope(PORTAL)).rows

    def rebuild() -> None:
        try:
            writing.reset_summaries()
        finally:
            connection.close()

    with snapshot():
        assert current_state().status.built
        other = threading.Thread(target=rebuild)
        other.start()
        other.join()
        assert METRICS["review-summary"].compute(Scope(PORTAL)).rows == before
    assert StaleSession.objects.count() == len(rows)
    assert METRICS["review-summary"].compute(Scope(PORTAL)).rows == before
