"""Segments of users, tried on made worlds: up to 300 looks each, users drawn anew.

Seeded. As for people, looks are drawn until it is clear whether so many name a segment as may
where none differs (6 of 100), or so many more (12 of 100) that the rule is broken.
"""

import numpy as np
import pytest

from analytics.comparison.contrasts import groups_by_cluster
from analytics.insights.contests import OUTCOMES, contests_by, that_differ
from tests.comparison.sequential import Share, exceeded

LOOKS = 300
TYPES = np.array(["video", "article", "podcast"])


def named_segments(rng, users, *, better=0.0, better_for_long=0.0, user_sd=0.0):
    """The segments that one look names.

    ``better``: how much more users click videos than the rest; ``better_for_long``: how much more
    those with the longest third of sessions do. Feedback follows, on its scale from 1 to 5.
    """
    figures = {
        "rating": rng.normal(4, 1, users).clip(1, 6),
        "length": rng.lognormal(3, 0.5, users),
        "activity": rng.poisson(3, users) + 1.0,
    }
    user = np.repeat(np.arange(users), rng.poisson(4, users) + 1)
    kind = rng.choice(3, len(user), p=[0.3, 0.45, 0.25])
    is_long = figures["length"] > np.quantile(figures["length"], 2 / 3)
    level = 0.5 + rng.normal(0, user_sd, users)[user]
    level += np.where(kind == 0, better + better_for_long * is_long[user], 0)
    values = {
        "click_through_rate": (level + rng.normal(0, 0.15, len(user))).clip(0, 1),
        "feedback_score": (1 + 4 * level + rng.normal(0, 1, len(user))).round().clip(1, 5),
    }
    by_name = {
        division: {f"u{at}": float(value) for at, value in enumerate(column)}
        for division, column in figures.items()
    }
    compared = []
    for outcome in OUTCOMES:
        rows = [
            (str(TYPES[of]), f"u{by}", 1.0, float(value))
            for of, by, value in zip(kind, user, values[outcome.column], strict=True)
        ]
        by_type, names = groups_by_cluster(rows)
        compared += contests_by(outcome, by_type, names, by_name)
    assert len(compared) == 12  # two outcomes, two other types, three divisions
    return [contest.better[0].segment for contest in that_differ(compared)]


@pytest.mark.parametrize(
    ("users", "world"),
    [
        pytest.param(60, {}, id="types alike"),
        pytest.param(60, {"better": 0.12}, id="video better for everybody"),
        pytest.param(60, {"better": 0.12, "user_sd": 0.15}, id="users differ"),
        pytest.param(200, {"better": 0.12, "user_sd": 0.15}, id="many users"),
    ],
)
def test_where_no_segment_differs_hardly_any_is_named(users, world):
    rng = np.random.default_rng(users)
    looks = ((bool(named_segments(rng, users, **world)),) for _ in range(LOOKS))
    assert not exceeded(looks, Share(fine=0.06, bad=0.12))


def test_a_segment_that_differs_is_named():
    rng = np.random.default_rng(3)
    looks = [named_segments(rng, 200, better_for_long=0.2, user_sd=0.1) for _ in range(LOOKS // 3)]
    right = [
        bool(segments) and segments[0].startswith("users whose sessions average above")
        for segments in looks
    ]
    assert sum(right) >= 0.9 * len(looks)
