"""Types of recommendations, and other types for segments of users."""

import pytest
from scipy import stats

from tests.insights.conftest import finding_of, plain

pytestmark = pytest.mark.django_db


def scored(report, kind, scores, **common):
    report.recommendations(kind, *({"feedback_score": score} for score in scores), **common)


def clicked(report, kind, rates, **common):
    report.recommendations(kind, *({"click_through_rate": rate} for rate in rates), **common)


def test_best_feedback_leads_clearly(report):
    scored(report, "video", [4, 5] * 10)
    scored(report, "podcast", [3, 4] * 10)
    scored(report, "blog", [2, 3] * 10)
    scored(report, "quiz", [5] * 9)
    found = finding_of("best-feedback")
    assert (found.level, found.sentence, found.n) == (
        "good",
        "Video has the best feedback of 3 types.",
        60,
    )
    # Games and Howell: the studentized range of 3 types, 38 degrees.
    half = stats.studentized_range.ppf(0.95, 3, 38) / 2**0.5 * (2 * 20 * 0.25 / 19 / 20) ** 0.5
    assert found.interval.low == pytest.approx(1 - half)
    assert found.interval.high == pytest.approx(1 + half)
    q = 1 / (2 * 20 * 0.25 / 19 / 20) ** 0.5 * 2**0.5
    assert found.numbers["p"] == pytest.approx(stats.studentized_range.sf(q, 3, 38), rel=1e-3)


def test_best_feedback_by_chance(report):
    scored(report, "video", [1, 5] * 9 + [5, 5])
    scored(report, "podcast", [1, 5] * 10)
    found = finding_of("best-feedback")
    assert found.level == "note"
    assert plain(found.sentence).startswith(
        "Cannot tell whether video or podcast has the best feedback: a difference of "
    )


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few_recommendations(report, n):
    clicked(report, "video", [0.5] * n)
    for slug in ("best-feedback", "click-through-by-type", "commonest-type"):
        assert (finding_of(slug).level, finding_of(slug).interval) == ("too-few", None)
    assert finding_of("another-type-for-segment").level == "too-few"


@pytest.mark.parametrize(("scores", "types"), [(9, 2), (10, 3)])
def test_a_type_with_ten_recommendations_is_compared(report, scores, types):
    scored(report, "video", [4, 5] * 10)
    scored(report, "podcast", [1, 2] * 10)
    scored(report, "quiz", [1, 2, *[1, 2] * 4][:scores])
    assert finding_of("best-feedback").sentence == f"Video has the best feedback of {types} types."
    clicked(report, "blog", [0.1] * 2)
    assert finding_of("commonest-type").n == 42 + scores


def test_ten_recommendations_have_a_commonest_type(report):
    clicked(report, "video", [0.5] * 6)
    clicked(report, "blog", [0.5] * 4)
    found = finding_of("commonest-type")
    assert (found.level, found.n) == ("note", 10)
    assert plain(found.sentence) == "Video is the commonest type: 60.0 % of all."


@pytest.mark.parametrize("clicks", [9, 10])
def test_a_segment_with_ten_recommendations_of_a_type_is_compared(report, clicks):
    users(report)
    for place in range(30):
        long = place >= 20
        own = place % 7 / 50
        clicked(report, "podcast", [0.3 + own if long else 0.7 + own] * 2, user_id=f"u{place}")
        # One of each user, of those with long sessions perhaps one less.
        if place < 20 + clicks:
            clicked(report, "video", [0.8 - own if long else 0.2 + own], user_id=f"u{place}")
    found = finding_of("another-type-for-segment")
    assert ("above 42.7 min, video has worked better" in plain(found.sentence)) is (clicks == 10)


def test_one_type_only(report):
    scored(report, "video", [4, 5] * 10)
    assert finding_of("best-feedback").level == "too-few"
    assert finding_of("click-through-by-type").level == "too-few"
    assert finding_of("commonest-type").sentence == ("Every recommendation is of one type, video.")
    assert finding_of("another-type-for-segment").level == "too-few"


def test_all_values_equal(report):
    for kind in ("video", "podcast"):
        scored(report, kind, [3] * 20)
    assert finding_of("best-feedback").level == "note"
    unknown = finding_of("click-through-by-type")
    assert (unknown.level, unknown.interval) == ("note", None)
    assert unknown.sentence == (
        "Cannot tell whether the types' click-through differs: the values do not vary."
    )
    assert (
        finding_of("commonest-type").sentence
        == "Podcast and video are equally the commonest types."
    )


def test_click_through_is_balanced(report):
    clicked(report, "video", [0.49, 0.51] * 10)
    clicked(report, "podcast", [0.49, 0.5] * 10)
    found = finding_of("click-through-by-type")
    assert (found.level, found.n) == ("good", 40)
    assert plain(found.sentence) == (
        "Click-through is balanced: video 50.0 % and podcast 49.5 % differ by less than 3.0 pts."
    )
    assert -0.03 < found.interval.low < 0 < found.interval.high < 0.03


def test_a_gap_that_chance_may_explain_is_no_balance(report):
    clicked(report, "video", [0.2, 0.8] * 10)
    clicked(report, "podcast", [0.2, 0.78] * 10)
    found = finding_of("click-through-by-type")
    assert found.level == "note"
    # Standard error 0.0955 (sd 0.3078 and 0.2975), t of 38 degrees at 97.5 and 80 %.
    assert plain(found.sentence) == (
        "Cannot tell whether the types' click-through differs: a difference of 27.5 pts or more"
        " would have been seen."
    )


def test_click_through_differs(report):
    clicked(report, "video", [0.7, 0.8] * 10)
    clicked(report, "podcast", [0.2, 0.3] * 10)
    clicked(report, "blog", [0.1, 0.9] * 10)
    found = finding_of("click-through-by-type")
    assert (found.level, plain(found.sentence)) == (
        "watch",
        "Click-through differs by type: 75.0 % for video against 25.0 % for podcast.",
    )
    assert found.numbers["difference"] == pytest.approx(0.5)
    assert found.interval.low > 0


def test_commonest_type(report):
    clicked(report, "podcast", [0.5] * 12)
    clicked(report, "video", [0.5] * 8)
    found = finding_of("commonest-type")
    assert (found.level, plain(found.sentence), found.n) == (
        "note",
        "Podcast is the commonest type: 60.0 % of all.",
        20,
    )
    wilson = stats.binomtest(12, 20).proportion_ci(method="wilson")
    assert found.interval.low == pytest.approx(wilson.low)
    assert found.interval.high == pytest.approx(wilson.high)


def users(report):
    """Insert 30 users: ten with short sessions, ten with middling and ten with long ones."""
    report.chats(
        *(
            {"user_id": f"u{place}", "length_minutes": 10.0 + 20 * (place // 10) + place % 10}
            for place in range(30)
        )
    )


def test_another_type_works_better_for_one_segment(report):
    users(report)
    for place in range(30):
        long = place >= 20
        good, bad = [0.8, 0.9, 0.85 + place % 3 / 100], [0.3, 0.4, 0.35 + place % 3 / 100]
        # Podcasts are the usual; those with long sessions click videos instead.
        clicked(report, "podcast", (bad if long else good) * 2, user_id=f"u{place}")
        clicked(report, "video", good if long else bad, user_id=f"u{place}")
    found = finding_of("another-type-for-segment")
    assert found.level == "watch"
    assert plain(found.sentence).startswith(
        "For users whose sessions average above 42.7 min, video has worked better than podcast:"
        " click-through 85.4 % against 35.4 %, 50.0 pts more"
    )
    assert found.n == 90
    assert found.numbers["type"] == "video"
    assert found.interval.low > 0.4
    assert len(found.details) == 1
    assert found.action


def test_a_type_that_is_better_for_everybody_names_no_segment(report):
    users(report)
    for place in range(30):
        own = place % 7 / 100
        clicked(report, "podcast", [0.3 + own, 0.4, 0.35, 0.3], user_id=f"u{place}")
        clicked(report, "video", [0.7 + own, 0.8], user_id=f"u{place}")
    found = finding_of("another-type-for-segment")
    assert found.level == "note"
    assert plain(found.sentence) == (
        "Video has worked better than podcast for all users alike: click-through 42.0 pts more. No"
        " segment differs."
    )
    assert "segment" not in found.numbers


def test_no_other_type_works_better(report):
    users(report)
    for place in range(30):
        clicked(report, "podcast", [0.3, 0.8 + place % 5 / 50] * 2, user_id=f"u{place}")
        clicked(report, "video", [0.3, 0.8 + place % 4 / 40], user_id=f"u{place}")
    found = finding_of("another-type-for-segment")
    assert found.level == "note"
    assert found.sentence.startswith("Cannot tell whether another type works better for some users")
    assert found.interval.low <= 0 <= found.interval.high
    assert found.action == ""


def test_recommendations_of_nobody_are_in_no_segment(report):
    users(report)
    clicked(report, "podcast", [0.3] * 50)
    clicked(report, "video", [0.9] * 50)
    assert finding_of("another-type-for-segment").level == "too-few"


def test_equal_users_are_not_divided(report):
    report.chats(*({"user_id": f"u{place}"} for place in range(30)))
    for place in range(30):
        clicked(report, "podcast", [0.3, 0.8], user_id=f"u{place}")
        clicked(report, "video", [0.9], user_id=f"u{place}")
    assert finding_of("another-type-for-segment").level == "too-few"
