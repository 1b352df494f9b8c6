"""Counters of people as arrays: there may be thousands, and all pages ask for their sums."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics.summaries.counters import MODERATOR_COUNTERS
from analytics.summaries.rollup_parts import PeopleRows
from analytics.summaries.snapshots import current_state
from analytics.summaries.standbys import reading_connection


class People(NamedTuple):
    """The usernames of moderators, and their rows."""

    names: list[str]
    rows: PeopleRows


def counter_of(rows: PeopleRows, name: str) -> PeopleRows:
    """One of ``MODERATOR_COUNTERS`` of each."""
    return rows[:, 1 + MODERATOR_COUNTERS.index(name)]


def sum_people(parts: Sequence[PeopleRows | Sequence[tuple[int, ...]]]) -> PeopleRows:
    """The rows of several roll-ups or days, a row a moderator."""
    columns = 1 + len(MODERATOR_COUNTERS)
    arrays = [np.asarray(part, np.int64).reshape(-1, columns) for part in parts if len(part)]
    rows = np.concatenate([np.zeros((0, columns), np.int64), *arrays])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    if not len(rows):
        return rows
    keys, firsts = np.unique(rows[:, 0], return_index=True)
    summed = np.add.reduceat(rows, firsts, axis=0)
    summed[:, 0] = keys
    return summed


def named_people(rows: PeopleRows) -> People:
    """The rows with the names of the moderators as they are now, in code-point order of these."""
    if not len(rows):
        return People([], rows)
    places = {key: place for place, key in enumerate(rows[:, 0].tolist())}
    names = current_state().cached("names of moderators", load_names)
    found = [(name, places[key]) for key, name in names.items() if key in places]
    return People([name for name, _place in found], rows[[place for _name, place in found]])


def load_names() -> Mapping[int, str]:
    """Every moderator's name by key, in code-point order."""
    with reading_connection().cursor() as cursor:
        # The ORM takes longer than PostgreSQL to answer.
        cursor.execute('SELECT id, username FROM analytics_moderator ORDER BY username COLLATE "C"')
        return dict(cursor.fetchall())
