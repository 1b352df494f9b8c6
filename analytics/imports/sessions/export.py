"""The documents out: what, imported into an empty portal, gives the same portal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice

from django.db.models import QuerySet

from analytics.imports.sessions import rendering, stored
from analytics.imports.sessions.field_types import Json
from analytics.imports.sessions.values import compact
from analytics.models import Moderator, Session
from analytics.scope import Scope, visible_moderators
from analytics.summaries.snapshots import repeatable_read

#: Sessions that are read, and at most written into a line, at a time: about 7,500 views.
SESSIONS_AT_ONCE = 50
_PEOPLE_AT_ONCE = 1000


def exported_lines(scope: Scope) -> Iterator[str]:
    """The documents of a scope as JSON Lines: people by username, sessions by time.

    Somebody with many sessions has several lines. Unless the scope chooses sessions, people
    without any have one, too. Everything is of one state of the database, and memory does not
    grow with it. Raises ``Forbidden`` at once when the scope is the team's totals: documents
    are no totals.
    """
    scope.require_row_access("the export of documents")
    people = visible_moderators(scope.viewer)
    if any(scope_filter.name != "moderator" for scope_filter, _ in scope.filters()):
        people = people.none()
    elif scope.moderator is not None:
        people = people.filter(pk=scope.moderator.pk)
    return (compact(document) + "\n" for document in documents(scope.sessions(), people))


def documents(sessions: QuerySet[Session], people: QuerySet[Moderator]) -> Iterator[Json]:
    """Yield the documents of ``sessions``, and of those among ``people`` who have none of them."""
    with repeatable_read():
        others = people.order_by("username").iterator(_PEOPLE_AT_ONCE)
        other = next(others, None)
        latest = None
        for person, own_sessions in _by_person(sessions):
            while other is not None and other.username < person.username:
                yield _document(other, [])
                other = next(others, None)
            if other is not None and other.username == person.username:
                other = next(others, None)
            yield _document(person, own_sessions, with_extra=person.username != latest)
            latest = person.username
        while other is not None:
            yield _document(other, [])
            other = next(others, None)


def _document(person: Moderator, sessions: list[Json], *, with_extra: bool = True) -> Json:
    extra: Json = person.extra if with_extra and person.extra else {}
    return {**extra, "username": person.username, "sessions": sessions}


def _by_person(sessions: QuerySet[Session]) -> Iterator[tuple[Moderator, list[Json]]]:
    """Yield a few sessions at a time, those of one person."""
    ordered = (
        sessions.select_related("moderator")
        .only("public_id", "moderator__username", "moderator__extra")
        .order_by("moderator__username", "started_at", "public_id")
        .iterator(SESSIONS_AT_ONCE)
    )
    while batch := list(islice(ordered, SESSIONS_AT_ONCE)):
        contents = stored.contents([session.pk for session in batch])
        for _moderator, group in groupby(batch, key=lambda session: session.moderator_id):
            own = list(group)
            yield (
                own[0].moderator,
                [
                    rendering.render_session(session.public_id, contents[session.pk])
                    for session in own
                ],
            )
