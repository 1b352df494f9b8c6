"""Which list shows the records of a number."""

from analytics.metrics.records import (
    CountCompared,
    CountOfChecked,
    CountOfVideo,
    Distinct,
    DistinctShared,
    Extreme,
    Median,
    RateOfMajority,
    RatioOfChecked,
    Records,
)
from analytics.rows.checks import CheckList
from analytics.rows.lists import ExtremeList, MiddleList, RecordList
from analytics.rows.selection import Selection
from analytics.rows.shared import ComparedDecisions, DecisionsOfVideo, SharedVideoThings
from analytics.rows.things import QueueThings, ThingList, VideoThings

LISTS: tuple[tuple[type[Records], type[RecordList]], ...] = (
    (Median, MiddleList),
    (Extreme, ExtremeList),
    (CountOfVideo, DecisionsOfVideo),
    (CountCompared, ComparedDecisions),
    (RateOfMajority, ComparedDecisions),
    (CountOfChecked, CheckList),
    (RatioOfChecked, CheckList),
)
#: Of what is counted once, by the kind's name; other kinds are rows of a table.
THINGS: dict[str, type[ThingList]] = {"videos": VideoThings, "queues": QueueThings}


def record_list(selection: Selection, *, is_reversed: bool = False) -> RecordList:
    """The list of a selection's records; things have one order only."""
    records = selection.records
    if isinstance(records, DistinctShared):
        return SharedVideoThings(selection)
    if isinstance(records, Distinct) and records.kind.name in THINGS:
        return THINGS[records.kind.name](selection)
    for kind, shown in LISTS:
        if isinstance(records, kind):
            return shown(selection, is_reversed=is_reversed)
    return RecordList(selection, is_reversed=is_reversed)
