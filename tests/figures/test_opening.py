"""What the points of figures open: every one leads to a number of its metric."""

from datetime import date, timedelta

import pytest

from analytics.access import PORTAL
from analytics.figures import figure, is_chart
from analytics.figures.opening import opens, opens_steps
from analytics.figures.over_days import with_steps
from analytics.metrics.drawing import Gauge, SessionLine
from analytics.metrics.grains import Step
from analytics.metrics.registry import METRICS
from analytics.metrics.row_keys import column_opens
from analytics.models import ChatSession
from analytics.presentation.over_time import over_time
from analytics.rows.kinds import record_list
from analytics.rows.selection import select
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.reviewed import write_march

CHARTS = [slug for slug, metric in METRICS.items() if is_chart(metric.drawing)]
#: Their dots are people or sessions, whose pages they open.
OF_PAGES = (
    "moderator-comparison",
    "speed-and-care",
    "moderator-performance",
    "unique-videos-per-session",
    "playback-speed-per-session",
)


def test_a_point_has_its_keys_and_its_column():
    rows = [{"decision": "accepted", "videos": 3}, {"decision": "none", "videos": 0}]
    assert opens(METRICS["decisions"], "videos", rows) == {
        "customdata": [["accepted"], ["none"]],
        "meta": {"params": {"column": "videos"}, "keys": ["decision"]},
        "hovertemplate": "%{hovertext}<br><i>Click to open</i><extra></extra>",
    }


def test_a_point_of_several_rows_opens_the_table():
    opened = opens(METRICS["queues"], "items", [{"queue": "Spam"}, None])
    assert opened["customdata"] == [["Spam"], None]
    assert opened["hovertemplate"] == [
        "%{hovertext}<br><i>Click to open</i><extra></extra>",
        "%{hovertext}<br><i>Click for the table</i><extra></extra>",
    ]
    assert opens(METRICS["moderator-review"], "reject_low", [{"moderator": "alice"}]) == {}


def test_a_condensed_point_opens_its_day():
    rows = [{"day": date(2026, 3, 4), "sessions": 600, "mean": 2.5}]
    opened = opens(METRICS["unique-videos-per-session"], "unique_videos", rows)
    assert opened["customdata"] == [["2026-03-04", "2026-03-04"]]
    assert opened["meta"]["keys"] == ["start", "end"]


def test_steps_open_their_days_of_their_metric_or_another():
    steps = [Step(date(2026, 3, 2), date(2026, 3, 8), False, "Week 10")]
    own = opens_steps(steps, {"column": "reject_rate"})
    assert own["customdata"] == [["2026-03-02", "2026-03-08"]]
    assert own["meta"] == {"params": {"column": "reject_rate"}, "keys": ["start", "end"]}
    params = {"status": "completed", "column": "share"}
    assert opens_steps(steps, params, metric="video-status")["meta"]["metric"] == "video-status"
    assert opens_steps(steps, {}) == {}


def value_axis(trace):
    return "x" if trace.get("orientation") == "h" else "y"


def expect_opens_what_it_draws(metric, drawn):
    """The traces whose points open, when the records of the first of each are its value."""
    pointed = [trace for trace in drawn["data"] if "customdata" in trace]
    for trace in pointed:
        amounts = trace["values" if trace["type"] == "pie" else value_axis(trace)]
        assert column_opens(metric, trace["meta"]["params"]["column"])
        if trace["meta"]["params"]["column"] == getattr(metric.drawing, "n", None):
            continue  # What has no records of its own opens what it rests on.
        for keys, amount in list(zip(trace["customdata"], amounts, strict=True))[:4]:
            values = dict(zip(trace["meta"]["keys"], keys, strict=True)) | trace["meta"]["params"]
            with snapshot():
                assert record_list(select(metric, values, PORTAL)).shown == pytest.approx(amount)
    return pointed


@pytest.mark.parametrize("slug", [slug for slug in CHARTS if slug not in OF_PAGES])
def test_every_chart_opens_the_numbers_that_it_draws(db, slug):
    write_march()
    metric = METRICS[slug]
    with snapshot():
        drawn = figure(metric, metric(Scope(PORTAL)))
    pointed = expect_opens_what_it_draws(metric, drawn)
    drawn_column = getattr(metric.drawing, "value", "")
    opens = not drawn_column or column_opens(metric, drawn_column)
    is_gauge = isinstance(metric.drawing, Gauge)
    assert pointed or not opens or not metric(Scope(PORTAL)).rows or is_gauge


OVER_TIME = [(slug, grain) for slug, metric in METRICS.items() for grain in metric.grains]


@pytest.mark.parametrize(("slug", "grain"), OVER_TIME)
def test_a_day_week_or_month_opens_what_it_draws(db, slug, grain):
    write_march()
    for number, rating in enumerate((3, 6, None, 1)):
        ChatSession.objects.create(
            session_id=f"c{number}",
            user_id="u",
            length_minutes=1,
            messages_sent=1,
            feedback_rating=rating,
            date=date(2026, 2, 27) + timedelta(days=number),
        )
    metric = METRICS[slug]
    scope = Scope(PORTAL)
    with snapshot():
        over = over_time(metric, metric(scope), scope, grain, today=date(2030, 1, 1))
        drawn = with_steps(figure(over.metric, over.result), over.steps)
    assert over.steps
    if isinstance(metric.drawing, SessionLine):
        # A mean of sessions opens these.
        line = drawn["data"][-1]
        values = dict(zip(line["meta"]["keys"], line["customdata"][0], strict=True))
        values |= line["meta"]["params"]
        with snapshot():
            opened = select(METRICS[line["meta"]["metric"]], values, PORTAL)
            assert record_list(opened).shown == over.result.rows[0]["sessions"]
        return
    value = getattr(metric.drawing, "value", "") or metric.drawing.line
    opened = value if column_opens(metric, value) else metric.drawing.n
    pointed = expect_opens_what_it_draws(metric, drawn)
    assert pointed[-1]["meta"]["params"]["column"] == opened
