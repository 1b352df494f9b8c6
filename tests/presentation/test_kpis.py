"""The strip of figures: words, changes, courses and targets."""

import pytest

from analytics.metrics.results import Result
from analytics.models import Target
from analytics.presentation.kpis import (
    REVIEW_FIGURES,
    Kpi,
    column_value,
    render_kpis,
)

NOW = {
    "sessions": 12, "moderators": 1, "videos": 400, "unique_videos": 350, "accepted": 60,
    "rejected": 20, "logged_seconds": 7200, "idle_seconds": 720.0, "active_seconds": 6480.0,
    "handle_seconds": 41.84,
}  # fmt: skip
BEFORE = {**NOW, "sessions": 10, "handle_seconds": 44.71, "idle_seconds": 648.0}


def shown(now=NOW, before=BEFORE, days=()):
    results = {"review-summary": Result([now], n=now["sessions"])}
    if days:
        results["review-by-day"] = Result(list(days), n=1)
    earlier = {"review-summary": Result([before], n=1)} if before else {}
    return {figure.label: figure for figure in render_kpis(REVIEW_FIGURES, results, earlier)}


def test_figures_in_words_with_their_changes():
    figures = shown()
    assert list(figures) == [
        "Sessions", "Videos viewed", "Accepted", "Rejected", "Handle time", "Idle time",
    ]  # fmt: skip
    sessions = figures["Sessions"]
    assert (sessions.value, sessions.unit, sessions.footnotes) == ("12", "", ["1\u00a0moderator"])
    assert (sessions.change.arrow, sessions.change.words, sessions.against) == (
        "▲", "20.0\u00a0%", "10",
    )  # fmt: skip
    assert figures["Accepted"].footnotes == ["75.0\u00a0% of 80 decided"]
    handle = figures["Handle time"]
    assert (handle.value, handle.unit) == ("41.8", "s")
    assert handle.change.words == "2.9\u00a0s, better"
    assert handle.against == "44.7\u00a0s"
    idle = figures["Idle time"]
    assert (idle.value, idle.unit) == ("10.0", "%")
    assert idle.change.words == "1.0\u00a0pts, worse"
    assert idle.footnotes == ["12\u00a0min\u00a000\u00a0s of 2\u00a0h\u00a000\u00a0min"]


def test_without_an_earlier_period_there_is_no_change():
    assert all(figure.change is None for figure in shown(before=None).values())


def test_nothing_is_unknown_and_no_zero():
    empty = dict.fromkeys(NOW, 0) | {"handle_seconds": None}
    figures = shown(now=empty, before=None)
    assert figures["Sessions"].value == "0"
    assert figures["Handle time"].value == "—"
    assert figures["Idle time"].value == "—"
    assert figures["Accepted"].footnotes == ["no decisions"]


def test_the_course_is_by_day_with_gaps_where_nothing_is_known():
    days = [{"sessions": n, "handle_seconds": s} for n, s in ((1, 5.0), (3, None), (2, 6.0))]
    figures = shown(days=days)
    assert figures["Sessions"].sparkline.points.count(",") == 3
    assert figures["Handle time"].sparkline.points.count(",") == 2
    assert figures["Idle time"].sparkline is None


@pytest.mark.django_db
def test_a_target_is_a_mark_and_a_footnote():
    Target.objects.update_or_create(
        figure="made-up",
        defaults={"label": "Made up", "value": 4.0, "direction": Target.Direction.HIGHER},
    )
    figure = Kpi(
        "Rating",
        "review-summary",
        column_value("handle_seconds"),
        kind="average",
        target="made-up",
        most=6,
    )
    made = render_kpis([figure], {"review-summary": Result([{"handle_seconds": 3.0}], n=1)}, {})[0]
    assert (made.target.share, made.target.mark) == (0.5, pytest.approx(4 / 6))
    assert made.footnotes == ["Target 4"]


def test_a_figure_whose_metric_failed_is_left_out():
    assert render_kpis(REVIEW_FIGURES, {}, {}) == []
