"""Random session documents, as strange as the contract allows."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from analytics.imports.sessions.fields import (
    DOCUMENT_NAMES,
    INACTIVITY,
    VIDEOS,
)
from analytics.imports.sessions.fields import (
    QUEUES as QUEUE_PART,
)
from analytics.imports.sessions.fields import (
    SESSIONS as SESSION_PART,
)
from analytics.imports.sessions.fields import (
    SPEEDS as SPEED_PART,
)
from analytics.names import normalise

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
NAMES = TEXT.filter(normalise)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
# Clocks somewhere between -12 and +14 hours; some say nothing of it.
OFFSETS = st.none() | st.integers(-12 * 60, 14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
MOMENTS = st.datetimes(
    datetime.fromisoformat("1901-01-01"),
    datetime.fromisoformat("2199-01-01"),
    timezones=OFFSETS,
)
TIMES = st.one_of(
    MOMENTS.map(lambda moment: moment.isoformat()),
    MOMENTS.map(lambda moment: {"$date": moment.isoformat()}),
    MOMENTS.map(lambda moment: moment.isoformat(timespec="seconds").replace("+00:00", "Z")),
    st.integers(-(10**12), 10**12).map(lambda ms: {"$date": {"$numberLong": str(ms)}}),
    st.just("2025-06-01T12:00:00.1234567Z"),
)
SECONDS = st.one_of(
    st.none(),
    st.integers(0, 3 * 10**7),
    st.floats(0, 3 * 10**7, allow_nan=False),
    st.integers(0, 10**7).map(lambda number: {"$numberInt": str(number)}),
    st.floats(0, 10**5).map(lambda number: {"$numberDouble": repr(number)}),
)
COUNTS = st.none() | st.integers(0, 10**11) | st.integers(0, 1000).map(float)


def some_of(required: dict, optional: dict, known: frozenset[str]) -> st.SearchStrategy[dict]:
    """Objects with the required fields, some of the optional ones, and some unknown ones."""
    fields = st.fixed_dictionaries(required, optional=optional)
    # A name with a dollar might make a wrapper of Extended JSON of the whole object.
    unknown = st.dictionaries(
        TEXT.filter(lambda name: name not in known and not name.startswith("$")), JSON, max_size=2
    )
    return st.builds(lambda one, other: {**other, **one}, fields, unknown)


SPEEDS = st.floats(0.01, 16) | st.integers(1, 4)
VIEWS = some_of(
    {},
    {
        "videoId": st.none() | TEXT | st.sampled_from(["v1", "v2"]),
        "status": st.none()
        | TEXT
        | st.sampled_from(["Completed", " COMPLETED ", "partially-watched", "not_started", "-_ "]),
        "watched": st.none() | st.booleans(),
        "loopTime": st.none() | st.integers(0, 10**12) | st.floats(0, 10**6),
        "keys": st.none() | st.lists(TEXT | st.sampled_from("aAqQ"), max_size=3),
        "soundMuted": JSON | st.sampled_from(["yes", "NO", "Muted", 1, 0, 1.0, True, "maybe"]),
        "speeds": st.none()
        | st.lists(
            SPEEDS | some_of({"value": SPEEDS}, {"at": st.none() | TIMES}, SPEED_PART.names),
            max_size=2,
        ),
        "queue": st.none() | TEXT,
        "reason": st.none() | TEXT | st.just(" Spam\u200b"),
    },
    VIDEOS.names,
)
IDLE = some_of(
    {},
    {"type": st.none() | TEXT, "duration": SECONDS, "startedAt": st.none() | TIMES},
    INACTIVITY.names,
)
QUEUES = some_of(
    {"name": NAMES},
    {
        "count": COUNTS,
        "subqueues": st.none()
        | st.dictionaries(TEXT.filter(lambda name: not name.startswith("$")), COUNTS, max_size=3),
        "active": st.none() | st.booleans(),
        "createdAt": st.none() | TIMES,
    },
    QUEUE_PART.names,
)
SESSIONS = some_of(
    {"_id": NAMES | NAMES.map(lambda name: {"$oid": name}), "starttime": TIMES},
    {
        "duration": SECONDS,
        "videos": st.none() | st.lists(VIEWS, max_size=3),
        "inactivity": st.none() | st.lists(IDLE, max_size=3),
        "queues": st.none() | st.lists(QUEUES, max_size=2),
    },
    SESSION_PART.names,
)
DOCUMENTS = some_of(
    {"username": NAMES},
    {"sessions": st.none() | st.lists(SESSIONS, max_size=3)},
    DOCUMENT_NAMES,
)
