"""Annotations on the axis: cut to the days shown, numbered, in every variant."""

from datetime import date

from analytics.figures.annotations import AnnotationMark, with_annotations
from analytics.figures.palette import Palette

PALETTE = Palette("light")


def days_figure(*days, **layout):
    trace = {"x": list(days), "y": [1] * len(days)}
    return {"data": [trace], "layout": {"xaxis": {"type": "date"}, **layout}}


def mark(start, end, number=1):
    return AnnotationMark(number, date.fromisoformat(start), date.fromisoformat(end))


def spans(figure):
    return [(shape["x0"], shape["x1"]) for shape in figure["layout"].get("shapes", ())]


def numbers(figure):
    return [(each["text"], each["x"]) for each in figure["layout"].get("annotations", ())]


def test_days_stand_around_their_midnight():
    figure = days_figure("2026-03-01", "2026-03-31")

    made = with_annotations(
        figure, [mark("2026-03-10", "2026-03-10"), mark("2026-03-12", "2026-03-15", 2)], PALETTE
    )

    assert spans(made) == [
        ("2026-03-09T12:00", "2026-03-10T12:00"),
        ("2026-03-11T12:00", "2026-03-15T12:00"),
    ]
    assert numbers(made) == [("1", "2026-03-10T00:00"), ("2", "2026-03-13T12:00")]
    assert made["layout"]["shapes"][0]["fillcolor"] == "#0b6570"
    assert (made["layout"]["shapes"][0]["y0"], made["layout"]["shapes"][0]["y1"]) == (0, 4)
    assert "shapes" not in figure["layout"]


def test_moments_lie_after_their_midnight():
    figure = days_figure("2026-03-01T09:30:00", "2026-03-31T08:00:00")
    made = with_annotations(figure, [mark("2026-03-10", "2026-03-11")], PALETTE)
    assert spans(made) == [("2026-03-10T00:00", "2026-03-12T00:00")]
    assert numbers(made) == [("1", "2026-03-11T00:00")]


def test_what_reaches_beyond_the_chart_is_cut():
    figure = days_figure("2026-03-05", "2026-03-10")
    made = with_annotations(
        figure,
        [
            mark("2026-01-01", "2026-03-05"),
            mark("2026-03-10", "9998-12-31", 2),
            mark("2026-03-11", "2026-03-20", 3),
        ],
        PALETTE,
    )
    assert spans(made) == [
        ("2026-03-04T12:00", "2026-03-05T12:00"),
        ("2026-03-09T12:00", "2026-03-10T12:00"),
    ]


def test_variants_have_them_and_what_was_drawn_stays():
    line = days_figure("2026-03-01", "2026-03-31")
    figure = days_figure(
        "2026-03-01", "2026-03-31", shapes=["one"], meta={"variants": [line], "kept": 1}
    )
    made = with_annotations(figure, [mark("2026-03-10", "2026-03-10")], PALETTE)
    assert made["layout"]["shapes"][0] == "one"
    assert made["layout"]["meta"]["kept"] == 1
    assert spans(made["layout"]["meta"]["variants"][0]) == [
        ("2026-03-09T12:00", "2026-03-10T12:00")
    ]


def test_other_axes_have_none():
    figure = {"data": [{"x": [1, 2]}], "layout": {"xaxis": {"type": "category"}}}
    assert with_annotations(figure, [mark("2026-03-10", "2026-03-10")], PALETTE) is figure
    empty = {"data": [], "layout": {"xaxis": {"type": "date"}}}
    assert with_annotations(empty, [mark("2026-03-10", "2026-03-10")], PALETTE) is empty
