"""The metrics of chat sessions, recommendations and moderators' performance."""

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from analytics.access import PORTAL, Forbidden, ScopeError
from analytics.metrics.moderators import correlation, fisher_interval
from analytics.metrics.registry import METRICS
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
    Target,
)
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
GROUPS = ("engagement", "recommendations", "moderators")
DAY = date(2024, 1, 31)
EVERYTHING = Scope(PORTAL)


class Person:
    """A viewer who is not the portal itself."""

    def __init__(self, moderator=None):
        self.sees_everyone = False
        self.is_portal_admin = False
        self.moderator = moderator


def chat(number, **values):
    defaults = {"date": DAY, "user_id": "U1", "length_minutes": 10, "messages_sent": 4}
    return ChatSession.objects.create(session_id=f"S{number}", **(defaults | values))


def recommendation(number, kind, rate, feedback=None, **values):
    return Recommendation.objects.create(
        recommendation_id=f"R{number}",
        recommendation_type=kind,
        click_through_rate=rate,
        feedback_score=feedback,
        **({"date": DAY} | values),
    )


def performed(username, sessions, response, satisfaction=None, day=DAY):
    moderator, _new = Moderator.objects.get_or_create(username=username)
    return ModeratorPerformance.objects.create(
        moderator=moderator,
        date=day,
        sessions_moderated=sessions,
        average_response_time=response,
        satisfaction_score=satisfaction,
    )


def rows_of(slug, scope=EVERYTHING):
    return METRICS[slug](scope).rows


def approximately(value):
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["report", "report-aliases"])
def test_the_samples_give_the_expected_figures(folder, capsys):
    for kind in ("user-activity", "recommendations", "moderator-performance"):
        call_command("import_csv", kind, str(SAMPLES / folder / f"{kind}.csv"))
    expected = json.loads((SAMPLES / "expected-report.json").read_text(encoding="utf-8"))
    scopes = {
        "all": EVERYTHING,
        "first_quarter": Scope(PORTAL, start=date(2024, 1, 1), end=date(2024, 3, 31)),
    }
    compared = 0
    for name, metrics in expected[folder].items():
        for slug, figures in metrics.items():
            if slug.endswith(".summary"):
                found = METRICS[slug.removesuffix(".summary")](scopes[name]).summary
                assert {key: found[key] for key in figures} == {
                    key: approximately(value) for key, value in figures.items()
                }
                continue
            rows = rows_of(slug, scopes[name])
            if slug in ("activity-summary", "click-through-rate", "moderator-summary"):
                found_rows, figures = {"": rows[0]}, {"": figures}
            else:
                first = next(iter(rows[0]))
                found_rows = {str(row.pop(first)): row for row in rows}
            assert list(found_rows) == list(figures)
            for key, row in figures.items():
                assert found_rows[key] == {each: approximately(v) for each, v in row.items()}
                compared += 1
    assert compared > 100


@pytest.mark.django_db
def test_rows_have_the_columns_in_order():
    chat(1, feedback_rating=4)
    recommendation(1, "blog", 0.5)
    performed("ann", 3, 5.5)
    for declared in METRICS.values():
        if declared.group in GROUPS:
            result = declared(EVERYTHING)
            assert [list(row) for row in result.rows] == [[c.name for c in declared.columns]]
            assert list(result.summary or {}) == [c.name for c in declared.summary_columns]
            assert result.n is not None


@pytest.mark.django_db
def test_nothing_is_null_and_not_0():
    assert rows_of("activity-summary") == [
        {
            "sessions": 0,
            "average_length_minutes": None,
            "average_messages": None,
            "average_rating": None,
            "rated_sessions": 0,
            "resources_clicked": 0,
        }
    ]
    assert rows_of("moderator-summary") == [
        {
            "moderators": 0,
            "sessions_moderated": 0,
            "average_response_minutes": None,
            "average_satisfaction": None,
            "weighted_response_minutes": None,
            "weighted_satisfaction": None,
        }
    ]
    assert rows_of("click-through-rate") == [
        {"minimum": None, "average": None, "maximum": None, "recommendations": 0}
    ]
    for slug in ("activity-by-rating", "rating-by-month", "recommendation-effectiveness"):
        assert rows_of(slug) == []
    empty = METRICS["moderator-performance"](EVERYTHING)
    assert (empty.rows, empty.summary) == ([], {"n": 0, "r": None, "r_low": None, "r_high": None})


@pytest.mark.django_db
def test_activity_counts_unrated_sessions_in_everything_but_the_rating():
    chat(1, feedback_rating=2, length_minutes=10, messages_sent=1, resources_clicked=3)
    chat(2, feedback_rating=5, length_minutes=20.5, messages_sent=2)
    chat(3, length_minutes=1, messages_sent=5)
    result = METRICS["activity-summary"](EVERYTHING)
    assert result.rows == [
        {
            "sessions": 3,
            "average_length_minutes": 10.5,
            "average_messages": pytest.approx(8 / 3),
            "average_rating": 3.5,
            "rated_sessions": 2,
            "resources_clicked": 3,
        }
    ]
    assert [note.replace("\N{NO-BREAK SPACE}", " ") for note in result.notes] == [
        "1 session has no rating.",
        "2 sessions have no number of resources clicked.",
    ]
    assert rows_of("activity-by-rating") == [
        {"rating": 2, "sessions": 1, "average_length_minutes": 10.0, "average_messages": 1.0},
        {"rating": 5, "sessions": 1, "average_length_minutes": 20.5, "average_messages": 2.0},
    ]


@pytest.mark.django_db
def test_months_are_those_with_rated_sessions():
    chat(1, feedback_rating=2, date=date(2024, 1, 31))
    chat(2, feedback_rating=3, date=date(2024, 1, 1))
    chat(3, date=date(2024, 2, 10))
    chat(4, feedback_rating=6, date=date(2024, 3, 1))
    assert rows_of("rating-by-month") == [
        {"month": "2024-01", "sessions": 2, "average_rating": 2.5},
        {"month": "2024-03", "sessions": 1, "average_rating": 6.0},
    ]
    from_mid_month = Scope(PORTAL, start=date(2024, 1, 15))
    assert METRICS["rating-by-month"](from_mid_month).notes == [
        "Jan\u00a02024 counts from 15\u00a0Jan on."
    ]


@pytest.mark.django_db
def test_dates_are_inclusive():
    for number, day in enumerate((date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3))):
        chat(number, date=day)
        recommendation(number, "blog", 0.5, date=day)
        performed("ann", 1, 1.0, day=day)
    scope = Scope(PORTAL, start=date(2024, 1, 1), end=date(2024, 1, 2))
    assert rows_of("activity-summary", scope)[0]["sessions"] == 2
    assert rows_of("click-through-rate", scope)[0]["recommendations"] == 2
    assert rows_of("moderator-summary", scope)[0]["sessions_moderated"] == 2


@pytest.mark.django_db
def test_recommendations():
    recommendation(1, "video", 0.1, 4)
    recommendation(2, "video", 0.3)
    recommendation(3, "blog", 1.0)
    recommendation(4, "Überall".lower(), 0.0, 0)
    effectiveness = METRICS["recommendation-effectiveness"](EVERYTHING)
    assert effectiveness.rows == [
        {"type": "blog", "recommendations": 1, "average_ctr": 1.0, "average_feedback": None},
        {"type": "video", "recommendations": 2, "average_ctr": 0.2, "average_feedback": 4.0},
        {"type": "überall", "recommendations": 1, "average_ctr": 0.0, "average_feedback": 0.0},
    ]
    assert effectiveness.n == 4
    assert rows_of("recommendation-mix") == [
        {"type": "blog", "recommendations": 1, "share": 0.25},
        {"type": "video", "recommendations": 2, "share": 0.5},
        {"type": "überall", "recommendations": 1, "share": 0.25},
    ]
    gauge = METRICS["click-through-rate"](EVERYTHING)
    assert gauge.rows == [
        {"minimum": 0.0, "average": pytest.approx(0.35), "maximum": 1.0, "recommendations": 4}
    ]
    assert gauge.summary == {"target": 0.6}
    Target.objects.filter(figure="average_ctr").update(value=0.7)
    assert METRICS["click-through-rate"](EVERYTHING).summary == {"target": 0.7}
    Target.objects.all().delete()
    assert METRICS["click-through-rate"](EVERYTHING).summary == {"target": None}


@pytest.mark.django_db
def test_plain_and_weighted_means():
    performed("ann", 10, 4.0, 5.0)
    performed("ann", 30, 8.0, None, day=date(2024, 2, 1))
    performed("bob", 0, 99.0, 1.0)
    assert rows_of("moderator-summary") == [
        {
            "moderators": 2,
            "sessions_moderated": 40,
            "average_response_minutes": 37.0,
            "average_satisfaction": 3.0,
            "weighted_response_minutes": 7.0,
            "weighted_satisfaction": 5.0,
        }
    ]
    assert rows_of("moderator-performance") == [
        {
            "moderator": "ann",
            "sessions_moderated": 40,
            "average_response_minutes": 6.0,
            "average_satisfaction": 5.0,
        },
        {
            "moderator": "bob",
            "sessions_moderated": 0,
            "average_response_minutes": 99.0,
            "average_satisfaction": 1.0,
        },
    ]
    bob = Scope(PORTAL, moderator=Moderator.objects.get(username="bob"))
    summary = rows_of("moderator-summary", bob)[0]
    assert summary["weighted_response_minutes"] is None
    assert [row["moderator"] for row in rows_of("moderator-performance", bob)] == ["bob"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("points", "r"),
    [
        ([], None),
        ([(1, 2.0), (2, 3.0), (3, 5.0)], None),
        ([(1, 1.0), (1, 2.0), (1, 3.0), (1, 4.0)], None),
        ([(1, 2.0), (2, 2.0), (3, 2.0), (4, 2.0)], None),
        ([(1, 2.0), (2, 1.0), (3, 4.0), (4, 3.0)], 0.6),
    ],
)
def test_correlation_over_the_moderators(points, r):
    for number, (sessions, response) in enumerate(points):
        performed(f"m{number}", sessions, response)
    summary = METRICS["moderator-performance"](EVERYTHING).summary
    assert summary["n"] == len(points)
    assert summary["r"] == (None if r is None else pytest.approx(r))
    if r is None:
        assert (summary["r_low"], summary["r_high"]) == (None, None)
    else:
        # atanh(0.6) = 0.6931; 1.95996 / sqrt(1) either side; tanh(-1.2668), tanh(2.6531)
        assert summary["r_low"] == pytest.approx(-0.8529, abs=1e-4)
        assert summary["r_high"] == pytest.approx(0.9901, abs=1e-4)


def test_fisher_interval_of_a_perfect_line_and_of_too_few():
    assert fisher_interval(1.0, 10) == (1.0, 1.0)
    assert fisher_interval(0.5, 3) == (None, None)
    assert fisher_interval(None, 30) == (None, None)
    assert correlation([1.0], [2.0]) is None


@given(st.floats(-0.999, 0.999), st.integers(4, 10_000))
def test_fisher_interval_holds_r(r, n):
    low, high = fisher_interval(r, n)
    assert -1 <= low <= r <= high <= 1
    assert not math.isclose(low, high)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "queries"),
    [
        ("activity-summary", 1),
        ("activity-by-rating", 2),
        ("rating-by-month", 2),
        ("recommendation-effectiveness", 2),
        ("recommendation-mix", 2),
        ("click-through-rate", 2),
        ("moderator-summary", 1),
        ("moderator-performance", 1),
    ],
)
def test_queries(slug, queries, django_assert_num_queries):
    for number in range(3):
        chat(number, feedback_rating=number + 1)
        recommendation(number, f"type {number}", 0.5)
        performed(f"m{number}", 1, 1.0)
    with snapshot():
        assert current_state().version
        with django_assert_num_queries(queries):
            METRICS[slug](EVERYTHING)
        with django_assert_num_queries(0):
            METRICS[slug](EVERYTHING)


@pytest.mark.django_db
def test_who_may_ask():
    for number in range(5):
        performed(f"m{number}", 10, 5.0 + number)
    own = Moderator.objects.get(username="m2")
    moderator = Person(own)
    month = {"start": "2024-01-01", "end": "2024-01-31"}
    for group in ("activity-summary", "recommendation-mix"):
        accepts = METRICS[group].parameters
        with pytest.raises(Forbidden):
            Scope.parse(month, moderator, accepts=accepts)
        METRICS[group](Scope.parse(month | {"team": "true"}, moderator, accepts=accepts))
    accepts = METRICS["moderator-performance"].parameters
    mine = Scope.parse({}, moderator, accepts=accepts)
    assert [row["moderator"] for row in rows_of("moderator-performance", mine)] == ["m2"]
    team = Scope.parse(month | {"team": "true"}, moderator, accepts=accepts)
    for slug in ("moderator-summary", "moderator-performance"):
        with pytest.raises(Forbidden):
            METRICS[slug](team)
    with pytest.raises(ScopeError):
        METRICS["activity-summary"](Scope(PORTAL, moderator=own))


@pytest.mark.django_db
def test_what_has_no_rating_is_counted_in_a_note():
    for number, rating in enumerate((4, 5, None)):
        chat(number, feedback_rating=rating)
        recommendation(number, "video", 0.5, rating)
    assert METRICS["activity-by-rating"](EVERYTHING).notes == ["1\u00a0session has no rating."]
    (note,) = METRICS["recommendation-effectiveness"](EVERYTHING).notes
    assert note.startswith("1\u00a0recommendation has no ")


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "notes"), [(1, 0), (2, 1), (31, 1)])
def test_a_month_that_is_cut_short_says_so(day, notes):
    chat(1, feedback_rating=4)
    scope = Scope(PORTAL, start=date(2024, 1, day), end=DAY)
    assert len(METRICS["rating-by-month"](scope).notes) == notes
    assert METRICS["rating-by-month"](replace(scope, end=date(2024, 1, 1), start=DAY)).notes == []
