"""Figures from rows: valid for Plotly, with the right values, colours, words and order."""

import json
import math
import re
from datetime import UTC, date, datetime, timedelta

import plotly.graph_objects as go
import pytest

from analytics.figures import figure, get_rendering, is_chart, result_columns
from analytics.figures.gauge import arc, place, tick_values
from analytics.figures.lines import range_around
from analytics.figures.palette import COLORS, Palette, color_pairs
from analytics.figures.session_line import running_mean, window_size
from analytics.metrics import drawing
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Result

LABEL = Column("label", "Type", "text")
VALUE = Column("value", "Videos", "integer", "videos")
SHARE = Column("share", "Share", "share")


def metric(spec, *columns, counted="videos"):
    """A metric that only has a drawing."""
    return Metric(
        slug="made-up",
        title="Made up",
        group="review",
        definition="",
        columns=columns,
        summary_columns=(),
        parameters=(),
        needs=(),
        drawing=spec,
        counted=counted,
        names_people=False,
        compute=lambda scope: Result([]),
    )


def sample(column, place):
    """A value that a column could hold."""
    match column.type:
        case "integer":
            return place + 2 if column.name.startswith("to_") else place + 1
        case "share":
            return (place + 1) / 4
        case "date":
            return date(2026, 3, 1 + place)
        case "datetime":
            return datetime(2026, 3, 1 + place, 10, tzinfo=UTC)
        case "month":
            return f"2026-{place + 1:02d}"
        case "text":
            return f"<b>name</b> {place} %{{x}}"
    return 1.5 + place


def sample_result(declared, rows=3):
    return Result(
        [
            {column.name: sample(column, place) for column in declared.columns}
            for place in range(rows)
        ],
        summary={column.name: sample(column, 0) for column in declared.summary_columns},
        n=rows,
        amounts={column.name: [place + 30 for place in range(rows)] for column in declared.columns},
    )


def texts(value):
    """All texts that a figure draws: what a script reads of it (customdata) is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "customdata":
                yield from texts(item)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("slug", METRICS)
@pytest.mark.parametrize("rows", [0, 1, 3, 40])
def test_every_metric_gives_a_figure_that_plotly_accepts(slug, theme, rows):
    declared = METRICS[slug]
    made = figure(declared, sample_result(declared, min(rows, 12)), theme=theme)
    go.Figure(made)
    json.dumps(made, allow_nan=False)
    if get_rendering(declared.drawing).draw is None:
        assert made == {"data": [], "layout": {}}
        return
    assert made["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert made["layout"]["showlegend"] is False
    assert not any("<b>name" in text for text in texts(made))


@pytest.mark.parametrize("slug", [slug for slug in METRICS if is_chart(METRICS[slug].drawing)])
def test_a_figure_of_unknown_values_is_none_of_zeros(slug):
    declared = METRICS[slug]
    result = sample_result(declared)
    kinds = ("integer", "share", "number", "minutes")
    for row in result.rows:
        for column in declared.columns:
            if column.type in kinds and not isinstance(declared.drawing, drawing.Histogram):
                row[column.name] = None
    go.Figure(figure(declared, result))


def test_the_dark_figure_is_the_light_one_with_its_colours_exchanged():
    dark = dict(color_pairs())

    def recoloured(value):
        if isinstance(value, str):
            if value in dark:
                return dark[value]
            return re.sub(r"(?<=color:)#[\da-f]{6}", lambda found: dark[found[0]], value)
        if isinstance(value, list):
            return [recoloured(item) for item in value]
        if isinstance(value, dict):
            return {key: recoloured(item) for key, item in value.items()}
        return value

    for declared in METRICS.values():
        result = sample_result(declared)
        light = figure(declared, result, theme="light")
        assert recoloured(light) == figure(declared, result, theme="dark"), declared.slug


def test_every_colour_occurs_once_in_a_theme():
    light, dark = zip(*COLORS.values(), strict=True)
    assert len(set(light)) == len(light)
    assert len(set(dark)) == len(dark)


def test_known_values_keep_their_colour_and_others_are_told_apart():
    colors = Palette().colors_of("status", ["completed", "skipped", "partial", "later", "unknown"])
    assert [(color.name, color.color, color.pattern) for color in colors] == [
        ("completed", "#0b5f69", ""),
        ("other-1", "#3a34a8", ""),
        ("partial", "#3f9aa4", ""),
        ("other-2", "#8f8a2e", ""),
        ("none", "#8490a0", "/"),
    ]
    many = Palette("dark").colors_of("status", [f"status {n}" for n in range(9)])
    assert len({(color.color, color.pattern) for color in many}) == 9


def test_a_bar_without_a_name_is_unknown():
    rows = [
        {"queue": name, "videos": n, "accepted": n, "rejected": 0, "none": 0}
        | dict.fromkeys(("reject_rate", "reject_low", "reject_high"))
        for name, n in (("Spam", 5), (None, 2))
    ]
    made = figure(METRICS["decisions-by-queue"], Result(rows, n=7))
    assert made["layout"]["yaxis"]["ticktext"] == ["Spam", "unknown"]
    assert made["data"][0]["hovertext"][1].startswith("<b>unknown</b><br>2 videos")


def test_bars_carry_their_value_and_share():
    spec = drawing.Bars(label="decision", value="value", share="share", color_family="decision")
    declared = metric(spec, Column("decision", "Decision", "text"), VALUE, SHARE)
    rows = [
        {"decision": "accepted", "value": 24_918, "share": 0.6487},
        {"decision": "rejected", "value": 8_406, "share": 0.2188},
        {"decision": "none", "value": 5_088, "share": 0.1325},
    ]
    made = figure(declared, Result(rows, n=38_412))
    trace = made["data"][0]
    assert trace["y"] == [24_918, 8_406, 5_088]
    assert trace["marker"]["color"] == ["#2b6cd4", "#d1600f", "#8490a0"]
    assert trace["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert trace["text"][0] == "<b>24,918</b><br>64.9\u00a0%"
    assert trace["hovertext"][1] == "<b>Rejected</b><br>8,406 videos<br>21.9\u00a0% of 38,412"
    assert made["layout"]["xaxis"]["ticktext"] == ["Accepted", "Rejected", "No decision"]
    assert made["layout"]["yaxis"]["range"][0] == 0


def test_more_than_ten_bars_are_not_labelled():
    declared = metric(drawing.Bars(label="label", value="value"), LABEL, VALUE)
    rows = [{"label": f"n{place}", "value": place} for place in range(11)]
    assert "text" not in figure(declared, Result(rows, n=55))["data"][0]
    assert "text" in figure(declared, Result(rows[:10], n=45))["data"][0]


def test_a_name_that_looks_like_a_known_value_stays_as_it_is():
    declared = metric(
        drawing.Bars(label="queue", value="value"), Column("queue", "Queue", "text"), VALUE
    )
    made = figure(declared, Result([{"queue": "none", "value": 3}], n=3))
    assert made["layout"]["xaxis"]["ticktext"] == ["none"]


def test_many_names_on_a_horizontal_axis_end_in_one_bar():
    declared = metric(drawing.Bars(label="label", value="value", horizontal=True), LABEL, VALUE)
    rows = [{"label": f"queue {place:02d}", "value": 100 - place} for place in range(20)]
    made = figure(declared, Result(rows, n=1810))
    assert made["data"][0]["x"][:2] == [100, 99]
    assert made["data"][0]["x"][-1] == sum(100 - place for place in range(12, 20))
    assert made["layout"]["yaxis"]["ticktext"][-1] == "8 others"
    # The first stands at the top.
    assert made["layout"]["yaxis"]["range"] == [12.5, -0.5]


def test_a_ring_has_the_first_share_in_its_middle():
    declared = metric(
        drawing.Pie(label="status", value="value", color_family="status"),
        Column("status", "Status", "text"),
        VALUE,
    )
    rows = [{"status": "completed", "value": 3}, {"status": "partial", "value": 1}]
    made = figure(declared, Result(rows, n=4))
    assert made["data"][0]["values"] == [3, 1]
    assert made["data"][0]["hole"] == 0.7
    assert "75.0\u00a0%" in made["layout"]["annotations"][0]["text"]
    assert "completed" in made["layout"]["annotations"][0]["text"]


def test_the_ring_of_sound_leaves_the_unknown_to_the_bars():
    declared = METRICS["sound-status"]
    rows = [
        {"sound": "muted", "videos": 58, "share": 0.58},
        {"sound": "unmuted", "videos": 42, "share": 0.42},
        {"sound": "unknown", "videos": 5, "share": None},
    ]
    ring, bars = figure(declared, Result(rows, n=105))["data"]
    assert ring["values"] == [58, 42]
    assert bars["y"] == [58, 42, 5]
    assert bars["hovertext"][2] == "<b>Unknown</b><br>5 videos<br>5.0\u00a0% of 100"


def test_a_histogram_stacks_its_kinds_at_the_middle_of_each_bin():
    declared = METRICS["idle-time"]
    rows = [
        {"kind": kind, "from_seconds": start, "to_seconds": start + 15, "intervals": n}
        for kind, ns in (("inactivity", (3, 2)), ("pause", (1, 0)))
        for start, n in zip((0, 15), ns, strict=True)
    ]
    made = figure(declared, Result(rows, n=6))
    assert [trace["x"] for trace in made["data"]] == [[7.5, 22.5], [7.5, 22.5]]
    assert [trace["y"] for trace in made["data"]] == [[3, 2], [1, 0]]
    assert made["layout"]["barmode"] == "stack"
    assert made["layout"]["xaxis"]["title"]["text"] == "Length, min:s (steps of 15\u00a0s)"
    assert (
        made["data"][1]["hovertext"][0] == "<b>0:00–0:15</b><br>Pause: 1 interval<br>4 of all kinds"
    )


def test_columns_and_a_rate_on_its_own_axis():
    declared = METRICS["review-by-day"]
    row = {
        "day": date(2026, 11, 20), "sessions": 2, "moderators": 1, "videos": 10, "accepted": 6,
        "rejected": 2, "none": 2, "reject_rate": 0.25, "active_seconds": 60.0,
        "handle_seconds": 7.5,
    }  # fmt: skip
    empty = row | {
        "day": date(2026, 11, 21), "videos": 0, "accepted": 0, "rejected": 0, "none": 0,
        "reject_rate": None, "handle_seconds": None,
    }  # fmt: skip
    made = figure(declared, Result([row, empty], n=10))
    *columns, line = made["data"]
    assert [trace["name"] for trace in columns] == ["Accepted", "Rejected", "No decision"]
    assert line["y"] == [0.25, None]
    assert line["yaxis"] == "y2"
    assert made["layout"]["yaxis2"]["overlaying"] == "y"
    assert made["layout"]["yaxis2"]["title"]["text"] == "Reject rate, %"
    assert "20\u00a0Nov\u00a02026" in columns[0]["hovertext"][0]
    assert "Reject rate: —" in columns[0]["hovertext"][1]


def session_rows(count, start=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)):
    return [
        {
            "session": f"s{place}",
            "moderator": "ann",
            "started_at": start + timedelta(hours=place),
            "unique_videos": place,
        }
        for place in range(count)
    ]


def test_a_dot_a_session_and_the_running_mean():
    made = figure(METRICS["unique-videos-per-session"], Result(session_rows(30), n=30))
    dots, line = made["data"]
    assert dots["mode"] == "markers"
    assert dots["x"][0] == "2026-03-01 23:30:00"
    assert dots["hovertext"][3].startswith("<b>s3</b><br>ann<br>")
    # The mean of sessions 0 to 3 stands at the first, that of 12 to 18 in the middle.
    assert line["y"][0] == 1.5
    assert line["y"][15] == 15


def test_times_on_the_axis_are_in_the_project_s_time_zone(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    made = figure(METRICS["unique-videos-per-session"], Result(session_rows(1), n=1))
    assert made["data"][0]["x"] == ["2026-03-02 08:30:00"]


def test_a_condensed_line_has_the_range_of_each_day():
    declared = METRICS["unique-videos-per-session"]
    rows = [
        {"day": date(2026, 3, 1), "sessions": 300, "mean": 12.5, "low": 1, "high": 40},
        {"day": date(2026, 3, 2), "sessions": 301, "mean": 13.0, "low": 2, "high": 41},
    ]
    made = figure(declared, Result(rows, n=601, condensed=True))
    high, low, mean = made["data"]
    assert (high["y"], low["y"], mean["y"]) == ([40, 41], [1, 2], [12.5, 13.0])
    assert low["fill"] == "tonexty"
    assert mean["hovertext"][0] == (
        "<b>Sun 1\u00a0Mar\u00a02026</b><br>mean 12.5<br>from 1 to 40<br>300 sessions"
    )
    assert [
        column.name for column in result_columns(declared, Result(rows, condensed=True))
    ] == list(rows[0])


def test_the_reference_speed_is_a_dashed_line():
    declared = METRICS["playback-speed-per-session"]
    row = {"session": "s", "moderator": "ann", "started_at": datetime(2026, 3, 1, tzinfo=UTC), "average_speed": 1.5}  # fmt: skip  # noqa: E501
    shape = figure(declared, Result([row], n=1))["layout"]["shapes"][0]
    assert (shape["y0"], shape["y1"], shape["line"]["dash"]) == (1, 1, "dash")


def test_a_line_a_queue_the_busiest_on_top():
    declared = METRICS["queue-by-day"]
    rows = [
        {"day": date(2026, 3, 1), "queue": "Spam", "assignments": 1, "items": 5},
        {"day": date(2026, 3, 1), "queue": "Minors", "assignments": 2, "items": 9},
        {"day": date(2026, 3, 3), "queue": "Spam", "assignments": 1, "items": 1},
    ]
    made = figure(declared, Result(rows, n=15))
    assert [(trace["name"], trace["y"]) for trace in made["data"]] == [
        ("Spam", [5, 1]),
        ("Minors", [9]),
    ]
    assert made["data"][0]["x"] == ["2026-03-01", "2026-03-03"]


def lines_of(queues, seen=()):
    rows = [
        {"day": date(2026, 3, 1), "queue": queue, "assignments": 1, "items": 99 - n}
        for n, queue in enumerate(queues)
    ]
    made = figure(METRICS["queue-by-day"], Result(rows, n=42, seen=seen))
    return {trace["name"]: trace["line"] for trace in made["data"]}


def test_lines_are_dashed_when_colours_run_out_then_grey():
    drawn = lines_of([f"q{n}" for n in range(17)])
    assert drawn["q0"] == {"color": Palette()["series"], "width": 2.0, "dash": "solid"}
    assert drawn["q5"] == {"color": Palette()["series"], "width": 2.0, "dash": "dash"}
    assert drawn["q16"] == {"color": Palette()["none"], "width": 1.0, "dash": "solid"}
    assert len({(line["color"], line["dash"]) for line in drawn.values()}) == 16


def test_a_queue_keeps_its_colour_whatever_is_shown():
    seen = ("Appeals", "Minors", "Spam")
    whole, filtered = lines_of(["Spam", "Minors", "Appeals"], seen), lines_of(["Spam"], seen)
    assert whole["Spam"] == filtered["Spam"]
    # What was never seen comes after all that were.
    assert lines_of(["new", "Spam"], seen)["new"]["color"] == Palette()["other-3"]


def test_a_status_keeps_its_colour_whatever_is_shown():
    seen = ("completed", "skipped", "later")
    whole = Palette().colors_of("status", ["completed", "later", "new", "skipped"], seen)
    [later] = Palette().colors_of("status", ["later"], seen)
    assert [color.name for color in whole] == ["completed", "other-2", "other-3", "other-1"]
    assert later == whole[1]


def test_a_type_of_recommendation_keeps_its_colour_whatever_is_shown():
    seen = ("article", "video", "quiz", "link", "course", "game")
    whole = Palette().colors_of("", ["article", "game", "quiz"], seen)
    assert [(color.name, color.pattern) for color in whole] == [
        ("series", ""),
        ("series", "."),
        ("other-2", ""),
    ]
    assert Palette().colors_of("", ["quiz"], seen) == whole[2:]


def test_a_target_is_a_dashed_line_within_the_axis():
    rows = [{"month": "2026-03", "sessions": 4, "average_rating": 3.1}]
    layout = figure(METRICS["rating-by-month"], Result(rows, n=4, target=4.0))["layout"]
    assert layout["shapes"][0]["label"]["text"] == "Target 4.0"
    low, high = layout["yaxis"]["range"]
    assert low < 3.1
    assert high > 4.0
    assert "shapes" not in figure(METRICS["rating-by-month"], Result(rows, n=4))["layout"]


@pytest.mark.parametrize(
    ("values", "first", "last", "ticks"),
    [
        ([3.52, 3.64, 4.0], 3.4, 4.0, 4),
        ([4.0], 3.5, 4.5, 3),
        ([0.0], 0.0, 1.0, 3),
        ([None, 5.0, 5.01], 5.0, 5.01, 3),
        ([120.0, 980.0], 0.0, 1000.0, 3),
    ],
)
def test_an_axis_of_averages_has_three_ticks_or_more(values, first, last, ticks):
    axis = range_around(values)
    step = axis["dtick"]
    assert axis["range"] == pytest.approx([first - 0.15 * step, last + 0.15 * step])
    assert round((last - first) / step) + 1 >= ticks
    assert range_around([None]) == {}


@pytest.mark.parametrize(("sessions", "window"), [(3, 3), (20, 5), (41, 11), (999, 25)])
def test_the_running_mean_leaves_something_to_see(sessions, window):
    assert window_size(sessions) == window


def test_many_upright_bars_have_names_in_two_lines():
    rows = [{"bucket": f"<= {n} min", "sessions": n} for n in range(9)]
    made = figure(METRICS["session-duration"], Result(rows, n=9))
    assert made["layout"]["xaxis"]["ticktext"][1] == "&lt;= 1<br>min"


def test_the_gauge_shows_range_average_and_target():
    declared = METRICS["click-through-rate"]
    row = {"minimum": 0.25, "average": 0.5, "maximum": 0.75, "recommendations": 600}
    made = figure(declared, Result([row], {"target": 0.6}, n=600))
    text, marks = made["data"]
    assert text["text"] == ["50.0\u00a0%"]
    # From the left end round to it: 0, 20, 40, 60, 80 and 100 %.
    assert marks["x"][::3] == pytest.approx([-1, -0.809, -0.309, 0.309, 0.809, 1], abs=1e-3)
    assert marks["y"][::3] == pytest.approx([0, 0.588, 0.951, 0.951, 0.588, 0], abs=1e-3)
    ring, band, bar, target = made["layout"]["shapes"]
    assert ring["path"].startswith("M -1.00000,0.00000 C ")
    # A quarter and three quarters of the half circle are an eighth and three eighths of a turn.
    assert band["path"].startswith("M -0.70711,0.70711 C ")
    assert "0.70711,0.70711 L 0.53033,0.53033 C " in band["path"]
    assert bar["path"].startswith("M -0.92750,0.00000 C ")
    assert "0.00000,0.92750 L 0.00000,0.82250 C " in bar["path"]
    # 60 %: 108 degrees from the left.
    assert (target["x0"], target["y0"]) == pytest.approx((0.2356, 0.7252), abs=1e-4)
    assert (target["x1"], target["y1"]) == pytest.approx((0.3052, 0.9392), abs=1e-4)
    caption, *labels = made["layout"]["annotations"]
    assert caption["text"] == ("least 25.0\u00a0% · greatest 75.0\u00a0% · target 60.0\u00a0%")
    assert [label["text"] for label in labels] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    without = figure(declared, Result([row], {"target": None}, n=600))
    assert without["layout"]["shapes"] == [ring, band, bar]
    unknown = figure(declared, Result([], {"target": None}, n=0))
    assert unknown["layout"]["shapes"] == [ring]


@pytest.mark.parametrize(
    ("greatest", "values"),
    [
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (13, [0, 5, 10]),
        (0.07, [0, 0.02, 0.04, 0.06]),
    ],
)
def test_the_marks_of_a_gauge_are_round_numbers(greatest, values):
    assert tick_values(greatest) == pytest.approx(values)


def test_an_arc_stays_on_its_circle():
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", arc(0.2, 0.9, 1))]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    start = place(0.2, 1)
    for first, second, end in zip(points[::3], points[1::3], points[2::3], strict=True):
        # The middle of the curve.
        axes = zip(start, first, second, end, strict=True)
        middle = [(a + 3 * b + 3 * c + d) / 8 for a, b, c, d in axes]
        assert math.hypot(*middle) == pytest.approx(1, abs=2e-5)
        start = end


def test_the_scatter_has_the_least_squares_line():
    declared = METRICS["moderator-performance"]
    rows = [
        {
            "moderator": name,
            "sessions_moderated": x,
            "average_response_minutes": y,
            "average_satisfaction": None,
        }
        for name, x, y in (("ann", 1, 1.0), ("bob", 2, 3.0), ("cid", 3, 2.0))
    ]
    dots, fit = figure(declared, Result(rows, {}, n=3))["data"]
    assert dots["x"] == [1, 2, 3]
    # Slope 1/2 through the mean (2, 2).
    assert fit["x"] == [1, 3]
    assert fit["y"] == pytest.approx([1.5, 2.5])
    same = [row | {"sessions_moderated": 2} for row in rows]
    assert len(figure(declared, Result(same, {}, n=3))["data"]) == 1


def test_the_running_mean_takes_fewer_values_at_the_ends():
    assert running_mean([1, 2, 3, 4, 10], 3) == [1.5, 2, 3, pytest.approx(17 / 3), 7]
    assert running_mean([], 25) == []
