"""Coaching on checked accuracy: who is named, in which words, and who is not."""

import random
from datetime import date, timedelta

import pytest

from analytics.access import PORTAL
from analytics.insights.accuracy import people_by_accuracy
from analytics.insights.coaching import coach
from analytics.insights.registry import FindingData
from analytics.metrics.registry import METRICS
from analytics.models import QualityCheck, SampledView
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from tests.factory import NOON, write_sessions
from tests.quality.world import plain_session

pytestmark = pytest.mark.django_db
PEOPLE = ("ann", "ben", "cem", "dan", "eve", "fay", "gus", "han")
SCOPE = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 30))


@pytest.fixture
def checked(lea):
    """Sixty decisions of each of eight people, all checked: of ann's half are wrong, else a few."""
    write_sessions(
        [
            plain_session(
                f"{name}-{number}",
                name,
                NOON + timedelta(days=number),
                [(f"{name}-{number}-{view}", "a", "Spam") for view in range(10)],
            )
            for name in PEOPLE
            for number in range(6)
        ]
    )
    sample = draw_sample(SampleDesign("random", SCOPE, size=480), by=lea)
    generator = random.Random(1)
    views = SampledView.objects.filter(sample=sample).order_by("session", "position")
    QualityCheck.objects.bulk_create(
        QualityCheck(
            sampled=view,
            session_id=view.session_id,
            position=view.position,
            video=view.video,
            decision=view.decision,
            verdict="rejected"
            if generator.random() < (0.5 if view.session_id.startswith("ann") else 0.05)
            else "accepted",
            checked_by=lea,
        )
        for view in views
    )


def test_who_is_wrong_far_more_often_is_named_with_their_own_limits(checked):
    [person] = people_by_accuracy(FindingData(SCOPE))

    assert (person.moderator, person.measure, person.n, person.sessions) == (
        "ann",
        "accuracy",
        60,
        6,
    )
    assert person.value < person.low < person.expected
    assert person.sentence.startswith("Coach ann: ")
    said = person.sentence.replace("\xa0", " ")
    assert "of 60 checked decisions were right. In the same queues and weeks" in said
    rows = {row["moderator"]: row for row in METRICS["quality-by-moderator"](SCOPE).rows}
    assert (rows["ann"]["accuracy_outside"], rows["ann"]["accuracy_low"]) == (True, person.low)
    others = [row["accuracy_outside"] for name, row in rows.items() if name != "ann"]
    assert others == [False] * 7


def test_accuracy_leads_to_coaching(checked):
    finding = coach(FindingData(SCOPE))

    assert finding.level == "act"
    assert finding.sentence == "Coach ann: accuracy."
    assert [person.moderator for person in finding.people] == ["ann"]


def test_without_checks_nobody_is_named(db):
    assert people_by_accuracy(FindingData(SCOPE)) == []
