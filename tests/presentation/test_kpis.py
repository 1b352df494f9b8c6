"""The strip of figures: words, changes, trends and targets."""

import pytest

from analytics.access import PORTAL
from analytics.metrics.results import Result
from analytics.models import Target
from analytics.presentation.kpis import (
    KINDS,
    REVIEW_KPIS,
    Kpi,
    Periods,
    column_value,
    render_kpis,
)
from analytics.scope import Scope

NOW = {
    "sessions": 12, "moderators": 1, "videos": 400, "unique_videos": 350, "accepted": 60,
    "rejected": 20, "logged_seconds": 7200, "idle_seconds": 720.0, "active_seconds": 6480.0,
    "handle_seconds": 41.84,
}  # fmt: skip
BEFORE = {**NOW, "sessions": 10, "handle_seconds": 44.71, "idle_seconds": 648.0}


WATCHED = [
    {"status": "completed", "videos": 300, "share": 0.75},
    {"status": "partial", "videos": 100, "share": 0.25},
]
SCOPE = Scope(PORTAL)


def lines(kpi):
    return [footnote.text for footnote in kpi.footnotes]


def shown(now=NOW, before=BEFORE, days=(), reasons=None):
    results = {
        "review-summary": Result([now], n=now["sessions"]),
        "video-status": Result(WATCHED, n=400),
    }
    if days:
        results["review-by-day"] = Result(list(days), n=1)
    earlier = {"review-summary": Result([before], n=1)} if before else {}
    periods = Periods(SCOPE, results, earlier, reasons=reasons or {})
    return {figure.label: figure for figure in render_kpis(REVIEW_KPIS, periods)}


def test_figures_in_words_with_their_changes():
    figures = shown()
    assert list(figures) == [
        "Review sessions", "Videos viewed", "Reject rate", "Completion", "Handle time",
        "Idle share",
    ]  # fmt: skip
    sessions = figures["Review sessions"]
    assert (sessions.value, sessions.unit, lines(sessions)) == ("12", "", ["1\u00a0moderator"])
    assert (sessions.change.arrow, sessions.change.words, sessions.against) == (
        "▲", "20.0\u00a0%", "10",
    )  # fmt: skip
    rejects = figures["Reject rate"]
    assert (rejects.value, rejects.unit) == ("25.0", "%")
    assert lines(rejects) == ["20 of 80 decided"]
    completion = figures["Completion"]
    assert (completion.value, lines(completion)) == (
        "75.0",
        ["300\u00a0videos watched to the end"],
    )
    handle = figures["Handle time"]
    assert (handle.value, handle.unit) == ("41.8", "s")
    assert handle.change.words == "2.9\u00a0s"
    assert handle.against == "44.7\u00a0s"
    idle = figures["Idle share"]
    assert (idle.value, idle.unit) == ("10.0", "%")
    assert idle.change.words == "1.0\u00a0pts"
    assert lines(idle) == ["12\u00a0min\u00a000\u00a0s of 2\u00a0h\u00a000\u00a0min"]


def test_a_change_is_that_of_the_figures_as_they_are_shown():
    figures = shown(now={**NOW, "handle_seconds": 41.84}, before={**NOW, "handle_seconds": 42.06})
    assert (figures["Handle time"].value, figures["Handle time"].against) == ("41.8", "42.1\u00a0s")
    assert figures["Handle time"].change.words == "0.3\u00a0s"


def test_without_an_earlier_period_there_is_no_change():
    assert all(figure.change is None for figure in shown(before=None).values())


def test_what_can_not_be_compared_says_why():
    reason = {"review-summary": "data begin on 29\u00a0July"}
    sessions = shown(before=None, reasons=reason)["Review sessions"]
    assert sessions.note == "No comparison"
    assert lines(sessions) == ["data begin on 29\u00a0July", "1\u00a0moderator"]


@pytest.mark.parametrize(
    ("kind", "low", "high", "words"),
    [
        ("seconds", 0.71, 3.14, "95\u00a0%: 0.7–3.1\u00a0s"),
        ("seconds", -3.14, -0.71, "95\u00a0%: 0.7–3.1\u00a0s"),
        ("share", -0.006, 0.011, "95\u00a0%: \u22120.6 to 1.1\u00a0pts"),
        ("average", -0.2, 0.111, "95\u00a0%: \u22120.20 to 0.11"),
    ],
)
def test_intervals_of_changes_in_words(kind, low, high, words):
    assert KINDS[kind].interval(low, high) == words


def test_nothing_is_unknown_and_no_zero():
    empty = dict.fromkeys(NOW, 0) | {"handle_seconds": None}
    figures = shown(now=empty, before=None)
    assert figures["Review sessions"].value == "0"
    assert figures["Handle time"].value == "—"
    assert figures["Idle share"].value == "—"
    assert figures["Reject rate"].value == "—"
    assert lines(figures["Reject rate"]) == ["no decisions"]


def test_the_course_is_by_day_with_gaps_where_nothing_is_known():
    days = [{"sessions": n, "handle_seconds": s} for n, s in ((1, 5.0), (3, None), (2, 6.0))]
    figures = shown(days=days)
    assert figures["Review sessions"].sparkline.points.count(",") == 3
    assert figures["Handle time"].sparkline.points.count(",") == 2
    assert figures["Idle share"].sparkline is None


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
        maximum=6,
    )
    now = {"review-summary": Result([{"handle_seconds": 3.0}], n=1)}
    made = render_kpis([figure], Periods(SCOPE, now))[0]
    assert (made.target.share, made.target.mark) == (0.5, pytest.approx(4 / 6))
    assert lines(made) == ["Target 4"]


def test_a_figure_whose_metric_failed_is_left_out():
    assert render_kpis(REVIEW_KPIS, Periods(SCOPE, {})) == []
