"""Findings about people: the team's spread, whom to coach, response time and sessions."""

from datetime import date

import pytest
from scipy import stats

from analytics.insights import FINDINGS
from analytics.insights.registry import FindingData
from analytics.insights.spread import HANDLE_TIME, REJECT_RATE, spread_of
from analytics.metrics.results import Result
from analytics.metrics.terms import wilson
from tests.insights.conftest import EVERYTHING, finding_of, plain

pytestmark = pytest.mark.django_db


def review_row(name, rejected, accepted, *, completed=None, videos=None, handle=30.0):
    decided = rejected + accepted
    videos = decided if videos is None else videos
    rate = rejected / decided if decided else None
    low, high = wilson(rejected, decided) if decided else (None, None)
    return {
        "moderator": name,
        "sessions": 5,
        "videos": videos,
        "accepted": accepted,
        "rejected": rejected,
        "reject_rate": rate,
        "reject_low": low,
        "reject_high": high,
        "completion_rate": (videos * 3 // 4 if completed is None else completed) / videos
        if videos
        else None,
        "handle_seconds": handle if decided else None,
        "throughput_per_hour": None,
        "occupancy": None,
    }


def data_of(rows):
    data = FindingData(EVERYTHING)
    data._results["moderator-review"] = Result(rows=rows, n=len(rows))
    return data


# Ten people who reject 20 to 29 of 100.
TEAM = [review_row(f"m{n}", 20 + n, 80 - n, handle=30.0 + n) for n in range(10)]


def test_one_who_rejects_much_more(db):
    found = FINDINGS["unusual-reject-rate"](data_of([*TEAM, review_row("odd", 160, 40)]))
    assert found.level == "watch"
    assert plain(found.sentence) == (
        "The reject rate of odd (80.0 %) lies outside what the team's spread explains."
    )
    assert found.n == 1200
    low, high = wilson(160, 200)
    assert plain(found.details[0]) == (
        f"odd: 80.0 % (95 % {100 * low:.1f}–{100 * high:.1f} %), n = 200 videos decided"
    )
    assert found.interval.low < 0.2
    assert 0.29 < found.interval.high < 0.8


def test_a_team_that_chance_explains(db):
    for slug in ("unusual-reject-rate", "unusual-handle-time", "unusual-completion"):
        found = FINDINGS[slug](data_of(TEAM))
        assert (found.level, found.details) == ("good", ())
        assert found.sentence.startswith("The team's spread explains everybody's ")
        assert found.interval.low < found.interval.high


def test_a_wide_spread_is_no_reason_to_name_anybody(db):
    # From 10 to 82 of 100, evenly: chance explains little of it, the team's spread all.
    rows = [review_row(f"m{n}", 10 + 8 * n, 90 - 8 * n) for n in range(10)]
    assert FINDINGS["unusual-reject-rate"](data_of(rows)).level == "good"


def test_two_odd_ones_do_not_hide_each_other(db):
    rows = [*TEAM, review_row("odd", 160, 40), review_row("even", 170, 30)]
    spread = spread_of(data_of(rows), REJECT_RATE)
    assert [person.moderator for person in spread.outside] == ["even", "odd"]


def test_slow_and_skipping(db):
    rows = [
        *TEAM,
        review_row("slow", 25, 75, handle=120.0),
        review_row("skips", 25, 75, completed=5, videos=100),
    ]
    assert "slow (120.0 s)" in plain(FINDINGS["unusual-handle-time"](data_of(rows)).sentence)
    assert "skips (5.0 %)" in plain(FINDINGS["unusual-completion"](data_of(rows)).sentence)


def test_those_with_nine_videos_are_not_judged(db):
    data = data_of([*TEAM, review_row("new", 9, 0)])
    assert all(person.moderator != "new" for person in spread_of(data, REJECT_RATE).people)
    four = [*TEAM[:4], review_row("new", 9, 0)]
    found = FINDINGS["unusual-reject-rate"](data_of(four))
    assert (found.level, found.n) == ("too-few", 409)
    assert FINDINGS["unusual-reject-rate"](data_of([])).n == 0


def test_people_without_a_handle_time(db):
    rows = [*TEAM, review_row("open", 0, 0, videos=50), review_row("instant", 20, 80, handle=0.0)]
    people = spread_of(data_of(rows), HANDLE_TIME).people
    assert {person.moderator for person in people} == {f"m{n}" for n in range(10)}


def test_all_equal(db):
    rows = [review_row(f"m{n}", 25, 75) for n in range(6)]
    for slug in ("unusual-reject-rate", "unusual-handle-time", "unusual-completion"):
        assert FINDINGS[slug](data_of(rows)).level == "good"
    nobody = [review_row(f"m{n}", 0, 100) for n in range(6)]
    assert FINDINGS["unusual-reject-rate"](data_of(nobody)).level == "good"


def team(report, *, response=8.0, satisfaction=4.5, n=10):
    for place in range(n):
        report.performed(f"m{place}", 100, response, satisfaction)


def test_coach_the_slow_one(report):
    team(report)
    report.performed("slow", 200, 30.0, 4.6)
    found = finding_of("coach")
    assert (found.level, found.sentence, found.kind) == (
        "act",
        "Coach slow: response time.",
        "action",
    )
    # Single sessions spread as their mean; 11 people: 30 / sqrt(200) at 1 - 0.05 / 11 / 2.
    half = stats.norm.ppf(1 - 0.05 / 11 / 2) * 30 / 200**0.5
    assert found.interval.low == pytest.approx(30 - half)
    assert found.interval.high == pytest.approx(30 + half)
    # By sessions everybody has (10 * 100 * 8 + 200 * 30) / 1200 minutes.
    assert plain(found.details[0]).startswith("slow: response time 30.0 min (95 % 23.98–36.02)")
    assert "target of 10.0 min and 11.7 min for everyone, n = 200 sessions" in plain(
        found.details[0]
    )


def test_coach_the_one_nobody_likes(report):
    team(report)
    report.performed("grim", 150, 8.0, 1.5)
    assert finding_of("coach").sentence == "Coach grim: satisfaction."


def test_more_reasons_come_first(report):
    team(report)
    report.performed("both", 150, 30.0, 1.5)
    report.performed("slow", 150, 31.0, 4.5)
    found = finding_of("coach")
    assert found.sentence == "Coach both and slow: response time, satisfaction."
    assert found.numbers == {"moderators": 2}


def test_nobody_to_coach(report):
    team(report)
    report.performed("later", 100, 11.0, 4.5)
    found = finding_of("coach")
    assert (found.level, found.sentence) == ("good", "Nobody stands out as needing coaching.")


def test_worse_than_the_target_like_everybody_is_for_nobody_in_person(report):
    team(report, response=20.0, satisfaction=2.0)
    assert finding_of("coach").level == "good"


def test_few_sessions_are_no_reason(report):
    team(report)
    report.performed("new", 9, 90.0, 1.0)
    assert finding_of("coach").level == "good"


def test_rows_that_spread_more_than_sessions_widen_the_interval(report):
    team(report)
    for place, response in enumerate((2.0, 58.0, 1.0, 59.0)):
        report.performed("moody", 50, response, 4.5, day=date(2026, 3, 1 + place))
    assert finding_of("coach").level == "good"


@pytest.mark.parametrize("sessions", [0, 1, 2, 9])
def test_too_little_to_coach(report, sessions):
    if sessions:
        report.performed("ann", sessions, 30.0, 1.0)
    assert finding_of("coach").level == "too-few"


def test_review_work_is_a_reason(report):
    rows = [*TEAM, review_row("odd", 160, 40), review_row("quick", 25, 75, handle=3.0)]
    found = FINDINGS["coach"](data_of(rows))
    # Being quick is no fault.
    assert found.sentence == "Coach odd: reject rate."
    assert "that the team's spread explains, n = 200 videos decided" in plain(found.details[0])


def test_response_time_and_sessions(report):
    for place in range(12):
        report.performed(f"m{place}", 10 + place, 5.0 + place + (place % 2))
    found = finding_of("response-and-sessions")
    assert (found.level, found.n) == ("watch", 12)
    assert found.sentence == "Those who moderate more sessions answer later, strongly."


def test_busier_ones_answer_sooner(report):
    for place in range(12):
        report.performed(f"m{place}", 10 + place, 20.0 - place + (place % 2))
    found = finding_of("response-and-sessions")
    assert (found.level, found.sentence) == (
        "good",
        "Those who moderate more sessions answer sooner, strongly.",
    )


def test_no_clear_relation(report):
    for place in range(12):
        report.performed(f"m{place}", 10 + place // 2, 5.0 + (place % 2))
    found = finding_of("response-and-sessions")
    assert found.level == "good"
    assert found.sentence.startswith("There is no clear relation")


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few_moderators(report, n):
    for place in range(n):
        report.performed(f"m{place}", 100 + place, 5.0 + place)
    found = finding_of("response-and-sessions")
    assert (found.level, found.n) == ("too-few", n)


def test_equal_response_times_show_no_relation(report):
    team(report, n=12)
    assert finding_of("response-and-sessions").level == "too-few"
