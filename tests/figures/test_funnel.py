"""The funnel, and the four fields of speed against care: dots, limits, who is named."""

import math

import pytest

from analytics.figures import figure, get_rendering
from analytics.figures.four_fields import care_words, speed_words
from analytics.figures.funnel import SHARE_SCALE, TIME_SCALE
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result

FUNNEL, FIELDS = METRICS["moderator-comparison"], METRICS["speed-and-care"]


def person(name, videos, value, *, expected=0.3, half=0.1, outside=False):
    """A row whose every measure is the same."""
    row = {"moderator": name, "sessions": 10, "videos": videos}
    for measure, factor in (("reject_rate", 1), ("completion_rate", 1), ("handle_seconds", 100)):
        limits = (None, None, None)
        if outside is not None:
            limits = (expected * factor, (expected - half) * factor, (expected + half) * factor)
        row[measure] = value * factor
        for of, limit in zip(("expected", "low", "high"), limits, strict=True):
            row[f"{measure}_{of}"] = limit
        row[f"{measure}_outside"] = outside
    return row


ROWS = [
    person("ann", 100, 0.3, half=0.2),
    person("bob", 400, 0.3, half=0.1),
    person("cleo <b>", 900, 0.6, half=0.08, outside=True),
    person("dora", 100, 0.25, expected=0.25, half=0.2),
    person("few", 20, 0.5, outside=None),
]


def drawn(rows=tuple(ROWS)):
    # Each decides half of what they watch, and a tenth of it in sessions of known duration.
    videos = [row["videos"] for row in rows]
    amounts = {
        "reject_rate": [n // 2 for n in videos],
        "completion_rate": videos,
        "handle_seconds": [n // 10 for n in videos],
    }
    return figure(FUNNEL, Result(list(rows), n=len(rows), amounts=amounts))


def traces_of(made, mode):
    return [trace for trace in made["data"] if trace["mode"] == mode]


def test_each_person_is_a_dot_and_who_is_outside_is_named():
    made = drawn()
    few, within = traces_of(made, "markers")
    (outside,) = traces_of(made, "markers+text")
    assert few["customdata"] == ["few"]
    assert within["customdata"] == ["ann", "bob", "dora"]
    assert outside["customdata"] == ["cleo <b>"]
    assert outside["text"] == ["cleo &lt;b&gt;"]
    assert outside["marker"]["symbol"] == "diamond"
    assert within["x"] == [50, 200, 50]
    assert made["layout"]["xaxis"]["title"]["text"] == "Decided videos"
    assert made["layout"]["meta"]["opens"] == "person"


def test_a_dot_is_what_the_value_would_be_in_the_teams_mix():
    # Everybody together: (30 + 120 + 540 + 25 + 10) / 1520 rejected.
    team = 725 / 1520
    (within,) = [t for t in traces_of(drawn(), "markers") if "ann" in t["customdata"]]
    # Who has what is expected, of whatever mix, is where the team is.
    assert within["y"] == pytest.approx([team, team, team])
    hover = within["hovertext"][0].replace("\u00a0", " ")
    assert hover.startswith(
        "<b>ann</b><br>47.7 % for the same queues<br>30.0 % of 50 decided videos<br>"
    )
    assert hover.endswith("expected 30.0 %, limits 10.0 % to 50.0 %")


def test_as_it_is_has_values_and_no_limits():
    raw = drawn()["layout"]["meta"]["variants"][0]
    (within,) = [t for t in traces_of(raw, "markers") if "ann" in t["customdata"]]
    assert within["y"] == [0.3, 0.3, 0.25]
    assert len(traces_of(raw, "lines")) == 1  # the team's
    assert "for the same queues" not in within["hovertext"][0]


def test_the_limits_narrow_with_work_and_follow_peoples_own():
    lower, upper = traces_of(drawn(), "lines")[:2]
    assert upper["fill"] == "tonexty"
    widths = [high - low for low, high in zip(lower["y"], upper["y"], strict=True)]
    assert widths == sorted(widths, reverse=True)
    assert len(lower["x"]) == 60
    assert (lower["x"][0], lower["x"][-1]) == pytest.approx((50, 477))


def test_with_few_judged_there_is_no_band():
    made = drawn([ROWS[0], ROWS[4]])
    assert len(traces_of(made, "lines")) == 1
    assert drawn([ROWS[4]])["data"][0]["mode"] == "lines"


def test_every_choice_has_its_figure():
    choices = get_rendering(FUNNEL.drawing).variants(FUNNEL.drawing, FUNNEL)
    assert choices == (
        ("Reject rate", "Completion rate", "Handle time"),
        ("Same queues", "As it is"),
    )
    variants = drawn()["layout"]["meta"]["variants"]
    assert len(variants) == math.prod(map(len, choices)) - 1
    times = variants[3]["layout"]
    assert times["yaxis"]["title"]["text"] == "Handle time, s, same queues"
    assert times["xaxis"]["title"]["text"] == "Decided videos in sessions of known duration"
    assert times["xaxis"]["range"] == [0, pytest.approx(95.4)]


@pytest.mark.parametrize("scale", [SHARE_SCALE, TIME_SCALE])
@pytest.mark.parametrize("value", [0.01, 0.3, 1.0])
def test_a_scale_leads_back(scale, value):
    assert scale.back(scale.to(value)) == pytest.approx(value)


def place(name, slower, less, flag):
    return {
        "moderator": name, "videos": 500, "handle_seconds": 40.0, "time_difference": slower,
        "completion_rate": 0.7, "completion_difference": less, "fast_without_care": flag,
    }  # fmt: skip


PLACES = [
    place("ann", 0.2, 0.05, False),
    place("bob", -0.4, -0.5, True),
    place("few", None, None, None),
]


def test_of_one_video_the_hover_speaks_in_the_singular():
    row = person("few", 1, 1.0, outside=None)
    amounts = {name: [1] for name in ("reject_rate", "completion_rate", "handle_seconds")}
    made = figure(FUNNEL, Result([row], n=1, amounts=amounts))
    (few,) = traces_of(made, "markers")
    assert few["hovertext"][0].split("<br>")[1].endswith(" of 1 decided video")


def test_four_fields_name_only_who_is_fast_without_care():
    made = figure(FIELDS, Result(PLACES, n=3))
    dots, flagged = made["data"]
    assert (dots["customdata"], dots["x"], dots["y"]) == (["ann"], [0.2], [0.05])
    assert (flagged["mode"], flagged["text"], flagged["x"]) == ("markers+text", ["bob"], [-0.4])
    (hover,) = flagged["hovertext"]
    assert hover.split("<br>") == [
        "<b>bob</b>", "40% faster than expected", "completes 50.0 points less than expected",
        "500 videos",
    ]  # fmt: skip
    (shaded,) = made["layout"]["shapes"]
    assert (shaded["x1"], shaded["y1"]) == (0, 0)
    assert shaded["x0"] == made["layout"]["xaxis"]["range"][0] < -0.4
    words = [each["text"] for each in made["layout"]["annotations"]]
    assert words == [
        "faster,<br>completes more", "slower,<br>completes more", "faster,<br>completes less",
        "slower,<br>completes less",
    ]  # fmt: skip


BOX = {"time_low": -0.3, "time_high": 0.5, "completion_low": -0.2, "completion_high": 0.1}


def test_what_is_ordinary_is_a_box_and_who_lies_outside_has_a_name():
    rows = [PLACES[0], {**PLACES[0], "moderator": "slow", "time_difference": 0.9}, *PLACES[1:]]
    made = figure(FIELDS, Result(rows, summary=BOX, n=4))
    _shaded, box = made["layout"]["shapes"]
    assert [box[end] for end in ("x0", "x1", "y0", "y1")] == [-0.3, 0.5, -0.2, 0.1]
    dots, flagged = made["data"]
    assert (dots["mode"], dots["text"]) == ("markers+text", ["", "slow"])
    assert flagged["text"] == ["bob"]


def test_the_box_has_room_where_everybody_is_near():
    made = figure(FIELDS, Result(PLACES[:1], summary={**BOX, "time_high": 3.0}, n=1))
    assert made["layout"]["xaxis"]["range"][1] > 3.0
    assert made["data"][0]["mode"] == "markers"


def test_the_legend_of_the_fields_counts():
    legend = get_rendering(FIELDS.drawing).legend(FIELDS.drawing, FIELDS, Result(PLACES))
    assert legend == [
        ("within", "ordinary, slower or faster", "1"),
        ("act", "faster and completes less", "1"),
        ("few", "not judged, not drawn", "1"),
    ]


@pytest.mark.parametrize(
    ("difference", "speed", "care"),
    [
        (0.004, "as fast as expected", "completes 0.4 points more than expected"),
        (-0.0004, "as fast as expected", "completes as much as expected"),
        (-0.03, "3% faster than expected", "completes 3.0 points less than expected"),
    ],
)
def test_a_difference_that_rounds_to_zero_has_no_direction(difference, speed, care):
    assert (speed_words(difference), care_words(difference)) == (speed, care)
