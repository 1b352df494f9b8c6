"""What changed beyond chance: one error rate for all, by hand and on made periods."""

import numpy as np
import pytest
from scipy import stats

from analytics.comparison.changes import Chance, chances_of_ratio, cluster_sums
from analytics.comparison.counts import chance_of_growth, spread_of_days
from analytics.insights.change_people import explained_change
from analytics.insights.period_changes import Candidate, CandidateList, judge, judge_lists

LOOKS = 250
#: Where nothing changed, anything is shown in at most so many of 100 looks.
MOST = 0.07
WEEKDAYS = np.array([1, 1.1, 1.05, 1, 0.9, 0.5, 0.45])
REASONS, QUEUES = 12, 8


def share(name, before, now, error, freedom=1e9, **more):
    return Candidate(
        name, "review-by-day", "reject_rate", "share", before, now,
        chances=[Chance(error, freedom)], **more,
    )  # fmt: skip


def candidates(slug, *some):
    return CandidateList(slug, slug, "", some)


def test_lists_share_the_error_rate_and_so_do_their_comparisons():
    lists = judge_lists(
        [
            candidates("figures", share("a", 0.3, 0.4, 0.03), share("b", 0.3, 0.31, 0.03)),
            candidates("queues", share("c", 0.3, 0.4, 0.03)),
            candidates("empty"),
        ]
    )
    a, b = lists[0].comparisons
    (c,) = lists[1].comparisons
    # Two lists have things to compare: half of 5 of 100 each; of the first each has a half again.
    assert a.high - a.change == pytest.approx(stats.norm.ppf(1 - 0.0125 / 2) * 0.03)
    assert c.high - c.change == pytest.approx(stats.norm.ppf(1 - 0.025 / 2) * 0.03)
    assert (a.beyond_chance, b.beyond_chance, c.beyond_chance) == (True, False, True)
    assert a.weight == pytest.approx(0.1 / (a.high - a.change))
    # Four of five looks show a change of the interval's half and 0.84 errors.
    assert b.would_show == pytest.approx(b.high - b.change + stats.norm.ppf(0.8) * 0.03)


def test_counts_are_judged_by_their_quotient():
    candidate = Candidate(
        "Appeals: items", "queues", "items", "count", 1000.0, 1500.0,
        chances=[Chance(0.1, 1e9)], keys={"queue": "Appeals"},
    )  # fmt: skip
    found = judge(candidate, 0.95)
    assert found.change == pytest.approx(0.5)
    assert found.low == pytest.approx(1.5 * np.exp(-1.959964 * 0.1) - 1, abs=1e-6)
    assert found.high == pytest.approx(1.5 * np.exp(1.959964 * 0.1) - 1, abs=1e-6)
    assert found.beyond_chance is True


def test_better_only_beyond_chance_and_with_a_better_side():
    assert judge(share("a", 0.3, 0.4, 0.02, better="up"), 0.95).is_better is True
    assert judge(share("a", 0.4, 0.3, 0.02, better="up"), 0.95).is_better is False
    assert judge(share("a", 0.4, 0.3, 0.02), 0.95).is_better is None
    assert judge(share("a", 0.3, 0.31, 0.02, better="up"), 0.95).is_better is None


def test_what_is_not_compared_keeps_its_reason_and_comes_last():
    unknown = Candidate(
        "new", "queues", "items", "count", 0.0, 9.0, keys={"queue": "new"}, reason="none before"
    )
    (found,) = judge_lists([candidates("q", unknown, share("a", 0.3, 0.4, 0.03))])
    assert [each.candidate.name for each in found.comparisons] == ["a", "new"]
    assert found.compared == 1
    last = found.not_compared[0]
    assert (last.change, last.low, last.beyond_chance) == (None, None, None)


@pytest.mark.parametrize(
    ("own", "before", "now", "is_share", "expected"),
    [
        # Times change by the same factor.
        (20.0, 40.0, 50.0, False, 5.0),
        # Rates by the same factor of their odds: 1/3 to 1/2 there, so 1 to 3/2 here.
        (0.5, 0.25, 1 / 3, True, 0.1),
    ],
)
def test_a_person_is_expected_to_change_as_the_others(own, before, now, is_share, expected):
    assert explained_change(own, before, now, is_share=is_share) == pytest.approx(expected)


def made_look(rng, *, growth=0.0, rise=0.0):
    """A look at 28 days against 28: sessions that are alike within, weekdays, a growing volume."""
    days = 56
    level = 12 * np.tile(WEEKDAYS, days // 7) * np.exp(growth * np.arange(days))
    day = np.repeat(np.arange(days), rng.poisson(level))
    videos = 1 + rng.poisson(30, len(day))
    odds = -0.85 + rng.normal(0, 0.8, len(day)) + rise * (day >= 28)
    rejected = rng.binomial(videos, 1 / (1 + np.exp(-odds)))
    chosen = rng.dirichlet(np.full(REASONS, 0.7), len(day))
    named = np.array([rng.multinomial(n, p) for n, p in zip(rejected, chosen, strict=True)])
    seconds = videos * rng.lognormal(3.7, 0.5, len(day))
    queue = rng.integers(0, QUEUES, len(day))
    return day, videos, rejected, named, seconds, queue


def periods_of(day, whole, part):
    """The sums over sessions and over days, now and before."""
    periods = []
    for first in (28, 0):
        chosen = (day >= first) & (day < first + 28)
        by_day = [np.bincount(day[chosen] - first, values[chosen], 28) for values in (whole, part)]
        periods.append(
            (
                cluster_sums(np.column_stack([whole[chosen], part[chosen]])),
                cluster_sums(np.column_stack(by_day)),
            )
        )
    return periods


def rate(name, periods, *, is_share, kinds=slice(0, 2)):
    now, before = (list(period[kinds]) for period in periods)
    chances = chances_of_ratio(now, before, is_share=is_share)
    return Candidate(
        name, "m", "c", "share", before[0].ratio, now[0].ratio, chances=chances
    )  # fmt: skip


def look(rng, **world):
    day, videos, rejected, named, seconds, queue = made_look(rng, **world)
    figures = [
        rate("rejects", periods_of(day, videos, rejected), is_share=True),
        rate("time", periods_of(day, videos, seconds), is_share=False),
    ]
    reasons = [
        rate(str(at), periods_of(day, videos, named[:, at]), is_share=True, kinds=slice(1, 2))
        for at in range(REASONS)
    ]
    items = []
    for at in range(QUEUES):
        counts = np.bincount(day[queue == at], videos[queue == at], 56)
        chance = chance_of_growth(
            counts[28:].sum(), counts[:28].sum(), spread_of_days(counts, least=30)
        )
        items.append(
            Candidate(
                f"q{at}",
                "m",
                "c",
                "count",
                counts[:28].sum(),
                counts[28:].sum(),
                chances=[] if chance is None else [chance],
            )
        )
    return judge_lists(
        [
            CandidateList("figures", "", "", tuple(figures)),
            CandidateList("reasons", "", "", tuple(reasons)),
            CandidateList("queues", "", "", tuple(items)),
        ]
    )


def test_where_nothing_changed_few_looks_show_anything():
    rng = np.random.default_rng(29)
    seen = sum(any(one.changed for one in look(rng)) for _ in range(LOOKS))
    assert seen / LOOKS <= MOST


def test_a_growing_volume_changes_counts_and_no_rates():
    rng = np.random.default_rng(31)
    seen = 0
    for _ in range(LOOKS):
        figures, reasons, _items = look(rng, growth=0.01)
        seen += bool(figures.changed or reasons.changed)
    assert seen / LOOKS <= MOST


def test_a_policy_is_seen():
    rng = np.random.default_rng(37)
    seen = 0
    for _ in range(50):
        figures = look(rng, rise=0.5)[0]
        seen += "rejects" in [each.candidate.name for each in figures.changed]
    assert seen >= 48
