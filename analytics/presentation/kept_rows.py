"""The rows of tables, kept as HTML by all that they are made of.

Most rows of a table are of days that are over, which a change of the data leaves as they are:
only the others are written again. Nothing in a row is one person's or the moment's.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from sys import getsizeof

from django.urls import get_script_prefix

from analytics.display import active
from analytics.keeping import ThingsMadeAgain, kept_lock
from analytics.metrics.results import Row, Value

# A row takes about a kilobyte, a long table half a megabyte.
MAX_BYTES = 8 * 2**20
#: What a row takes beside its HTML: its key, of a dozen names, values and types.
KEY_BYTES = 500

WrittenRows = Mapping[Hashable, str]


def bytes_of(rows: WrittenRows) -> int:
    """The memory that a table's rows take, as good as all of it."""
    return sum(getsizeof(html) + KEY_BYTES for html in rows.values())


_tables: ThingsMadeAgain[WrittenRows] = ThingsMadeAgain(MAX_BYTES, bytes_of)


def forget_rows() -> None:
    """Keep no rows."""
    with kept_lock:
        _tables.clear()


def kept_rows(
    table: Hashable,
    rows: Sequence[Row],
    words: Mapping[Value, str],
    first: str,
    write: Callable[[Row], str],
) -> list[str]:
    """The HTML of each row, written only where no row of the same values is kept.

    ``table``: all that the HTML is made of beside a row, the reader's formats, and ``words``, which
    stand for the value of the row's ``first`` column.
    """
    display = active()
    key = (table, display.key, display.zone_name, get_script_prefix())
    with kept_lock:
        known = _tables.get(key, {})
    written: dict[Hashable, str] = {}
    html = []
    for row in rows:
        values = row.values()
        # Equal values of two types (1 and 1.0) are not written alike.
        row_key = (words.get(row.get(first)), *row, *values, *map(type, values))
        text = known.get(row_key)
        if text is None:
            text = write(row)
        written[row_key] = text
        html.append(text)
    if written.keys() != known.keys():
        _tables.keep(key, written)
    return html
