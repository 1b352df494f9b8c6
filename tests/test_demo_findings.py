"""The insights find each thing that the demo's data hold, name its people, and nobody else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.demo import loading
from analytics.demo.world import DAYS, GROWTH, NEWCOMER, POLICY, SPAM, STORIES, WAVE
from analytics.insights import insights
from analytics.insights.findings import Finding
from analytics.insights.timelines import queue_timelines, timelines
from analytics.presentation.findings import changes_over_time
from analytics.scope import Scope

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
LAST = date(2026, 11, 19)
FIRST = date(2026, 11, 20) - timedelta(days=DAYS - 1)
EVERYTHING = Scope(PORTAL, end=LAST)
THIRTEEN_WEEKS = Scope(PORTAL, start=LAST - timedelta(days=90), end=LAST)
FOUR_WEEKS = Scope(PORTAL, start=LAST - timedelta(days=27), end=LAST)

TRUTH = {
    (slug, measure, name)
    for story in STORIES
    for name in story.people
    for slug, measure in story.found_by
}
#: The looks at a week and at four weeks with which somebody who is new begins.
FIRST_WEEK = Scope(PORTAL, start=FIRST + timedelta(days=70), end=FIRST + timedelta(days=76))
FIRST_FOUR_WEEKS = Scope(PORTAL, start=FIRST + timedelta(days=52), end=FIRST + timedelta(days=79))
#: What four weeks can't show: she began before them.
TOO_EARLY = {entry for entry in TRUTH if entry[2] == NEWCOMER}


def named(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {
        (found.slug, person.measure, person.moderator)
        for found in findings
        for person in found.people
    }


def levels(findings: list[Finding]) -> dict[str, str]:
    return {found.slug: found.level for found in findings if found.slug.endswith("-changes")}


def test_each_thing_of_the_demo_is_found_and_nothing_else():
    loading.load(NOW, lambda done, sessions: None)
    for scope in (EVERYTHING, THIRTEEN_WEEKS):
        found = insights(scope)
        assert named(found) == TRUTH
        assert levels(found) == {
            "reject-rate-changes": "note",
            "handle-time-changes": "note",
            "completion-changes": "note",
            "queue-changes": "watch",
        }
        assert_events(scope)
        assert_noted(found)
        assert [each.slug for each in changes_over_time(scope)] == [
            POLICY.found_by,
            WAVE.found_by,
        ]
    found = insights(FOUR_WEEKS)
    assert named(found) == TRUTH - TOO_EARLY
    assert set(levels(found).values()) == {"note"}
    assert changes_over_time(FOUR_WEEKS) == []
    assert named(insights(Scope(PORTAL, start=LAST - timedelta(days=6), end=LAST))) <= TRUTH
    for scope in (FIRST_WEEK, FIRST_FOUR_WEEKS):
        found = insights(scope)
        assert named(found) <= TRUTH
        (new,) = (each for each in found if each.slug == "newcomers")
        assert new.sentence.startswith(f"{NEWCOMER} is new and still slower than others")


def assert_noted(found: list[Finding]) -> None:
    """What people noted stands beside the changes that it explains."""
    evidence = {each.slug: " ".join((each.evidence, *each.details)) for each in found}
    assert "Policy 4.2: stricter about reuploads" in evidence[POLICY.found_by]
    assert "Spam wave from one network" in evidence[WAVE.found_by]


def assert_events(scope: Scope) -> None:
    """The policy, the wave and the growth, with their days, and no other change."""
    measures, queues = timelines(scope), queue_timelines(scope)
    changes = {
        name: (len(line.shifts), len(line.waves), line.growth is not None)
        for name, line in {**measures, **queues}.items()
        if line.shifts or line.waves or line.growth or line.single_days_outside
    }
    assert changes == {
        POLICY.found_by.removesuffix("-changes").replace("-", "_"): (1, 0, False),
        SPAM: (0, 1, False),
        "Appeals": (0, 0, True),
    }
    (shift,) = measures["reject_rate"].shifts
    assert abs((shift.day - FIRST).days - POLICY.first) <= 3
    assert shift.stayed
    assert (shift.before, shift.after) == pytest.approx((0.255, 0.355), abs=0.02)
    (wave,) = queues[SPAM].waves
    assert [(day - FIRST).days for day in (wave.first, wave.last)] == [WAVE.first, WAVE.last]
    assert wave.level > 3 * wave.usual
    growth = queues["Appeals"].growth
    assert growth.rises
    assert growth.low < 45 < growth.high
    assert GROWTH.found_by == WAVE.found_by == "queue-changes"
