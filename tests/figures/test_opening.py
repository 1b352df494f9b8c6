"""What the points of figures open: every one leads to a number of its metric."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.figures import figure, is_chart
from analytics.figures.opening import opens, opens_days
from analytics.metrics.drawing import Gauge
from analytics.metrics.registry import METRICS
from analytics.metrics.row_keys import column_opens
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


def test_a_point_of_several_rows_opens_nothing():
    opened = opens(METRICS["queues"], "items", [{"queue": "Spam"}, None])
    assert opened["customdata"] == [["Spam"], None]
    assert opened["hovertemplate"] == [
        "%{hovertext}<br><i>Click to open</i><extra></extra>",
        "%{hovertext}<extra></extra>",
    ]
    assert opens(METRICS["moderator-review"], "reject_low", [{"moderator": "alice"}]) == {}


def test_a_condensed_point_opens_its_day():
    rows = [{"day": date(2026, 3, 4), "sessions": 600, "mean": 2.5}]
    opened = opens(METRICS["unique-videos-per-session"], "unique_videos", rows)
    assert opened["customdata"] == [["2026-03-04", "2026-03-04"]]
    assert opened["meta"]["keys"] == ["start", "end"]


def test_days_are_keys_of_their_metric_and_the_scope_of_another():
    days = [date(2026, 3, 4)]
    own = opens_days(days, {"column": "reject_rate"})
    assert (own["customdata"], own["meta"]["keys"]) == ([["2026-03-04"]], ["day"])
    other = opens_days(days, {"status": "completed", "column": "share"}, metric="video-status")
    assert other["meta"]["keys"] == ["start", "end"]
    assert other["meta"]["metric"] == "video-status"
    assert opens_days(days, {}) == {}


def value_axis(trace):
    return "x" if trace.get("orientation") == "h" else "y"


@pytest.mark.parametrize("slug", [slug for slug in CHARTS if slug not in OF_PAGES])
def test_every_chart_opens_the_numbers_that_it_draws(db, slug):
    write_march()
    metric = METRICS[slug]
    with snapshot():
        drawn = figure(metric, metric(Scope(PORTAL)))
    pointed = [trace for trace in drawn["data"] if "customdata" in trace]
    for trace in pointed:
        amounts = trace["values" if trace["type"] == "pie" else value_axis(trace)]
        assert column_opens(metric, trace["meta"]["params"]["column"])
        for keys, amount in list(zip(trace["customdata"], amounts, strict=True))[:4]:
            values = dict(zip(trace["meta"]["keys"], keys, strict=True)) | trace["meta"]["params"]
            with snapshot():
                assert record_list(select(metric, values, PORTAL)).shown == amount
    drawn_column = getattr(metric.drawing, "value", "")
    opens = not drawn_column or column_opens(metric, drawn_column)
    is_gauge = isinstance(metric.drawing, Gauge)
    assert pointed or not opens or not metric(Scope(PORTAL)).rows or is_gauge
