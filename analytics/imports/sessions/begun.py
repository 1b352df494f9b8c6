"""A batch of new sessions, begun before its turn: all but what others could meet.

Others know sessions, videos and people by name. Until its turn the sessions of a batch have names
that nobody can know, and its new videos and people have ids only. So nobody can meet the rows, nor
wait for them, and what takes long is done while another batch has its turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from analytics.imports.report import Rejection
from analytics.imports.sessions.batch import (
    BatchOutcome,
    Entry,
    add_people,
    any_stored,
    plan,
    public_ids,
    refused_sessions,
    video_ids,
    with_refused_only,
)
from analytics.imports.sessions.copying import allocate, copy_children, copy_sessions, copy_videos
from analytics.imports.sessions.records import SessionRecord
from analytics.models import Moderator, Session, VideoView
from analytics.summaries.writing import announce_summaries, sum_up_new


class Outdated(Exception):
    """What was begun of a batch is not what has to be stored."""


class Coming(NamedTuple):
    """The ids of what a batch adds, by name, before others see it."""

    videos: Mapping[str, int]
    people: Mapping[str, int]


NOTHING = Coming({}, {})


class Plan(NamedTuple):
    """What is to be written of a batch whose sessions all seem to be new, with all ids."""

    refused: dict[str, str]
    outcome: BatchOutcome
    created: dict[int, SessionRecord]
    people: dict[str, int]
    videos: dict[str, int]
    coming: Coming
    #: See ``_cut_by``.
    cut_by: list[tuple[str, str]]


def plan_new(entries: Sequence[Entry], before: Coming) -> Plan | None:
    """The plan of a batch; None where some session is there already, or there is nothing to write.

    ``before`` is what the batch before adds. Whatever turns out to be otherwise makes ``complete``
    or the commit fail.
    """
    ids = public_ids(entries)
    if any_stored(ids):
        return None
    refused = refused_sessions(ids)
    outcome, pending = plan(entries, {}, refused)
    if not pending:
        return None
    created = dict(zip(allocate(Session, len(pending)), pending.values(), strict=True))
    people, new_people = _people_ids(entries, refused, before.people)
    videos, new_videos = video_ids(created.values(), before.videos)
    coming = Coming(new_videos, new_people)
    return Plan(refused, outcome, created, people, videos | new_videos, coming, _cut_by())


def begin(planned: Plan) -> set[date]:
    """Write what happened in the sessions of a batch and sum it up; returns the days concerned.

    Must be called inside ``unmarked_writes``.
    """
    created = planned.created
    secret = uuid4().hex
    names = [f"{secret}-{pk}" for pk in created]
    copy_sessions(created, planned.people, timezone.now(), names)
    copy_children(created, planned.videos)
    _check_keys_within()
    return sum_up_new(created.keys())


def complete(entries: Sequence[Entry], planned: Plan, days: set[date]) -> BatchOutcome:
    """Write the rest of a batch, in its turn and in the same transaction.

    Raises Outdated where it is not what it seemed to be.
    """
    ids = public_ids(entries)
    if (
        any_stored(ids)
        or refused_sessions(ids) != planned.refused
        or _cut_by() != planned.cut_by
        or add_people(entries, planned.refused, planned.coming.people) != planned.people
    ):
        raise Outdated
    _name_sessions(planned.created)
    copy_videos(planned.coming.videos)
    announce_summaries(planned.created.keys(), days)
    return planned.outcome


def _people_ids(
    entries: Sequence[Entry], refused: Mapping[str, str], before: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """The primary keys of everybody in a batch, by username, and those of them that are new."""
    names = dict.fromkeys(e.username for e in entries if not isinstance(e, Rejection))
    known = {name: pk for name, pk in before.items() if name in names}
    stored = Moderator.objects.filter(username__in=names).order_by()
    known.update(stored.values_list("username", "pk"))
    unwanted = with_refused_only(entries, refused)
    missing = [name for name in names if name not in known and name not in unwanted]
    new = dict(zip(missing, allocate(Moderator, len(missing)), strict=True))
    return known | new, new


def _name_sessions(created: Mapping[int, SessionRecord]) -> None:
    """Give sessions the names by which others know them. The ORM has no UPDATE ... FROM."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE analytics_session AS session"
            " SET public_id = named.public_id, imported_at = %s"
            " FROM unnest(%s::bigint[], %s::text[]) AS named(id, public_id)"
            " WHERE session.id = named.id",
            [timezone.now(), list(created), [record.public_id for record in created.values()]],
        )


def _check_keys_within() -> None:
    """Check the foreign keys to the sessions and views of a batch now rather than at its commit.

    The ORM has no word for constraints that wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(conname), ', ') FROM pg_constraint"
            " WHERE contype = 'f' AND condeferrable"
            " AND confrelid = ANY (%s::text[]::regclass[])",
            [[Session._meta.db_table, VideoView._meta.db_table]],
        )
        (names,) = cursor.fetchone()
        cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")


def _cut_by() -> list[tuple[str, str]]:
    """What the days of summaries are cut by, in a form that differs after every change of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, time_zone FROM analytics_summarystate")
        rows: list[tuple[str, str]] = cursor.fetchall()
    return rows
