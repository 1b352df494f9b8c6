"""The system checks find declarations of metrics that contradict themselves."""

from dataclasses import replace

import pytest
from django.core.checks import INFO

from analytics.checks import check_routers, check_video_url, check_video_url_is_set, metric_errors
from analytics.metrics.drawing import Bars, ColumnsAndLine
from analytics.metrics.registry import METRICS


def ids(declared):
    return [message.id for message in metric_errors(declared)]


class AnotherRouter:
    """One that chooses nothing."""


def test_only_the_router_that_compares_versions_is_allowed(settings):
    assert check_routers() == []
    settings.DATABASE_ROUTERS = ["tests.test_checks.AnotherRouter"]

    assert [message.id for message in check_routers()] == ["analytics.E008"]


def test_every_declared_metric_is_in_order():
    assert [message for declared in METRICS.values() for message in metric_errors(declared)] == []


def test_a_metric_needs_a_definition():
    assert ids(replace(METRICS["decisions"], definition="")) == ["analytics.E001"]


def test_a_column_has_a_name_of_its_own():
    declared = METRICS["decisions"]

    assert ids(replace(declared, columns=(*declared.columns, declared.columns[0]))) == [
        "analytics.E002"
    ]


def test_a_drawing_names_columns_of_the_metric():
    drawing = Bars(label="decision", value="view", share="part", color_family="decision")

    messages = list(metric_errors(replace(METRICS["decisions"], drawing=drawing)))

    assert [message.msg for message in messages] == [
        "metric decisions draws 'view', which is none of its columns",
        "metric decisions draws 'part', which is none of its columns",
    ]
    assert messages[0].hint == "Its columns are decision, videos, share."


def test_each_name_of_a_list_is_a_column():
    drawing = ColumnsAndLine(time="day", stack=("accepted", "refused"), line="reject_rate")

    messages = list(metric_errors(replace(METRICS["review-by-day"], drawing=drawing)))

    assert [message.msg for message in messages] == [
        "metric review-by-day draws 'refused', which is none of its columns"
    ]


def test_a_column_says_what_it_counts():
    declared = METRICS["decisions"]
    bare = replace(declared.columns[1], records=None)
    twice = replace(declared.columns[2], without_records="It is a share.")

    messages = list(metric_errors(replace(declared, columns=(bare, twice))))

    assert [message.msg for message in messages if message.id == "analytics.E006"] == [
        "metric decisions does not say what 'videos' counts",
        "metric decisions does not say what 'share' counts",
    ]


def test_what_is_needed_is_taken():
    assert ids(replace(METRICS["decisions"], needs=("colour",))) == ["analytics.E004"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", ""),
        ("https://review.example.org/watch/{video}", ""),
        ("https://review.example.org:8443/watch?v={video}&from=portal", ""),
        ("http://review.example.org/{video}", "is not an https address"),
        ("javascript:alert({video})", "is not an https address"),
        ("//review.example.org/{video}", "is not an https address"),
        ("https:///watch/{video}", "is not an https address"),
        ("https://{video}.example.org/", "does not have {video} once, after the host"),
        ("https://review.example.org/watch", "does not have {video} once, after the host"),
        ("https://example.org/{video}/{video}", "does not have {video} once, after the host"),
        ("https://example.org/ {video}", "holds a character that no address has"),
        ('https://example.org/"{video}', "holds a character that no address has"),
        ("https://[example.org/{video}", "is no address"),
    ],
)
def test_the_address_of_videos(settings, address, reason):
    settings.VIDEO_URL = address
    found = [message.msg for message in check_video_url()]
    assert found == ([f"VIDEO_URL {reason}"] if reason else [])


def test_an_address_of_videos_that_is_not_set_is_named_before_deployment(settings):
    settings.VIDEO_URL = ""
    [message] = check_video_url_is_set()
    assert (message.id, message.level) == ("analytics.I001", INFO)
    assert "VIDEO_URL is not set" in message.msg
    settings.VIDEO_URL = "https://review.example.org/{video}"
    assert check_video_url_is_set() == []
