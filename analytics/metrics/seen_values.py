"""In which order the portal first saw the values that people name: their colours for good."""

from collections import defaultdict
from collections.abc import Mapping

from analytics.summaries.snapshots import current_state
from analytics.summaries.standbys import reading_connection


def seen_values(subject: str) -> tuple[str, ...]:
    """A subject's values, the first seen first. Inside a snapshot."""
    return tuple(current_state().cached("seen values", load_seen_values)[subject])


def load_seen_values() -> Mapping[str, list[str]]:
    """The values of every subject: they are few, and a page needs those of several."""
    values = defaultdict(list)
    with reading_connection().cursor() as cursor:
        # The ORM takes longer to write this than PostgreSQL to answer.
        cursor.execute("SELECT subject, value FROM analytics_seenvalue ORDER BY id")
        for subject, value in cursor.fetchall():
            values[subject].append(value)
    return values
