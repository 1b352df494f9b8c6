"""Types of recommendations compared in segments of users, by groups written by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.comparison.contrasts import Group
from analytics.insights.contests import (
    OUTCOMES,
    Contest,
    Effect,
    better_for_all,
    comparable_pairs,
    contests_by,
    segments,
    that_differ,
    user_figures,
    within,
)
from analytics.insights.registry import FindingData
from tests.insights.conftest import EVERYTHING, plain

CLICK_THROUGH, FEEDBACK = OUTCOMES
# Six users: three in each segment, five recommendations of a type each.
USERS = [f"U{place}" for place in range(6)]
LOW, HIGH = np.array([True] * 3 + [False] * 3), np.array([False] * 3 + [True] * 3)
ACTIVITY = dict(zip(USERS, [1.0, 1.0, 1.0, 5.0, 5.0, 5.0], strict=True))
FEW, MANY = "users with 1 or fewer sessions", "users with more than 1 and up to 5 sessions"


def group(*clicks, size=5):
    return Group(np.full(len(clicks), float(size)), np.array(clicks, float))


# The rates of its users: 0.2, 0.4, 0.6 and 0.4, 0.6, 0.8; of the usual type 0.2 of everybody.
OTHER, USUAL = group(1, 2, 3, 2, 3, 4), group(1, 1, 1, 1, 1, 1)
CONTEST = Contest(
    CLICK_THROUGH,
    "video",
    "article",
    [FEW, MANY],
    [(within(OTHER, users), within(USUAL, users)) for users in (LOW, HIGH)],
)


def test_figures_are_of_users_with_a_session_and_known_values(report):
    report.chats(
        {"length_minutes": 10.0, "feedback_rating": 2},
        {"length_minutes": 20.0, "feedback_rating": 5},
        {"length_minutes": 60.0, "user_id": "U2"},
    )

    assert user_figures(FindingData(EVERYTHING)) == {
        "rating": {"U1": 3.5},
        "length": {"U1": 15.0, "U2": 60.0},
        "activity": {"U1": 2.0, "U2": 1.0},
    }


def test_users_are_divided_into_thirds():
    figures = {
        "rating": {"a": 4.0, "b": 4.0},
        "length": {"a": 10.0, "b": 20.0, "c": 30.0, "d": 40.5},
        "activity": {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0},
    }
    # Of four the second and third; of five a third and two thirds of the way from 1 to 5.
    assert [(plain(words), users) for words, users in segments(figures)] == [
        ("users whose sessions average 20.0 min or less", ["a", "b"]),
        ("users whose sessions average between 20.0 min and 30.0 min", ["c"]),
        ("users whose sessions average above 30.0 min", ["d"]),
        ("users with 2.3 or fewer sessions", ["a", "b"]),
        ("users with more than 2.3 and up to 3.7 sessions", ["c"]),
        ("users with more than 3.7 sessions", ["d", "e"]),
    ]


def test_a_third_without_users_is_no_segment():
    assert list(segments({"activity": ACTIVITY})) == [(FEW, USERS[:3]), (MANY, USERS[3:])]


def test_each_other_type_meets_the_commonest_in_each_segment():
    by_type = {
        "article": group(1, 1, 1, 1, 1, 1, size=6),
        "rare": group(1, 1, 1, 1, 1, 1, size=1),
        "video": OTHER,
    }

    (contest,) = contests_by(
        CLICK_THROUGH, by_type, USERS, {"rating": {}, "length": {}, "activity": ACTIVITY}
    )

    assert (contest.other, contest.usual, contest.segments) == ("video", "article", [FEW, MANY])
    assert [(other.n, usual.n) for other, usual in contest.pairs] == [(15, 18), (15, 18)]


def test_one_type_alone_has_no_contest():
    figures = {"rating": {}, "length": {}, "activity": ACTIVITY}
    assert list(contests_by(CLICK_THROUGH, {"article": USUAL}, USERS, figures)) == []


def test_a_segment_needs_ten_of_both_types_and_a_known_difference():
    ten, nine = group(1, 2, 3, size=10 / 3), group(1, 2, 3, size=3)
    everybody = {"all": np.array([True] * 3)}
    assert [*comparable_pairs(ten, group(1, 1, 1), everybody)] == ["all"]
    assert [*comparable_pairs(nine, group(1, 1, 1), everybody)] == []
    assert [*comparable_pairs(group(1, 1, 1), nine, everybody)] == []
    # Equal for everybody: no chance is known.
    assert [*comparable_pairs(group(2, 2, 2), group(1, 1, 1), everybody)] == []


def test_effects_are_differences_of_means_with_errors_over_users():
    # Three users with a standard deviation of 0.2: 0.2 / sqrt(3).
    assert CONTEST.values == pytest.approx([0.2, 0.4])
    assert CONTEST.errors == pytest.approx([0.1154701] * 2)
    assert CONTEST.freedoms == pytest.approx([2.0, 2.0])
    # Welch: t = 0.2 / (sqrt(2) 0.1154701) = 1.224745 at 4 degrees of freedom.
    assert CONTEST.interaction == pytest.approx(0.287864, abs=1e-6)
    # (1.959964 + 0.841621) sqrt(2) 0.1154701.
    assert CONTEST.would_show == pytest.approx(0.457497, abs=1e-6)


def test_over_all_segments_the_groups_are_one():
    whole = better_for_all(CONTEST, 2)
    # 15 of 30 against 6 of 30.
    assert (whole.value, whole.compared) == (pytest.approx(0.3), 2)


def test_only_segments_beyond_chance_are_better_the_clearest_first():
    clear = [(group(2, 3, 4), group(1, 1, 1)), (group(23, 24, 25), group(1, 1, 1)),
             (group(13, 14, 15), group(1, 1, 1))]  # fmt: skip
    worse = (group(1, 1, 1), group(23, 24, 25))
    contest = Contest(FEEDBACK, "video", "article", ["a", "b", "c", "d"], [*clear, worse])
    assert [effect.segment for effect in contest.better] == ["b", "c", "a"]


def test_an_effect_in_words():
    effect = Effect(CONTEST, 1, 0.25, 0.1)
    assert (effect.segment, effect.n) == (MANY, 30)
    assert plain(effect.words) == (
        "users with more than 1 and up to 5 sessions: click-through 60.0 % for video against 20.0 %"
        " for article; 25.0 pts more when chance is allowed for (95 % 15.0 pts to 35.0 pts),"
        " n = 15 and 15"
    )


def test_contests_that_differ_are_corrected_for_all_the_clearest_first():
    def contest(interaction, better):
        return SimpleNamespace(interaction=interaction, better=better)

    chance, clear, clearest = contest(0.0126, ["a"]), contest(0.0124, ["a"]), contest(0.001, ["b"])
    nowhere = contest(0.001, [])
    # 0.05 / 4 = 0.0125.
    assert that_differ([chance, clear, nowhere, clearest]) == [clearest, clear]
