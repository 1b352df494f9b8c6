"""Reading from a standby: a real one, whose replay is paused at random, stopped, and promoted."""

import os
import random
import signal
from datetime import UTC, date, datetime
from types import SimpleNamespace

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, router, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Role, User
from analytics.access import PORTAL
from analytics.metrics.results import Result
from analytics.models import Annotation, Moderator, SavedView, Session, Target, VideoView
from analytics.presentation import outcomes
from analytics.scope import Scope
from analytics.summaries import snapshots
from analytics.summaries.snapshots import snapshot
from analytics.summaries.standbys import (
    UNVERSIONED,
    reading_connection,
    reading_from,
    standbys_in_random_order,
)
from moderation_portal.postgres import PostgresError, Server
from moderation_portal.postgres.standby import Standby
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import write_session
from tests.moderation_portal.own_server import in_thread, own_server
from tests.reviewed import view
from tests.test_kept_answers import logged_in, page_of
from tests.test_kept_histories import Process

#: Longer by hand: ``STANDBY_STEPS=300 pytest -n 0 tests/moderation_portal/test_standbys.py``.
STEPS = int(os.environ.get("STANDBY_STEPS", "16"))
SEED = int(os.environ.get("STANDBY_SEED", "2"))
PATHS = (
    "/review/?start=",
    "/sessions/?start=",
    "/api/v1/metrics/moderator-review/",
    "/api/v1/insights/",
    "/metrics/review-by-day.csv?start=",
)


@pytest.fixture(scope="module")
def server():
    """A primary for all tests here, which a kill at the end leaves to the standby."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def standby(server):
    """A standby of the test's own server; the folder goes with the server's."""
    standby = Standby(server)
    standby.start()
    yield standby
    standby.stop()


@pytest.fixture
def portal(server, standby, monkeypatch, django_db_blocker):
    """The portal's tables on the primary, and a standby to read from, for new threads."""
    settings = connections.settings["default"]
    for alias, where in (("default", server), ("standby1", standby)):
        at = {"NAME": "portal", "USER": "portal", "HOST": str(where.sockets), "PORT": "5432"}
        folder = str(server.data_dir) if where is server else None
        # Commits are on the primary's disk, and so on their way to the standby.
        values = {**settings, **at, "OPTIONS": {}, "CONN_MAX_AGE": 0, "PORTAL_DATA_DIR": folder}
        monkeypatch.setitem(connections.settings, alias, values)
    # The tests' own database is left alone.
    with django_db_blocker.unblock():
        in_thread(lambda: call_command("migrate", verbosity=0))
        catch_up(server, standby)
        yield


def administer(server, *statements):
    """Run statements as the server's superuser, and return the first value of the last."""
    with psycopg.connect(
        host=str(server.sockets), user="postgres", dbname="portal", autocommit=True
    ) as superuser:
        for statement in ["SET statement_timeout = '120s'", *statements]:
            answer = superuser.execute(statement)
        return answer.fetchone()[0] if answer.description else None


def wait_until(condition):
    """A statement that waits on the server."""
    loop = f"WHILE NOT ({condition}) LOOP PERFORM pg_sleep(0.01); END LOOP;"
    return f"DO $$ BEGIN {loop} END $$"


def pause(standby):
    """Have the standby receive and not replay."""
    paused = wait_until("pg_get_wal_replay_pause_state() = 'paused'")
    administer(standby, "SELECT pg_wal_replay_pause()", paused)


def catch_up(server, standby):
    """Let the standby replay everything that the primary has written."""
    written = administer(server, "SELECT pg_current_wal_insert_lsn()")
    replayed = wait_until(f"pg_last_wal_replay_lsn() >= '{written}'")
    administer(standby, "SELECT pg_wal_replay_resume()", replayed)


def read():
    """What a snapshot shows, and from which database it was read."""
    with snapshot():
        shown = (
            list(Session.objects.order_by("public_id").values_list("public_id", flat=True)),
            VideoView.objects.count(),
            list(Annotation.objects.order_by("pk").values_list("text", flat=True)),
        )
        return shown, reading_connection().alias


def written_session(number):
    """Write a session of one to three views."""
    views = [view(f"v{n}", "a") for n in range(number % 3 + 1)]
    session = PlainSession(
        public_id=f"s{number:02}",
        moderator="ann",
        started_at=datetime(2026, 3, 10, 9, tzinfo=UTC),
        duration_us=1_000_000,
        views=views,
        idle=[],
        queues=[],
    )
    write_session(session)
    return session.public_id, len(views)


def annotate(number):
    """Write an annotation."""
    day = date(2026, 3, 1)
    return Annotation.objects.create(start=day, end=day, text=f"note {number}").text


def test_what_is_read_is_what_the_primary_has(portal, server, standby):
    """A random history of writes, with the replay paused and resumed; then the standby stops."""
    chance = random.Random(20261127)
    sessions, views, texts, used = [], 0, [], set()

    for number in range(20):
        paused = chance.random() < 0.5
        if paused:
            pause(standby)
        if chance.random() < 0.3:
            texts += in_thread(lambda number=number: annotate(number))
        else:
            ((name, n),) = in_thread(lambda number=number: written_session(number))
            sessions.append(name)
            views += n
        if not paused:
            catch_up(server, standby)
        ((shown, alias),) = in_thread(read)
        assert shown == (sessions, views, texts)
        assert alias == ("default" if paused else "standby1")
        used.add(alias)
    assert used == {"default", "standby1"}

    catch_up(server, standby)
    assert standby.status().description.endswith(f"in {standby.data_dir} and follows the primary")
    standby.stop()
    assert in_thread(read) == [((sessions, views, texts), "default")]
    standby.start()


def any_step(chance, number):
    """Write something, by the portal's own ways or past it; returns a word for it."""
    steps = (*[written_session] * 3, *[refresh] * 3, annotate, change_keys, set_target, rename)
    step = chance.choice(steps)
    in_thread(lambda: step(number))
    return step.__name__


def change_keys(number):
    """Change decisions past the portal, which marks their sessions."""
    VideoView.objects.filter(pk__in=VideoView.objects.order_by("pk")[number % 5 : 9]).update(
        keys=["q" if number % 2 else "a"]
    )


def set_target(number):
    """Set the targets."""
    Target.objects.update(value=number + 1)


def refresh(_number):
    """Bring the summaries up to date, which is no change of the data."""
    call_command("summaries", "refresh")


def rename(number):
    """Give somebody another name."""
    oldest = Moderator.objects.order_by("pk").values("pk")[:1]
    Moderator.objects.filter(pk__in=oldest).update(username=f"ann {number}")


def answers(client, process, *, standbys=standbys_in_random_order):
    """What a process answers with what it has kept."""
    with process.at_work(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "standbys_in_random_order", standbys)
        return [page_of(client, path) for path in PATHS]


def test_what_is_kept_is_what_the_primary_would_answer(portal, server, standby, monkeypatch):
    """Two processes read a random history from wherever they may, and keep what they have read."""
    chance = random.Random(SEED)
    noon = datetime(2026, 3, 20, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    (client,) = in_thread(lambda: logged_in(make_user("lea", Role.LEAD)))
    processes, done, used = [Process(), Process()], [], set()
    for number in range(100, 100 + STEPS):
        paused = chance.random() < 0.5
        if paused:
            pause(standby)
        done.append(any_step(chance, number))
        if not paused:
            catch_up(server, standby)
        process = chance.choice(processes)
        (kept,) = in_thread(lambda process=process: answers(client, process))
        (made,) = in_thread(lambda: answers(client, Process(), standbys=list))
        assert kept == made, (SEED, number, done[-4:])
        assert {status for status, _text in kept} == {200}
        used.add(in_thread(read)[0][1])
    assert used == {"default", "standby1"}
    catch_up(server, standby)


def read_beside_a_failure():
    """What is computed of two metrics, one of which PostgreSQL refuses; and from where."""

    def compute(scope):
        with reading_connection().cursor() as cursor:
            cursor.execute("SELECT 1 / 0" if scope.start else "SELECT 1")
            return Result([{"n": n} for n in cursor.fetchone()])

    metric = SimpleNamespace(slug="one", parameters=("start",), for_chart=compute)
    failing, good = Scope(PORTAL, start=date(2026, 3, 1)), Scope(PORTAL)
    with pytest.MonkeyPatch.context() as patch, snapshot():
        patch.setattr(outcomes, "METRICS", {"one": metric})
        found = outcomes.compute([("one", failing), ("one", good)])
        return found["one", good], reading_connection().alias


def test_what_fails_on_a_standby_fails_alone(portal, server, standby):
    catch_up(server, standby)
    assert in_thread(read_beside_a_failure) == [(Result([{"n": 1}]), "standby1")]


def test_what_is_no_folder_is_not_said_to_be_removed(tmp_path):
    (tmp_path / "standby").write_text("notes")
    with pytest.raises(PostgresError, match=r"cannot be used: .*Not a directory"):
        Standby(Server(tmp_path)).remove()
    assert (tmp_path / "standby").read_text() == "notes"


def test_a_copy_that_fails_leaves_nothing_kept_for_it(monkeypatch):
    with own_server() as primary:
        standby = Standby(primary)
        run = standby.installation.run

        def run_out_of_space(program, *arguments, **options):
            done = run(program, *arguments, **options)
            if program == "pg_basebackup":
                done.returncode, done.stdout = 1, "No space left on device"
            return done

        monkeypatch.setattr(standby.installation, "run", run_out_of_space)
        with pytest.raises(PostgresError, match="could not be copied: No space left on device"):
            standby.start()
        assert [path.name for path in standby.data_dir.glob("*postgres*")] == []
        assert administer(primary, "SELECT count(*) FROM pg_replication_slots") == 0


def read_inside_a_transaction():
    """The sessions that a snapshot shows inside a transaction that writes one, and from where."""
    with transaction.atomic():
        written_session(90)
        (names, *_rest), alias = read()
        transaction.set_rollback(True)
    return "s90" in names, alias


def test_inside_a_transaction_its_own_rows_are_read(portal):
    assert in_thread(read_inside_a_transaction) == [(True, "default")]


def test_a_promoted_standby_takes_over(portal, server, standby, monkeypatch):
    """The primary is killed; an address of both hosts leads to whichever takes writes."""
    in_thread(lambda: written_session(91))
    catch_up(server, standby)
    both = {
        "HOST": f"{server.sockets},{standby.sockets}",
        "PORT": "5432,5432",
        "OPTIONS": {"target_session_attrs": "read-write"},
        "PORTAL_DATA_DIR": None,
    }
    settings = connections.settings["default"]
    monkeypatch.setitem(connections.settings, "default", {**settings, **both})

    os.kill(server.status().pid, signal.SIGKILL)
    administer(standby, "SELECT pg_promote()")
    assert "and does not follow: it was promoted" in standby.status().description
    # It is the only one that has what comes now.
    with pytest.raises(PostgresError, match="The standby is not removed: it was promoted"):
        standby.remove()

    in_thread(lambda: written_session(92))
    (((names, *_rest), _alias),) = in_thread(read)
    assert names[-2:] == ["s91", "s92"]
    # Exits with 1 when a summary is wrong.
    in_thread(lambda: call_command("summaries", "check"))


@pytest.mark.django_db
def test_all_that_a_snapshot_reads_moves_the_version():
    """Each table that a standby is read for has a trigger, or is written with one that has."""
    of_summaries = ("analytics.models.summaries", "analytics.models.decisions")
    derived = {model for model in tables() if model.__module__ in of_summaries}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        with_triggers = {name for (name,) in cursor.fetchall()}

    unversioned = {
        model for model in tables() - derived if model._meta.db_table not in with_triggers
    }

    assert unversioned == set(UNVERSIONED)


def tables() -> set[type[Model]]:
    """The models of analytics that have a table of their own."""
    return {model for model in apps.get_app_config("analytics").get_models() if model._meta.managed}


def test_only_reads_of_a_snapshot_go_to_its_database():
    with reading_from("standby1"):
        assert router.db_for_read(Session) == "standby1"
        assert router.db_for_read(SavedView) == "default"
        assert router.db_for_read(User) == "default"
        assert router.db_for_write(Session) == "default"
        assert router.allow_migrate("standby1", "analytics") is False
    assert router.db_for_read(Session) == "default"
