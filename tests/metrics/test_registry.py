"""The registry: declarations that explain themselves, and the page made from them."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command
from django.template import Context, Template

from analytics.access import PORTAL, ScopeError
from analytics.checks import check_metrics, check_time_zone
from analytics.metrics.registry import (
    METRICS,
    group_names,
    metric,
    metrics_of_group,
    unwrap_paragraphs,
)
from analytics.metrics.results import Result
from analytics.models import SummaryState
from analytics.scope import Scope
from tests.reviewed import write_march

REVIEW = {
    *("review-summary", "video-status", "session-duration", "idle-time", "idle-summary"),
    *("unique-videos", "unique-videos-per-session", "decisions", "sound-status"),
    *("playback-speeds", "playback-speed-per-session", "queues", "queue-details"),
    *("review-by-day", "queue-by-day", "moderator-review"),
}


def test_the_sixteen_metrics_of_the_review_are_declared() -> None:
    assert {declared.slug for declared in metrics_of_group("review")} >= REVIEW
    assert group_names()[0] == "review"


def test_declarations_have_no_errors() -> None:
    assert check_metrics() == []


def test_a_slug_is_declared_once() -> None:
    first = METRICS["decisions"]
    declare = metric(
        title="Again", group="review", columns=(), drawing=first.drawing, counted="videos"
    )
    with pytest.raises(ValueError, match="two metrics are named decisions"):
        declare(first.compute)


@pytest.mark.django_db
def test_rows_have_the_declared_columns_in_order() -> None:
    session = write_march()["alice-1"]
    for declared in metrics_of_group("review"):
        scope = Scope(PORTAL, session=session) if declared.needs else Scope(PORTAL)
        result = declared(scope)
        names = [column.name for column in declared.columns]
        assert result.rows, declared.slug
        assert {tuple(row) for row in result.rows} == {tuple(names)}, declared.slug
        summary = [column.name for column in declared.summary_columns]
        assert list(result.summary or {}) == summary, declared.slug


@pytest.mark.django_db
def test_a_metric_says_what_it_needs() -> None:
    with pytest.raises(ScopeError, match="session: queue-details needs a session"):
        METRICS["queue-details"](Scope(PORTAL))


@pytest.mark.django_db
def test_a_changed_time_zone_is_an_error(settings) -> None:
    assert check_time_zone(databases=["default"]) == []
    SummaryState.objects.update(time_zone="Asia/Tokyo")
    (error,) = check_time_zone(databases=["default"])
    assert error.id == "analytics.E005"
    assert "summaries rebuild" in error.hint


def test_the_reference_is_up_to_date() -> None:
    call_command("document_metrics", "--check")


@pytest.mark.django_db
@pytest.mark.parametrize(("points", "condensed"), [(500, False), (501, True)])
def test_a_chart_of_more_than_five_hundred_points_is_condensed(points, condensed) -> None:
    declared = replace(
        METRICS["unique-videos-per-session"],
        compute=lambda scope: Result([{"session": "s"}], n=points),
        condensed_compute=lambda scope: Result([{"day": "d"}], n=points),
    )
    drawn = declared.for_chart(Scope(PORTAL))
    assert drawn.condensed is condensed
    assert drawn.rows == [{"day": "d"} if condensed else {"session": "s"}]


def test_templates_show_a_metric_and_do_not_call_it() -> None:
    template = Template("{{ metric.title }}")
    assert template.render(Context({"metric": METRICS["decisions"]})) == "Decisions"


def test_a_metric_has_no_card_where_nothing_is_known_of_its_names() -> None:
    named = replace(METRICS["decisions"], named_by="reason")
    unknown, known = {"reason": None}, {"reason": "Policy 4"}
    assert named.has_card(Result([unknown, known]))
    assert not named.has_card(Result([unknown, unknown]))
    assert METRICS["decisions"].has_card(Result([]))


def test_a_metric_names_the_parameters_that_it_takes() -> None:
    declared = replace(METRICS["decisions"], parameters=("moderator", "end"))
    with pytest.raises(ScopeError, match="start: decisions takes moderator, end only"):
        declared.check(Scope(PORTAL, start=date(2026, 3, 1)))
    declared.check(Scope(PORTAL, end=date(2026, 3, 1)))


def test_each_paragraph_of_a_definition_is_a_line() -> None:
    assert unwrap_paragraphs("One\n  two.\n\nThree\nfour.") == "One two.\n\nThree four."
