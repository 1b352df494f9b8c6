"""Every number of every metric over random data: what its records add up to is what is shown."""

import random
from dataclasses import replace
from datetime import date, timedelta
from math import isclose

import pytest

from accounts.models import Role
from analytics.access import Forbidden
from analytics.metrics import registry
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column
from analytics.metrics.row_keys import UNKNOWN, key_columns
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    PendingDay,
    QualityCheck,
    Recommendation,
    Session,
)
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.rows.kinds import record_list
from analytics.rows.lists import Entry, RecordList
from analytics.rows.selection import select
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import summarise, write_lock
from tests import factory
from tests.conftest import make_user
from tests.summaries.test_exact import random_session

DAYS = [factory.NOON.date() + timedelta(days=n) for n in range(9)]
FIRST, LAST = "2026-03-12", "2026-03-16"
# Rows of a metric that are tried, beside the first and the last: of everything, of other scopes.
TRIED, TRIED_IN_SCOPE = 3, 0


def write_sessions(rng: random.Random) -> None:
    """Thirty sessions of nine days: summed up, summed up without roll-ups, and told to nobody."""
    plain = [random_session(rng, f"s{n:02}") for n in range(30)]
    for n, session in enumerate(plain):
        session.started_at = factory.NOON + timedelta(minutes=rng.randint(0, 9 * 1440 - 800))
        session.idle = [(kind, us, None) for kind, us, _ in session.idle]
        if n % 3 == 0:
            session.queues = [
                (name, items, active, {"Links": 3, "unknown": 0} if items else {})
                for name, items, active, _ in session.queues
            ]
    with write_lock():
        summarise([row.pk for row in factory.write_sessions(plain[:20])])
    writing.refresh()
    with write_lock():
        summarise([row.pk for row in factory.write_sessions(plain[20:25])])
    factory.write_sessions(plain[25:])


def write_checks(rng: random.Random) -> None:
    """Checks of a random sample, of one by queue, and of rejects, half of them worked through."""
    checker = make_user("checker", Role.LEAD)
    for method in ("random", "by-queue", "rejects"):
        design = SampleDesign(method, Scope(checker), size=None if method == "rejects" else 40)
        sample = draw_sample(design, by=checker, seed=1)
        QualityCheck.objects.bulk_create(
            QualityCheck(
                sampled=view,
                session_id=view.session_id,
                position=view.position,
                video=view.video,
                decision=view.decision,
                verdict=rng.choice(("accepted", "accepted", "rejected", "unsure")),
                checked_by=checker,
            )
            for view in sample.views.order_by("number")[: 30 if method != "rejects" else 5]
        )


def write_tables(rng: random.Random) -> None:
    """Rows of the three CSV kinds in two months."""
    days = [date(2026, 2, 20) + timedelta(days=n) for n in range(25)]
    ChatSession.objects.bulk_create(
        ChatSession(
            session_id=f"c{n:02}",
            user_id=f"u{n % 5}",
            date=rng.choice(days),
            length_minutes=rng.uniform(0, 90),
            messages_sent=rng.randint(0, 40),
            feedback_rating=rng.choice((None, 1, 2, 5, 6)),
            resources_clicked=rng.choice((None, 0, 3)),
        )
        for n in range(30)
    )
    Recommendation.objects.bulk_create(
        Recommendation(
            recommendation_id=f"r{n:02}",
            user_id=f"u{n % 5}",
            date=rng.choice(days),
            recommendation_type=rng.choice(("video", "article", "unknown")),
            click_through_rate=rng.choice((0, 0.25, 0.5, 1)),
            feedback_score=rng.choice((None, 2.5, 4)),
        )
        for n in range(30)
    )
    people = Moderator.objects.order_by("pk")
    ModeratorPerformance.objects.bulk_create(
        ModeratorPerformance(
            moderator=person,
            date=day,
            sessions_moderated=rng.randint(0, 30),
            average_response_time=rng.uniform(1, 20),
            satisfaction_score=rng.choice((None, 2.5, 4.5)),
        )
        for person in people
        for day in days[10:18]
    )


@pytest.fixture
def data(db, monkeypatch):
    # Lines of sessions are condensed, as those of large portals are.
    monkeypatch.setattr(registry, "MAX_POINTS", 5)
    rng = random.Random(11)
    write_sessions(rng)
    write_tables(rng)
    write_checks(random.Random(12))
    assert PendingDay.objects.exists()
    return rng


def values_of(metric: Metric, scope: Scope, row: dict | None, column: Column) -> dict[str, str]:
    """The parameters of one number."""
    values = {**scope.as_params(), "column": column.name}
    if row is None:
        return values
    for key in key_columns(metric):
        value = row[key.name]
        values[key.name] = UNKNOWN if value is None else str(value)
    for name in ("moderator", "session"):
        if name in metric.parameters and name in row:
            values[name] = row[name]
    return values


def all_pages(records: RecordList, size: int) -> list[Entry]:
    """The entries of every page, one after the other."""
    entries, cursor = [], None
    while True:
        page = records.page(size, cursor)
        assert len(page.entries) == size or page.cursor is None
        entries += page.entries
        cursor = page.cursor
        if cursor is None:
            return entries


def added_up(records: RecordList, entries: list[Entry]) -> float | None:
    """The number that the records make, by how they add up."""
    amounts = [entry.amount for entry in entries if entry.amount is not None]
    match records.selection.records.how:
        case "count" | "distinct":
            return len(entries)
        case "sum":
            return sum(amounts)
        case "rate":
            return len([e for e in entries if e.counted]) / len(entries) if entries else None
        case "ratio":
            weight = sum(entry.weight for entry in entries)
            return sum(amounts) * records.selection.records.unit / weight if weight else None
        case "mean":
            assert len(amounts) == len(entries)
            return sum(amounts) / len(amounts) if amounts else None
        case "median":
            lengths = [entry.record.duration_us / 1e6 for entry in entries]
            return sum(lengths) / len(lengths)
        case "extreme":
            values = {getattr(e.record, records.selection.records.amount) for e in entries}
            assert len(values) <= 1
            return next(iter(values), None)


def check(metric: Metric, values: dict[str, str], viewer, shown, rng: random.Random) -> None:
    """Compare one number with what its records add up to; inside a snapshot."""
    records = record_list(select(metric, values, viewer))
    entries = all_pages(records, max(1, records.count // rng.choice((1, 2, 3))))
    assert records.count == len(entries), (metric.slug, values)
    assert records.numerator == len([e for e in entries if e.counted]), (metric.slug, values)
    found = added_up(records, entries)
    told = (metric.slug, values, found, shown)
    if shown is None:
        assert records.shown is None, told
        # Nothing is known: nothing of an amount, or nothing at all.
        assert found in (None, 0), told
    else:
        assert isclose(records.shown, shown, rel_tol=1e-9), told
        assert isclose(found, shown, rel_tol=1e-9, abs_tol=1e-9), told
    ids = [str(e.record if isinstance(e.record, dict) else e.record.pk) for e in entries]
    assert len(set(ids)) == len(ids), told


def check_metric(metric: Metric, scope: Scope, rng: random.Random) -> int:
    """Compare the numbers of a metric in a scope; how many there were."""
    metric = metric.for_viewer(scope.viewer)
    result = metric(scope)
    tried = 0
    rows = result.rows
    most = TRIED_IN_SCOPE if scope.start or scope.session else TRIED
    if len(rows) > most + 2:
        rows = [rows[0], *rng.sample(rows[1:-1], most), rows[-1]]
    for row in rows:
        for column in metric.columns:
            if column.records is None:
                continue
            same = [each for each in result.rows if has_same_keys(metric, each, row)]
            shown = row[column.name]
            if len(same) > 1:
                known = [each[column.name] for each in same if each[column.name] is not None]
                shown = sum(known) if known else None
            check(metric, values_of(metric, scope, row, column), scope.viewer, shown, rng)
            tried += 1
    for column in metric.summary_columns:
        if column.records is not None:
            values = values_of(metric, scope, None, column)
            check(metric, values, scope.viewer, result.summary[column.name], rng)
            tried += 1
    return tried


def has_same_keys(metric: Metric, one: dict, other: dict) -> bool:
    """Whether two rows have the same names: a session may have a queue twice."""
    names = [column.name for column in metric.columns if column.key is not None]
    return bool(names) and all(one[name] == other[name] for name in names)


def scopes_of(metric: Metric, viewer) -> list[Scope]:
    """Scopes that the metric takes: whole, dates, a person, a session."""
    own = Moderator.objects.get(username="bob") if not viewer.sees_everyone else None
    everything = Scope(viewer, moderator=own)
    dates = replace(everything, start=date.fromisoformat(FIRST), end=date.fromisoformat(LAST))
    found = [everything, dates]
    if "moderator" in metric.parameters and own is None:
        found.append(replace(dates, moderator=Moderator.objects.get(username="amy"), start=None))
    if "session" in metric.parameters:
        sessions = Session.objects.filter(**({"moderator": own} if own else {}))
        session = sessions.order_by("public_id").last()
        found.append(replace(everything, session=session, moderator=session.moderator))
    if metric.needs:
        found = found[-1:]
    return found


def test_a_leads_numbers(data):
    lead = make_user("lea", Role.LEAD)
    with snapshot():
        for metric in METRICS.values():
            tried = sum(check_metric(metric, scope, data) for scope in scopes_of(metric, lead))
            assert tried, metric.slug


def test_a_moderators_numbers(data):
    bob = make_user("bob", Role.MODERATOR, moderates=True)
    with snapshot():
        for metric in METRICS.values():
            if "moderator" in metric.parameters:
                tried = sum(check_metric(metric, scope, data) for scope in scopes_of(metric, bob))
                own = metric.for_viewer(bob)
                opens = any(c.records for c in (*own.columns, *own.summary_columns))
                assert bool(tried) is opens, metric.slug


FEBRUARY = {"start": "2026-02-01", "end": "2026-02-28", "team": "true"}


@pytest.mark.parametrize("slug", METRICS)
def test_a_teams_totals_open_nothing_to_a_moderator(bob, slug):
    with snapshot(), pytest.raises(Forbidden):
        select(METRICS[slug], FEBRUARY, bob)


@pytest.mark.parametrize(
    "slug", [metric.slug for metric in METRICS.values() if "moderator" not in metric.parameters]
)
def test_what_belongs_to_no_moderator_opens_to_leads_only(bob, slug):
    with snapshot(), pytest.raises(Forbidden):
        select(METRICS[slug], {}, bob)
