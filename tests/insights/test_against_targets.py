"""Averages held to their targets; intervals computed by hand from Student's table."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.insights import FINDINGS
from analytics.insights.registry import FindingData
from analytics.models import TARGET_FIGURES, Moderator, Target
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, finding_of, plain, spread_around
from tests.insights.test_people import stored, work

pytestmark = pytest.mark.django_db

# Student's t, two-sided 95 %, by degrees of freedom.
T_9, T_19 = 2.262157, 2.093024


def rated(report, ratings):
    report.chats(*({"feedback_rating": rating} for rating in ratings))


@pytest.mark.parametrize(
    ("ratings", "level", "sentence"),
    [
        ([5, 4] * 10, "good", "Feedback rating averages 4.50 and meets its target of 4.00."),
        ([4] * 10, "good", "Feedback rating averages 4.00 and meets its target of 4.00."),
        ([3, 2] * 10, "act", "Feedback rating averages 2.50, below its target of 4.00."),
        ([3] * 10, "act", "Feedback rating averages 3.00, below its target of 4.00."),
        (
            [6, 1] * 5 + [4] * 10,
            "note",
            (
                "Feedback rating averages 3.75, below its target of 4.00, but the difference may be"
                " chance."
            ),
        ),
    ],
)
def test_rating(report, ratings, level, sentence):
    rated(report, ratings)
    found = finding_of("rating-target")
    assert (found.level, plain(found.sentence)) == (level, sentence)
    assert found.n == len(ratings)
    assert found.interval is not None


def test_the_interval_is_students(report):
    rated(report, [3, 2] * 10)
    found = finding_of("rating-target")
    # sd = sqrt(20 * 0.25 / 19), standard error sd / sqrt(20)
    half = T_19 * (20 * 0.25 / 19) ** 0.5 / 20**0.5
    assert found.interval.low == pytest.approx(2.5 - half, rel=1e-5)
    assert found.interval.high == pytest.approx(2.5 + half, rel=1e-5)
    assert plain(found.evidence) == "2.50 (95 % 2.26–2.74), target 4.00, n = 20 rated sessions"


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few(report, n):
    rated(report, [1] * n)
    report.recommendations("blog", *({} for _ in range(n)))
    for slug in ("rating-target", "length-target", "messages-target", "click-through-target"):
        found = finding_of(slug)
        assert (found.level, found.n, found.interval) == ("too-few", n, None)
        assert found.sentence.startswith("Too little data on ")
        assert f"n = {n} " in found.evidence


def test_length_and_messages(report):
    report.chats(*({"length_minutes": v} for v in spread_around(58.7, 10, 20)))
    length = finding_of("length-target")
    assert (length.level, plain(length.sentence)) == (
        "note",
        (
            "Session length averages 58.7 min, below its target of 60.0 min, but the difference may"
            " be chance."
        ),
    )
    assert length.interval.high == pytest.approx(58.7 + T_19 * 10 / 20**0.5, rel=1e-5)
    messages = finding_of("messages-target")
    # Equal values say nothing of how much others would vary.
    assert (messages.level, plain(messages.sentence), messages.interval) == (
        "note",
        "Number of messages averages 5.0, below its target of 20.0; all values are equal.",
        None,
    )


def test_click_through(report):
    report.recommendations("blog", *({"click_through_rate": v} for v in [0.5, 0.54] * 5))
    found = finding_of("click-through-target")
    assert (found.level, plain(found.sentence)) == (
        "act",
        "Click-through rate averages 52.0 %, below its target of 60.0 %.",
    )
    half = T_9 * (0.02**2 * 10 / 9) ** 0.5 / 10**0.5
    assert found.interval.low == pytest.approx(0.52 - half, rel=1e-5)
    assert plain(found.evidence) == "52.0 % (95 % 50.5–53.5), target 60.0 %, n = 10 recommendations"


def test_response_and_satisfaction_count_sessions_moderated(report):
    for place, (response, satisfaction) in enumerate([(15.0, 4.5), (14.0, 4.4), (16.0, 4.6)]):
        report.performed(f"m{place}", 100 * (place + 1), response, satisfaction)
    response = finding_of("response-target")
    assert (response.level, response.n) == ("act", 600)
    assert (
        plain(response.sentence) == "Response time averages 15.0 min, above its target of 10.0 min."
    )
    # By sessions: (1500 + 2800 + 4800) / 600; t with 2 degrees of freedom 4.302653, sd 1
    assert response.numbers["mean_by_sessions"] == pytest.approx(9100 / 600)
    assert response.interval.high == pytest.approx(15 + 4.302653 / 3**0.5, rel=1e-5)
    satisfaction = finding_of("satisfaction-target")
    assert (satisfaction.level, plain(satisfaction.sentence)) == (
        "good",
        "Satisfaction averages 4.50 and meets its target of 4.00.",
    )


def test_few_sessions_in_many_rows_are_few(report):
    for place in range(12):
        report.performed(f"m{place}", 0 if place else 9, 15.0, 2.0)
    assert finding_of("response-target").level == "too-few"
    assert finding_of("response-target").n == 9


def test_one_row_gives_no_interval_whatever_its_sessions(report):
    report.performed("ann", 5000, 15.0, 2.0)
    found = finding_of("satisfaction-target")
    assert (found.level, found.n) == ("too-few", 5000)
    assert "two rows are needed to know how much they vary" in found.evidence


def test_one_moderators_own(report):
    report.performed("ann", 50, 15.0)
    report.performed("ann", 50, 16.0, day=date(2026, 3, 12))
    report.performed("bob", 50, 1.0)
    ann = Scope(PORTAL, moderator=Moderator.objects.get(username="ann"))
    assert finding_of("response-target", ann).numbers["mean"] == 15.5


def test_an_edited_target_shows_at_once(report):
    rated(report, [3, 2] * 10)
    assert finding_of("rating-target").level == "act"
    Target.objects.filter(figure="average_rating").update(value=2.5)
    assert finding_of("rating-target").level == "good"
    Target.objects.filter(figure="average_rating").update(value=2.0, direction="lower")
    found = finding_of("rating-target")
    assert (found.level, found.sentence) == (
        "act",
        "Feedback rating averages 2.50, above its target of 2.00.",
    )


def test_without_a_target_there_is_nothing_to_ask(report):
    rated(report, [3] * 20)
    report.performed("ann", 50, 15.0)
    Target.objects.all().delete()
    for slug in ("rating-target", "response-target"):
        assert finding_of(slug) is None
    assert FindingData(Scope(PORTAL)).targets == {}


def test_a_target_holds_from_its_day_on(report):
    rated(report, [3, 2] * 10)
    Target.objects.create(
        figure="average_rating",
        label="Feedback rating",
        value=2.0,
        direction="higher",
        margin=0.2,
        valid_from=date(2026, 4, 1),
    )
    for end, level in ((date(2026, 3, 31), "act"), (date(2026, 4, 1), "good")):
        found = FINDINGS["rating-target"](FindingData(Scope(PORTAL, end=end)))
        assert found.level == level


def test_a_gap_smaller_than_the_margin_is_no_reason_to_act(report):
    rated(report, [4] * 190 + [3] * 10)
    found = finding_of("rating-target")
    assert (found.level, plain(found.sentence)) == (
        "watch",
        (
            "Feedback rating averages 3.95, below its target of 4.00, but by less than its"
            " margin of 0.20."
        ),
    )


def reviewed():
    """Four people who reject 6 of 25, complete 20, and take 30 s a video."""
    return stored(*(work(f"m{n}", 6) for n in range(4)))


@pytest.mark.parametrize(
    ("figure", "slug", "value", "level", "sentence"),
    [
        (
            "reject_rate", "reject-target", 0.22, "good",
            "Reject rate averages 24.0 % and meets its target of 22.0 %.",
        ),
        (
            "reject_rate", "reject-target", 0.1, "watch",
            "Reject rate averages 24.0 %, above its target of 10.0 %.",
        ),
        (
            "completion_rate", "completion-target", 0.7, "good",
            "Completion averages 80.0 % and meets its target of 70.0 %; all values are equal.",
        ),
        (
            "handle_seconds", "handle-target", 20.0, "note",
            "Handle time averages 30.0 s, above its target of 20.0 s; all values are equal.",
        ),
        (
            "idle_share", "idle-target", 0.1, "good",
            "Idle share averages 0.0 % and meets its target of 10.0 %; all values are equal.",
        ),
    ],
)  # fmt: skip
def test_review_work_is_held_to_targets_that_an_admin_sets(figure, slug, value, level, sentence):
    data = reviewed()
    assert FINDINGS[slug](data) is None
    declared = TARGET_FIGURES[figure]
    Target.objects.create(
        figure=figure, label=declared.label, value=value,
        direction=declared.direction, margin=declared.margin,
    )  # fmt: skip
    found = FINDINGS[slug](FindingData(EVERYTHING))
    assert (found.level, plain(found.sentence)) == (level, sentence)
