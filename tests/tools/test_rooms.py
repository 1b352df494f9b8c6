"""The picture of the rooms: how arrows are chosen, and that docs/architecture.md has the newest."""

from graphlib import CycleError

import pytest

from tools import rooms


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("analytics.metrics.review", "analytics.metrics"),
        ("analytics.scope", "analytics.scope"),
        ("analytics", "analytics"),
        ("accounts.models", "accounts"),
        ("moderation_portal.settings", "moderation_portal"),
        ("moderation_portal.postgres.server", "moderation_portal.postgres"),
    ],
)
def test_a_module_belongs_to_a_room(module, room):
    assert rooms.room_of(module) == room


def test_an_arrow_that_others_imply_is_left_out():
    imports = {"web": {"cards", "metrics"}, "cards": {"metrics"}, "metrics": set()}

    assert rooms.without_implied(imports) == {
        "web": {"cards"},
        "cards": {"metrics"},
        "metrics": set(),
    }


def test_a_circle_is_an_error():
    with pytest.raises(CycleError):
        rooms.without_implied({"web": {"cards"}, "cards": {"web"}})


def test_the_picture_is_a_flowchart_from_the_top():
    imports = {"analytics.metrics": set(), "analytics.web": {"analytics.metrics"}}

    assert rooms.mermaid(imports).splitlines() == [
        "```mermaid",
        "flowchart TD",
        '    analytics_web["web"]',
        '    analytics_metrics["metrics"]',
        "    analytics_web --> analytics_metrics",
        "```",
    ]


def test_the_page_has_the_newest_picture():
    page = rooms.PAGE.read_text()

    assert page == rooms.redrawn(page), "docs/architecture.md is not up to date: run `make docs`"


def test_the_page_explains_every_room():
    page = rooms.PAGE.read_text()

    for room in rooms.arrows():
        assert f"`{room.replace('.', '/')}" in page, f"docs/architecture.md has no row for {room}"
