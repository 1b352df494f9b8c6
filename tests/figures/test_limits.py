"""How much a figure shows before it is written in another way: at each limit, and one beyond."""

from datetime import date, timedelta

import pytest

from analytics.figures import figure, labels
from analytics.metrics import drawing
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from tests.figures.test_figures import LABEL, VALUE, metric


def bars(names, *, horizontal=False):
    """A figure with a bar for each name."""
    spec = drawing.Bars(label="label", value="value", horizontal=horizontal)
    rows = [{"label": name, "value": 1} for name in names]
    return figure(metric(spec, LABEL, VALUE), Result(rows, n=len(rows)))


@pytest.mark.parametrize(("bars_there", "labelled"), [(10, True), (11, False)])
def test_ten_bars_carry_their_values(bars_there, labelled):
    made = bars([f"n{place}" for place in range(bars_there)])
    assert ("text" in made["data"][0]) is labelled


@pytest.mark.parametrize(("names", "shown"), [(12, 12), (13, 13), (14, 13)])
def test_twelve_horizontal_bars_and_one_of_the_others(names, shown):
    made = bars([f"n{place}" for place in range(names)], horizontal=True)
    assert len(made["data"][0]["x"]) == shown
    last = made["layout"]["yaxis"]["ticktext"][-1]
    assert last == ("n11" if names == 12 else f"{names - 12} others")


@pytest.mark.parametrize(("names", "text"), [(6, "two words"), (7, "two<br>words")])
def test_names_of_six_bars_are_on_one_line(names, text):
    made = bars(["two words"] * names)
    assert made["layout"]["xaxis"]["ticktext"] == [text] * names


@pytest.mark.parametrize(("names", "ticks"), [(16, 16), (17, 9), (32, 16), (33, 11)])
def test_sixteen_names_fit_an_axis(names, ticks):
    axis = bars([f"n{place}" for place in range(names)])["layout"]["xaxis"]
    assert len(axis["tickvals"]) == len(axis["ticktext"]) == ticks
    assert axis["range"] == [-0.5, names - 0.5]


@pytest.mark.parametrize(
    ("name", "shown"), [("x" * 26, "x" * 26), ("x" * 27, "x" * 25 + "…"), ("a<b", "a&lt;b")]
)
def test_a_tick_has_twenty_six_characters(name, shown):
    assert labels.tick_label(name) == shown


def by_day(days):
    """The figure of so many days of reviewing."""
    row = {name.name: 1 for name in METRICS["review-by-day"].columns}
    rows = [{**row, "day": date(2026, 1, 1) + timedelta(days=n)} for n in range(days)]
    return figure(METRICS["review-by-day"], Result(rows, n=days))


@pytest.mark.parametrize(("days", "hatched"), [(100, True), (101, False)])
def test_a_hundred_columns_are_hatched(days, hatched):
    without_decision = by_day(days)["data"][2]
    assert without_decision["name"] == "No decision"
    assert ("pattern" in without_decision["marker"]) is hatched


@pytest.mark.parametrize(("days", "mode"), [(60, "lines+markers"), (61, "lines")])
def test_the_line_of_sixty_days_has_dots(days, mode):
    assert by_day(days)["data"][-1]["mode"] == mode


@pytest.mark.parametrize(("months", "each"), [(8, True), (9, False)])
def test_eight_months_have_a_tick_each(months, each):
    rows = [
        {"month": f"2026-{n + 1:02d}", "sessions": 3, "average_rating": 4.0} for n in range(months)
    ]
    axis = figure(METRICS["rating-by-month"], Result(rows, n=3))["layout"]["xaxis"]
    assert (axis.get("dtick") == "M1") is each


@pytest.mark.parametrize(
    ("longest", "words", "unit"), [(7200, "min:s", 60), (7200.5, "h:min", 3600)]
)
def test_lengths_over_two_hours_are_in_hours(longest, words, unit):
    assert labels.clock_format(longest) == (words, unit)
