"""Numbers, durations, dates and changes in words."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics import formatting
from analytics.display import Display, activate
from analytics.formatting import MINUS, NBSP, Change


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("value", "text"),
    [(38412, "38,412"), (0, "0"), (-1234, f"{MINUS}1,234"), (None, "—"), (float("nan"), "—")],
)
def test_count(value, text):
    assert formatting.count(value) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (4, 1, "4.0"),
        (0.0625, 2, "0.06"),
        (-0.04, 1, "0.0"),
        (-0.06, 1, f"{MINUS}0.1"),
        (None, 1, "—"),
    ],
)
def test_number(value, places, text):
    assert formatting.number(value, places) == text


def test_the_same_mean_reads_the_same_in_whatever_order_it_was_added_up():
    assert formatting.minutes(9.950000000000001) == formatting.minutes(9.95) == f"9.9{NBSP}min"


def test_units_stay_with_their_number():
    assert formatting.share(0.649) == f"64.9{NBSP}%"
    assert formatting.points(0.019) == f"1.9{NBSP}pts"
    assert formatting.seconds(41.84) == f"41.8{NBSP}s"
    assert formatting.minutes(8.4) == f"8.4{NBSP}min"


@pytest.mark.parametrize(
    "words", [formatting.share, formatting.points, formatting.seconds, formatting.minutes,
              formatting.duration, formatting.speed, formatting.day, formatting.short_day]
)  # fmt: skip
def test_unknown_is_a_dash_without_a_unit(words):
    assert words(None) == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (48, "48 s"),
        (41.8, "41.8 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (64, "1 min 04 s"),
        (1886, "31 min 26 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (3840, "1 h 04 min"),
        (179_520, "49 h 52 min"),
        (359_970, "100 h"),
        (1_573_200, "437 h"),
        (3_600_000, "1,000 h"),
        (-64, f"{MINUS}1 min 04 s"),
        (-5, f"{MINUS}5 s"),
    ],
)
def test_duration(value, text):
    assert plain(formatting.duration(value)) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1.25, None, "1.25×"),
        (1, None, "1×"),
        (1.5, None, "1.5×"),
        (1.5, 2, "1.50×"),
        (10, None, "10×"),
    ],
)
def test_speed(value, places, text):
    assert formatting.speed(value, places) == text


def test_intervals():
    assert formatting.interval(24.81, 25.66) == "24.8–25.7"
    assert formatting.share_interval(0.248, 0.257) == "24.8–25.7"
    assert formatting.share_interval(None, 0.257) == "—"
    assert formatting.interval(0.07, 0.19, places=2) == "0.07–0.19"


def test_plural_and_lists():
    assert plain(formatting.plural(1, "session")) == "1 session"
    assert plain(formatting.plural(1284, "session")) == "1,284 sessions"
    assert plain(formatting.plural(2, "query", "queries")) == "2 queries"
    assert formatting.join_names([]) == ""
    assert formatting.join_names(["user9"]) == "user9"
    assert formatting.join_names(["user9", "user12"]) == "user9 and user12"
    assert formatting.join_names(["a", "b", "c"]) == "a, b and c"
    assert formatting.join_names(["a", "b", "c", "d"]) == "a, b and 2 others"


def test_dates():
    assert plain(formatting.day(date(2026, 11, 21))) == "21 Nov 2026"
    assert plain(formatting.short_day(date(2026, 5, 3))) == "3 May"
    assert plain(formatting.long_day(date(2026, 11, 21))) == "Saturday 21 Nov 2026"
    assert plain(formatting.month("2026-06")) == "Jun 2026"


def test_moments_are_in_the_zone_of_the_reader():
    late = datetime(2026, 11, 21, 23, 12, tzinfo=UTC)
    assert plain(formatting.moment(late)) == "21 Nov 2026, 23:12 UTC"
    assert plain(formatting.short_moment(late)) == "21 Nov, 23:12"
    with activate(Display(time_zone="Europe/Berlin")):
        assert plain(formatting.moment(late)) == "22 Nov 2026, 00:12 CET"
        assert plain(formatting.short_moment(late)) == "22 Nov, 00:12"
        assert formatting.local_day(late) == date(2026, 11, 22)
    assert formatting.moment(None) == "—"


@pytest.mark.parametrize(
    ("number_format", "number", "share", "length", "speed"),
    [
        ("comma-point", "−1,234,567.8", "64.9 %", "1,234 h", "1.25×"),
        ("space-comma", "−1\u202f234\u202f567,8", "64,9 %", "1\u202f234 h", "1,25×"),
        ("point-comma", "−1.234.567,8", "64,9 %", "1.234 h", "1,25×"),
        ("apostrophe-point", "−1’234’567.8", "64.9 %", "1’234 h", "1.25×"),
    ],
)
def test_numbers_are_separated_as_the_reader_wants(number_format, number, share, length, speed):
    with activate(Display(number_format=number_format)):
        assert formatting.number(-1_234_567.84) == number
        assert plain(formatting.share(0.6489)) == share
        assert plain(formatting.duration(1234 * 3600)) == length
        assert formatting.speed(1.25) == speed
        assert formatting.speed(2) == "2×"
        assert plain(formatting.without_zero_decimal(formatting.minutes(5))) == "5 min"
        assert plain(formatting.without_zero_decimal(formatting.number(5))) == "5"
        assert formatting.without_zero_decimal(formatting.number(4.5))[1:] == formatting.number(
            0.5
        ).removeprefix("0")


@pytest.mark.parametrize(
    ("date_format", "day", "short", "named", "month", "range_of_days"),
    [
        ("named-month", "3 May 2026", "3 May", "3 May", "May 2026", "3 May – 21 Nov 2026"),
        ("iso", "2026-05-03", "05-03", "2026-05-03", "2026-05", "2026-05-03 – 2026-11-21"),
        (
            *("month-first", "05/03/2026", "05/03", "05/03/2026", "May 2026"),
            "05/03/2026 – 11/21/2026",
        ),
    ],
)
def test_days_are_written_as_the_reader_wants(date_format, day, short, named, month, range_of_days):
    start, end = date(2026, 5, 3), date(2026, 11, 21)
    with activate(Display(date_format=date_format)):
        assert plain(formatting.day(start)) == day
        assert plain(formatting.short_day(start)) == short
        assert plain(formatting.named_day(start)) == named
        assert plain(formatting.month("2026-05")) == month
        assert plain(formatting.date_range(start, end)) == range_of_days
        assert plain(formatting.long_day(start)) == f"Sunday {day}"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (None, None, "all dates"),
        (date(2026, 10, 23), date(2026, 11, 21), "23 Oct – 21 Nov 2026"),
        (date(2025, 12, 23), date(2026, 1, 21), "23 Dec 2025 – 21 Jan 2026"),
        (date(2026, 11, 21), date(2026, 11, 21), "21 Nov 2026"),
        (date(2026, 11, 21), None, "from 21 Nov 2026"),
        (None, date(2026, 11, 21), "up to 21 Nov 2026"),
    ],
)
def test_span(start, end, text):
    assert plain(formatting.date_range(start, end)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "just now"), (60, "1 minute ago"), (299, "4 minutes ago"), (3600, "1 hour ago"),
     (26 * 3600, "26 hours ago"), (50 * 3600, "2 days ago")],
)  # fmt: skip
def test_ago(value, text):
    assert plain(formatting.ago(value)) == text


def test_change_says_better_or_worse_only_where_one_direction_is():
    assert formatting.change(
        41.8, 44.7, write=formatting.seconds, better=True, beyond_chance=True
    ) == Change(arrow="▼", text=f"2.9{NBSP}s", level="better", beyond_chance=True)
    worse = formatting.change(0.114, 0.102, write=formatting.points, better=False)
    assert worse is not None
    assert plain(worse.words) == "1.2 pts, worse"
    by_chance = formatting.change(41.8, 44.7, write=formatting.seconds, beyond_chance=False)
    assert by_chance is not None
    assert plain(by_chance.words) == "2.9 s, within chance"
    assert by_chance.level == "neutral"
    assert formatting.change(1284, 1210, write=formatting.share, relative=True) == Change(
        arrow="▲", text=f"6.1{NBSP}%", level="neutral"
    )


def test_a_day_is_named_with_its_year_only_beside_another():
    day = date(2026, 7, 29)
    assert plain(formatting.named_day(day, beside=date(2026, 11, 26))) == "29 July"
    assert plain(formatting.named_day(day, beside=date(2027, 1, 2))) == "29 July 2026"
    assert plain(formatting.named_day(day)) == "29 July"


def test_change_that_reads_as_zero_is_none():
    assert formatting.change(25.0, 25.01, write=formatting.number, better=True) == Change(
        "±", "0", "neutral"
    )
    assert formatting.change(None, 2, write=formatting.number) is None
    assert formatting.change(2, None, write=formatting.number) is None
    assert formatting.change(2, 0, write=formatting.share, relative=True) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "30 s"), (60, "1 min"), (90, "1 min 30 s"), (7200, "2 h"), (5400, "1 h 30 min")],
)
def test_a_round_duration_has_no_zero_units(seconds, words):
    assert formatting.round_duration(seconds) == words.replace(" ", formatting.NBSP)


@pytest.mark.parametrize("room", ["figures", "insights", "metrics", "presentation", "web"])
def test_no_room_separates_thousands_by_itself(room):
    """Nor writes times in a zone that it chose: whoever reads has chosen."""
    by_itself = re.compile(r":,(\.\d)?[fd%]?\}|timezone_name\(\)\}|strftime\(")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((Path(formatting.__file__).parent / room).rglob("*.py"))
        for line in path.read_text().splitlines()
        if by_itself.search(line)
    ]
    allowed = {
        # What charts read, keys of what is kept, and days that are the portal's.
        "figures": ["session_line.py: return value.astimezone(active().zone).strftime("],
        "presentation": ["heat_table.py: caption="],
        "web": [
            "conditional.py: timezone.now().strftime(",
            "kept_answers.py: timezone.localtime().strftime(",
        ],
    }.get(room, [])
    assert [line for line in found if not line.startswith(tuple(allowed))] == []
