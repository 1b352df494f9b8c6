"""Session length and rating, months, and what low-rated sessions have in common."""

import math
from datetime import date

import pytest
from scipy import stats

from tests.insights.conftest import finding_of, plain

pytestmark = pytest.mark.django_db


def chats(report, pairs):
    report.chats(*({"length_minutes": x, "feedback_rating": y} for x, y in pairs))


RISING = [(10.0 * y + x, y) for y in range(1, 7) for x in range(3)]


def test_longer_sessions_go_with_better_ratings(report):
    chats(report, RISING)
    found = finding_of("length-and-rating")
    assert (found.level, found.sentence, found.n) == (
        "watch",
        "Longer sessions go with better ratings, strongly.",
        18,
    )
    result = stats.pearsonr(*zip(*RISING, strict=True))
    interval = result.confidence_interval()
    assert found.numbers["r"] == pytest.approx(result.statistic)
    assert found.interval.low == pytest.approx(interval.low)
    assert found.interval.high == pytest.approx(interval.high)
    assert "not a cause" in found.evidence


def test_longer_sessions_go_with_worse_ratings(report):
    chats(report, [(x, 7 - y) for x, y in RISING])
    assert (
        finding_of("length-and-rating").sentence
        == "Longer sessions go with worse ratings, strongly."
    )


def test_no_clear_relation(report):
    chats(report, [(10.0, 3), (20.0, 3), (10.0, 4), (20.0, 4)] * 5)
    found = finding_of("length-and-rating")
    assert found.level == "note"
    # (1.96 + 0.84) / sqrt(20 - 3) on Fisher's scale: r = 0.59. The ratings deviate by sqrt(5 / 19).
    assert found.sentence == (
        "Cannot tell whether longer sessions go with better ratings. A difference of 0.6 or more"
        " between short and long sessions would have been seen."
    )
    r = math.tanh((1.95996 + 0.84162) / 17**0.5)
    assert found.numbers["detectable_difference"] == pytest.approx(
        2 * r * (5 / 19) ** 0.5, abs=1e-5
    )
    assert found.interval.low < 0 < found.interval.high


def test_no_relation_that_matters(report):
    # 1.96 / sqrt(500 - 3) = 0.088: all of the interval is nearer to 0 than 0.1.
    chats(report, [(10.0, 3), (20.0, 3), (10.0, 4), (20.0, 4)] * 125)
    found = finding_of("length-and-rating")
    assert (found.level, found.sentence) == (
        "note",
        "Short and long sessions get the same ratings, but for what is too small to matter.",
    )


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few_sessions(report, n):
    chats(report, RISING[:n])
    for slug in ("length-and-rating", "best-and-worst-month", "low-rated-sessions"):
        found = finding_of(slug)
        assert (found.level, found.n, found.interval) == ("too-few", n, None)


def test_ten_sessions_are_enough(report):
    chats(report, RISING[:10])
    found = finding_of("length-and-rating")
    assert (found.level, found.n) == ("watch", 10)


@pytest.mark.parametrize(("rated", "level"), [(9, "too-few"), (10, "watch")])
def test_ten_sessions_of_a_month_are_compared(report, rated, level):
    month(report, 1, [5, 6] * 5)
    month(report, 2, [1, 2, *[1, 2] * 4][:rated])
    found = finding_of("best-and-worst-month")
    assert (found.level, found.n) == (level, 10 + rated)


def test_all_equal(report):
    chats(report, [(10.0, 4)] * 20)
    found = finding_of("length-and-rating")
    assert (found.level, found.n) == ("too-few", 20)
    assert "all lengths or all ratings are equal" in found.evidence


def month(report, number, ratings):
    report.chats(*({"feedback_rating": r} for r in ratings), date=date(2026, number, 15))


def test_months_that_differ(report):
    month(report, 1, [5, 6] * 10)
    month(report, 2, [4] * 20)
    # March has none, and in April there are too few to be the worst.
    month(report, 4, [1] * 9)
    month(report, 5, [1, 2] * 10)
    found = finding_of("best-and-worst-month")
    assert (found.level, found.n) == ("watch", 69)
    assert plain(found.sentence) == "Jan 2026 was the best month and May 2026 the worst."
    assert found.numbers["best_month"] == "2026-01"
    assert found.numbers["difference"] == 4.0
    # Games and Howell with equal samples of 20: the studentized range of 3 months, 38 degrees.
    error = (2 * (20 * 0.25 / 19) / 20) ** 0.5
    half = stats.studentized_range.ppf(0.95, 3, 38) / 2**0.5 * error
    assert found.interval.low == pytest.approx(4 - half)
    assert found.interval.high == pytest.approx(4 + half)
    assert "of 3 months" in found.evidence


def test_months_within_chance(report):
    month(report, 1, [1, 6] * 10)
    month(report, 2, [2, 6] * 10)
    found = finding_of("best-and-worst-month")
    assert found.level == "note"
    assert plain(found.sentence).startswith(
        "Cannot tell whether the months are rated differently: a difference of "
    )


def test_months_within_the_margin_are_alike(report):
    month(report, 1, [4, 5] * 200)
    month(report, 2, [4, 5] * 199 + [5, 5])
    found = finding_of("best-and-worst-month")
    assert (found.level, found.sentence) == (
        "good",
        "All months are rated alike: they differ by less than 0.2.",
    )


def test_months_all_equal(report):
    month(report, 1, [4] * 20)
    month(report, 2, [4] * 20)
    found = finding_of("best-and-worst-month")
    assert (found.level, found.interval) == ("note", None)
    assert found.sentence == (
        "Cannot tell whether the months are rated differently: the values do not vary."
    )


def test_of_equally_good_months_the_later_and_of_equally_bad_ones_the_earlier_is_named(report):
    for number, ratings in ((1, [5, 6]), (2, [1, 2]), (3, [5, 6]), (4, [1, 2])):
        month(report, number, ratings * 10)
    found = finding_of("best-and-worst-month")
    assert (found.numbers["best_month"], found.numbers["worst_month"]) == ("2026-03", "2026-02")
    assert plain(found.sentence) == "Mar 2026 was the best month and Feb 2026 the worst."


def test_one_month_has_nothing_to_be_compared_with(report):
    month(report, 1, [1, 6] * 10)
    assert finding_of("best-and-worst-month").level == "too-few"


def test_low_rated_sessions_are_shorter(report):
    report.chats(*({"length_minutes": x} for x in [10.0, 12.0] * 10), feedback_rating=2)
    report.chats(*({"length_minutes": x} for x in [30.0, 34.0] * 10), feedback_rating=5)
    found = finding_of("low-rated-sessions")
    assert (found.level, found.n) == ("watch", 40)
    assert plain(found.sentence) == "Low-rated sessions are 21.0 min shorter."
    # Four traits are asked about: resources are unknown for all, and that is no reason to ask less.
    va, vb = 1 * 20 / 19 / 20, 4 * 20 / 19 / 20
    freedom = (va + vb) ** 2 / (va**2 / 19 + vb**2 / 19)
    half = stats.t.ppf(1 - 0.05 / 4 / 2, freedom) * (va + vb) ** 0.5
    assert found.interval.low == pytest.approx(-21 - half)
    assert found.interval.high == pytest.approx(-21 + half)
    assert found.action
    assert len(found.details) == 3


def test_low_rated_sessions_at_weekends_with_fewer_clicks(report):
    saturday = date(2026, 3, 14)
    report.chats(*[{}] * 20, feedback_rating=1, date=saturday, resources_clicked=0)
    report.chats(*[{}] * 20, feedback_rating=4, resources_clicked=3)
    assert plain(finding_of("low-rated-sessions").sentence) == (
        "Low-rated sessions have 3.0 fewer clicks on resources and are 100.0 pts more often at a"
        " weekend."
    )


def test_low_rated_sessions_like_the_others(report):
    report.chats(*({"length_minutes": x} for x in [10.0, 12.0] * 10), feedback_rating=2)
    report.chats(*({"length_minutes": x} for x in [10.0, 12.0] * 10), feedback_rating=5)
    found = finding_of("low-rated-sessions")
    assert found.level == "note"
    assert plain(found.sentence).startswith(
        "Cannot tell whether low-rated sessions differ in session length or anything else"
    )
    assert found.interval.low <= 0 <= found.interval.high


def test_nine_low_rated_sessions_are_too_few(report):
    report.chats(*[{}] * 9, feedback_rating=2, length_minutes=1.0)
    report.chats(*[{}] * 50, feedback_rating=5, length_minutes=90.0)
    found = finding_of("low-rated-sessions")
    assert (found.level, found.n) == ("too-few", 59)
    assert "there are 9 and 50" in found.evidence


@pytest.mark.parametrize(
    ("low", "rest", "level"), [(10, 10, "watch"), (9, 10, "too-few"), (10, 9, "too-few")]
)
def test_ten_rated_low_and_ten_others_are_compared(report, low, rest, level):
    report.chats(*({"length_minutes": 10.0 + n % 2} for n in range(low)), feedback_rating=2)
    report.chats(*({"length_minutes": 30.0 + n % 2} for n in range(rest)), feedback_rating=3)
    found = finding_of("low-rated-sessions")
    assert (found.level, found.n) == (level, low + rest)


@pytest.mark.parametrize(("known", "compared"), [(9, 3), (10, 4)])
def test_a_trait_is_compared_where_ten_of_either_kind_tell_it(report, known, compared):
    report.chats(
        *({"resources_clicked": n % 2 if n < known else None} for n in range(12)), feedback_rating=2
    )
    report.chats(*({"resources_clicked": n % 3} for n in range(12)), feedback_rating=5)
    assert len(finding_of("low-rated-sessions").details) == compared
