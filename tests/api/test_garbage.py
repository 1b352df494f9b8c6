"""Whatever is sent in the place of whatever: an answer that says so, never a failure."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.api.openapi.examples import DOCUMENT, ROWS

GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31, 2**63, 10**400, -(10**30), 1e308, 5e-324, -0.0]),
    st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    st.sampled_from(["", " ", "\0", "\ud800", "x" * 5000, "9999-12-31T23:59:59Z", "1e999", "²"]),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "2025-02-30", "2025-10-17T24:00:00Z", "NaN"]),
    st.text(max_size=8),
    st.sampled_from(
        [{}, [], [[]], {"$oid": 1}, {"$date": "x"}, {"$numberLong": "9" * 50}, {"\0": 1}]
    ),
    st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=2), max_leaves=5),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from places(value[key], (*path, key))


def replaced(value, path, garbage):
    """Return the value with garbage at a path."""
    if not path:
        return garbage
    value = copy.deepcopy(value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = garbage
    return value


def kinds():
    yield "session-documents", DOCUMENT
    for name in ("user-activity", "recommendations", "moderator-performance"):
        yield name, {key: value for key, value in ROWS[name].items() if key != "id"}


@pytest.mark.parametrize(("name", "example"), list(kinds()), ids=[name for name, _ in kinds()])
@settings(
    max_examples=20,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_garbage_anywhere(sender, reader, name, example, data):
    path = data.draw(st.sampled_from(list(places(example))))
    garbage = data.draw(GARBAGE)
    body = json.dumps([replaced(example, path, garbage)]).encode()
    answer = sender.send(f"{name}/", body)
    assert answer.status_code in (200, 400, 422), answer.content
    partial = sender.send(f"{name}/?partial=true", body)
    assert partial.status_code in (200, 400), partial.content
    json.loads(partial.content)
    listed = "sessions" if name == "session-documents" else name
    assert reader.read(f"{listed}/").status_code == 200
    assert reader.read("metrics/review-summary/").status_code == 200
