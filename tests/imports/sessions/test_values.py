"""Single values: what is taken, as what, and why the rest is not."""

import math
from datetime import UTC, datetime

import pytest

from analytics.imports.sessions import values
from analytics.imports.values import Invalid


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        ({"$oid": "5f"}, "5f"),
        ({"$numberInt": "-7"}, -7),
        ({"$numberLong": "9007199254740993"}, 9007199254740993),
        ({"$numberDouble": "1.5"}, 1.5),
        ({"$numberDouble": "-Infinity"}, -math.inf),
        ({"$date": "2025-10-17T10:00:00Z"}, datetime(2025, 10, 17, 10, tzinfo=UTC)),
        (
            {"$date": {"$numberLong": "1760695200123"}},
            datetime(2025, 10, 17, 10, 0, 0, 123000, UTC),
        ),
        ({"$date": 1760695200000}, datetime(2025, 10, 17, 10, tzinfo=UTC)),
        # Nonsense, and what only looks alike, stays what it is.
        ({"$oid": 5}, {"$oid": 5}),
        ({"$date": "yesterday"}, {"$date": "yesterday"}),
        ({"$date": {"$numberLong": "9" * 30}}, {"$date": {"$numberLong": "9" * 30}}),
        ({"$numberInt": "1_0"}, {"$numberInt": "1_0"}),
        ({"$oid": "5f", "x": 1}, {"$oid": "5f", "x": 1}),
        ({"oid": "5f"}, {"oid": "5f"}),
        ("5f", "5f"),
    ],
)
def test_extended_json_is_unwrapped(wrapped, plain):
    assert values.plain(wrapped) == plain


def test_nan_is_unwrapped_to_be_rejected():
    with pytest.raises(Invalid, match="not a finite number"):
        values.number({"$numberDouble": "NaN"})


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-10-17T10:00:00Z", datetime(2025, 10, 17, 10, tzinfo=UTC)),
        ("2025-10-17T10:00:00", datetime(2025, 10, 17, 10, tzinfo=UTC)),
        ("2025-10-17 10:00", datetime(2025, 10, 17, 10, tzinfo=UTC)),
        ("2025-10-17T15:30:00+05:30", datetime(2025, 10, 17, 10, tzinfo=UTC)),
        ("2025-10-17T03:00:00.902-07:00", datetime(2025, 10, 17, 10, 0, 0, 902000, UTC)),
        ("20251017T100000Z", datetime(2025, 10, 17, 10, tzinfo=UTC)),
        ("2025-10-17", datetime(2025, 10, 17, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_utc(text, moment):
    assert values.instant(text) == moment
    assert values.instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("yesterday", 'not a time in ISO 8601: "yesterday"'),
        ("", 'not a time in ISO 8601: ""'),
        ("2025-02-30T00:00:00Z", 'not a time in ISO 8601: "2025-02-30T00:00:00Z"'),
        ("1899-12-31T00:00:00Z", "the year 1899 is not within 1900-2200"),
        ("9999-12-31T23:59:59-05:00", 'not a time in ISO 8601: "9999-12-31T23:59:59-05:00"'),
        (1760695200, "expected a time, got a number"),
        (True, "expected a time, got a boolean"),
        ({"$date": "x"}, 'not a time in ISO 8601: "x"'),
        (["2025-10-17"], "expected a time, got a list"),
    ],
)
def test_what_is_no_time_is_told(value, reason):
    with pytest.raises(Invalid) as caught:
        values.instant(value)
    assert caught.value.message == reason


@pytest.mark.parametrize(
    ("value", "microseconds"),
    [
        (1800, 1_800_000_000),
        (12.5, 12_500_000),
        (0, 0),
        (0.1 + 0.2, 300_000),
        (1e-9, 0),
        (100_000_000, 10**14),
        (99_999_999.123457, 99_999_999_123_457),
        ({"$numberInt": "6810"}, 6_810_000_000),
    ],
)
def test_durations_become_microseconds(value, microseconds):
    assert values.microseconds(value) == microseconds


@pytest.mark.parametrize("microseconds", [0, 1, 999_999, 2**46 + 1, 10**14 - 1])
def test_seconds_are_read_again_as_the_same(microseconds):
    assert values.microseconds(values.seconds(microseconds)) == microseconds


@pytest.mark.parametrize(
    ("check", "value", "reason"),
    [
        (values.microseconds, -5, "must not be negative (-5)"),
        (values.microseconds, True, "expected a number of seconds, got a boolean"),
        (values.microseconds, "12", "expected a number of seconds, got a string"),
        (values.microseconds, math.nan, "not a finite number (nan)"),
        (values.microseconds, 1e11, "larger than 100,000,000 (100000000000.0)"),
        (values.number, math.inf, "not a finite number (inf)"),
        (values.number, 10**400, "larger than 1,000,000,000,000 (a huge number)"),
        (values.positive, 0, "must be above 0"),
        (values.count, 1.5, "expected a whole number, got 1.5"),
        (values.count, 2**63, "larger than 1,000,000,000,000 (9223372036854775808)"),
        (values.count, False, "expected a whole number, got a boolean"),
        (values.boolean, 1, "expected true or false, got a number"),
        (values.items, {"$oid": "x"}, "expected a list, got a string"),
        (values.name, None, "missing"),
        (values.name, "", "is empty"),
        (values.name, " \u3000", "is empty"),
        (values.name, 5, "expected a string, got a number"),
        (values.name, "x" * 501, "longer than 500 characters (501)"),
        (values.text, "a\0b", "contains a NUL character"),
        (values.text, "\udcff", "contains a lone surrogate, or bytes that are not UTF-8"),
    ],
)
def test_what_is_not_taken_is_told(check, value, reason):
    with pytest.raises(Invalid) as caught:
        check(value)
    assert caught.value.message == reason


def test_whole_floats_are_counts():
    assert values.count({"$numberDouble": "40.0"}) == 40


def test_unknown_values_are_kept_as_plain_json():
    value = {"a": [{"$numberInt": "1"}, 2.0, {"$date": "2025-01-01T00:00:00+01:00"}], "b": 2**70}
    assert values.preserve_unknown(value) == {"a": [1, 2, "2024-12-31T23:00:00Z"], "b": 2**70}


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"a": [1, {"b": math.nan}]}, "a[1].b", "not a finite number (nan)"),
        ([["x\0"]], "[0][0]", "contains a NUL character"),
        ({"a\0": 1}, "", 'the name "a\\x00" contains a NUL character'),
        (10**309, "", "a number of too many digits"),
    ],
)
def test_unknown_values_that_cannot_be_kept_are_told(value, path, reason):
    with pytest.raises(Invalid) as caught:
        values.preserve_unknown(value)
    assert (caught.value.path, caught.value.message) == (path, reason)


def test_unknown_values_are_nested_a_hundred_deep():
    value: object = 1
    for _ in range(100):
        value = [value]
    assert values.preserve_unknown(value) == value
    with pytest.raises(Invalid, match="nested deeper than 100"):
        values.preserve_unknown([value])


def test_what_is_at_a_limit_is_taken():
    # A letter beyond ASCII is looked at more closely.
    for text in ("x" * 500, "ü" * 500):
        assert values.short_text(text) == values.optional_text(text) == values.name(text) == text
    values.within_duration(10**14)
    with pytest.raises(Invalid, match=r"^comes to more than 100,000,000 seconds$"):
        values.within_duration(10**14 + 1)


def test_canonical_text_ignores_the_order_of_keys_but_not_types():
    assert values.canonical({"b": 1, "a": 2**70}) == values.canonical({"a": 2**70, "b": 1})
    assert values.canonical({"a": 1}) != values.canonical({"a": True})
