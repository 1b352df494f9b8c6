"""Counters of people as arrays: there may be thousands, and all pages ask for their sums."""

import json
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.summaries.counters import MODERATOR_COUNTERS
from analytics.summaries.rollup_parts import PeopleRows, as_text, from_text
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
    keys, names = current_state().cached("names of moderators", load_names)
    order = np.argsort(rows[:, 0])
    places = order.take(np.searchsorted(rows[order, 0], keys), mode="clip")
    found = rows[places, 0] == keys
    return People(list(compress(names, found.tolist())), rows[places[found]])


def load_names() -> tuple[npt.NDArray[np.int64], list[str]]:
    """Every moderator's key and name, in code-point order of the names."""
    by_name = 'ORDER BY username COLLATE "C"'
    with reading_connection().cursor() as cursor:
        # As two texts: a Python object of each row would take longer than all the rest.
        cursor.execute(
            f"SELECT {as_text(['id'], by_name)}, json_agg(username {by_name})::text"
            " FROM analytics_moderator"
        )
        keys, names = cursor.fetchone()
    return from_text(keys, 1)[:, 0], json.loads(names or "[]")
