"""Findings about people: who differs from the team, whom to coach, response time and sessions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.insights import FINDINGS, insights
from analytics.insights.findings import Recent
from analytics.insights.registry import FindingData
from analytics.models import Moderator
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, finding_of, plain

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
VIDEOS, SESSIONS = 25, 4
CHANGES = (-1, 0, 1, 0)


def session_of(name, number, *, rejected, completed=20, seconds=30.0, queue="Spam"):
    """A session of 25 decided videos on one queue."""
    return {
        "_id": f"{name}-{number}",
        "starttime": (START + timedelta(days=number)).isoformat(),
        "duration": VIDEOS * seconds,
        "videos": [
            {
                "videoId": f"{name}-{number}-{place}",
                "status": "Completed" if place < completed else "Not Started",
                "keys": ["q" if place < rejected else "a"],
            }
            for place in range(VIDEOS)
        ],
        "queues": [{"name": queue, "count": VIDEOS}] if queue else [],
    }


def work(name, rejected, **fields):
    """Four sessions of somebody who rejects ``rejected`` of 25 videos, or one more or less."""
    sessions = [
        session_of(name, number, rejected=rejected + CHANGES[number], **fields)
        for number in range(SESSIONS)
    ]
    return {"username": name, "sessions": sessions}


def stored(*documents):
    """Findings' data of a portal that holds the documents."""
    outcome = store_documents(list(documents))
    assert outcome.counts.rejected == 0
    return FindingData(EVERYTHING)


# Nine people who reject 5 to 7 of 25 and complete 20.
TEAM = [work(f"m{n}", 5 + n % 3) for n in range(9)]


def test_one_who_rejects_much_more():
    found = FINDINGS["unusual-reject-rate"](stored(*TEAM, work("odd", 20)))
    assert found.level == "watch"
    assert plain(found.sentence) == (
        "Reject rate outside what is ordinary for the same queues and weeks: odd (80.0 %). Look at"
        " it together."
    )
    assert found.n == 1000
    (person,) = found.people
    assert person.as_dict() == {
        "moderator": "odd",
        "measure": "reject_rate",
        "value": 0.8,
        "expected": pytest.approx(0.24, abs=0.01),
        "low": person.low,
        "high": person.high,
        "n": 100,
        "sessions": 4,
        "sentence": person.sentence,
        "recent": None,
    }
    assert plain(person.sentence) == (
        "odd rejected 80.0 % of 100 decided videos. In the same queues and weeks"
        f" {person.expected:.1%} was expected; between {person.low:.1%} and {person.high:.1%} is"
        " ordinary for this amount of work."
    ).replace("%", " %").replace("  %", " %")
    assert person.low < 0.24 < person.high < 0.8
    assert found.details == (person.sentence,)
    assert plain(person.would_change).startswith("Ordinary would be a reject rate between ")
    assert "all 10 people" in person.judged_by


def ten(*odd):
    """Moderators of a portal of ten people and more, by name."""
    stored(*TEAM, *odd)
    return {each.username: each for each in Moderator.objects.all()}


def test_one_persons_findings_are_the_teams_in_the_same_words(alice):
    people = ten(work("odd", 20), work("even", 21))
    alice.moderator = people["odd"]
    (of_team,) = [
        person
        for person in FINDINGS["unusual-reject-rate"](FindingData(EVERYTHING)).people
        if person.moderator == "odd"
    ]
    for viewer in (PORTAL, alice):
        own = insights(Scope(viewer, moderator=people["odd"]))
        (found,) = [each for each in own if each.about_people]
        assert found.slug == "unusual-reject-rate"
        assert [person.as_dict() for person in found.people] == [of_team.as_dict()]
        assert found.sentence == of_team.sentence
        assert "even" not in str(found.as_dict())


def test_who_is_not_named_gets_no_finding_about_people():
    people = ten(work("odd", 20))
    found = insights(Scope(PORTAL, moderator=people["m3"]))
    assert [each.slug for each in found if each.about_people] == []


def test_of_few_others_a_person_sees_no_numbers(alice):
    # Three people on a queue of their own: two others are too few to tell of.
    people = ten(
        *(work(f"hard{n}", 12, queue="Violence") for n in range(2)),
        work("odd", 24, queue="Violence"),
    )
    alice.moderator = people["odd"]
    (of_team,) = FINDINGS["unusual-reject-rate"](FindingData(EVERYTHING)).people
    assert of_team.expected is not None
    assert plain(of_team.sentence) == (
        "odd rejected 96.0 % of 100 decided videos. That is above what is ordinary in the same"
        " queues and weeks."
    )
    (own,) = [each for each in insights(Scope(alice, moderator=people["odd"])) if each.people]
    assert own.sentence == of_team.sentence
    assert own.interval is None
    (person,) = own.people
    assert (person.expected, person.low, person.high) == (None, None, None)


def test_in_how_many_looks_before_it_was_the_same():
    def weeks(name, rejected):
        """A session a day over four weeks; ``rejected`` by week."""
        sessions = []
        for week, of_25 in enumerate(rejected):
            for number in range(7 * week, 7 * week + 6):
                change = CHANGES[number % 4]
                sessions.append(session_of(name, number, rejected=max(0, of_25 + change)))
        return {"username": name, "sessions": sessions}

    team = [weeks(f"m{n}", [5 + n % 3] * 4) for n in range(9)]
    stored(*team, weeks("odd", [20, 6, 20, 20]))
    last = Scope(PORTAL, start=date(2026, 3, 23), end=date(2026, 3, 29))
    (person,) = FINDINGS["unusual-reject-rate"](FindingData(last)).people
    # Of the three weeks before with data, two were the same.
    assert person.recent == Recent(outside=2, of=3)


def test_a_reject_rate_alone_coaches_nobody():
    assert FINDINGS["coach"](stored(*TEAM, work("odd", 20))).level == "good"


def test_a_team_that_chance_explains():
    data = stored(*TEAM)
    for slug in ("unusual-reject-rate", "unusual-handle-time", "unusual-completion"):
        found = FINDINGS[slug](data)
        assert (found.level, found.details, found.people) == ("good", (), ())
        assert found.sentence.startswith("Everybody's ")
        assert found.interval.low < found.interval.high


def test_a_wide_spread_is_no_reason_to_name_anybody():
    # From 2 to 18 of 25, evenly.
    documents = [work(f"m{n}", 2 + 2 * n) for n in range(9)]
    found = FINDINGS["unusual-reject-rate"](stored(*documents))
    assert (found.level, found.people) == ("note", ())
    assert found.sentence == "Cannot tell whether anybody's reject rate is unusual."


def test_a_hard_queue_is_no_reason_to_name_its_people():
    hard = [work(f"hard{n}", 12 + n % 3, seconds=80.0, queue="Violence") for n in range(2)]
    mixed = [
        {
            "username": f"both{n}",
            "sessions": [
                *(session_of(f"both{n}", number, rejected=6) for number in range(4)),
                *(
                    session_of(f"both{n}", number, rejected=13, seconds=80.0, queue="Violence")
                    for number in range(4, 8)
                ),
            ],
        }
        for n in range(3)
    ]
    data = stored(*TEAM, *hard, *mixed)
    for slug in ("unusual-reject-rate", "unusual-handle-time"):
        assert FINDINGS[slug](data).level == "good"


def test_two_odd_ones_do_not_hide_each_other():
    found = FINDINGS["unusual-reject-rate"](stored(*TEAM, work("odd", 20), work("even", 21)))
    assert [person.moderator for person in found.people] == ["even", "odd"]


def test_slow_without_completing_more():
    found = FINDINGS["unusual-handle-time"](stored(*TEAM, work("slow", 6, seconds=150.0)))
    assert "slow (150.0 s)" in plain(found.sentence)


def test_slow_and_careful_is_held_against_nobody():
    data = stored(*TEAM, work("slow", 6, seconds=150.0, completed=25))
    assert FINDINGS["unusual-handle-time"](data).level == "good"
    assert FINDINGS["coach"](data).level == "good"
    note = FINDINGS["speed-and-care"](data)
    assert (note.level, [person.moderator for person in note.people]) == ("note", ["slow"])
    assert "slow took 150.0 s of active time for a decision" in plain(note.people[0].sentence)
    assert note.people[0].sentence.endswith("Slower with more care is held against nobody.")


def test_one_forgotten_tab_changes_nobodys_verdict():
    forgot = work("tab", 6)
    forgot["sessions"][0]["duration"] = 8 * 3600
    found = FINDINGS["unusual-handle-time"](stored(*TEAM, forgot))
    (detail,) = found.details
    assert found.level == "good"
    assert plain(detail) == (
        "Session tab-0 of tab took 8 h 00 min for 25 decided videos and is not part of the handle"
        " time that people are judged by."
    )


def test_speed_without_care_is_coached():
    data = stored(*TEAM, work("skips", 6, seconds=12.0, completed=3))
    found = FINDINGS["coach"](data)
    assert (found.level, found.sentence) == ("act", "Coach skips: speed without care.")
    (person,) = found.people
    assert person.measure == "completion_rate"
    assert plain(person.sentence).startswith("Coach skips: completed 12.0 % of 100 videos. In the")
    assert "That came with speed: 12.0 s a decision, where 3" in plain(person.sentence)
    assert "skips (12.0 %)" in plain(FINDINGS["unusual-completion"](data).sentence)


def test_fast_and_completing_as_much_is_no_reason():
    data = stored(*TEAM, work("quick", 6, seconds=12.0))
    assert FINDINGS["coach"](data).level == "good"
    (person,) = FINDINGS["speed-and-care"](data).people
    assert person.sentence.endswith(
        "completes as much as others. Fast with the same care is held against nobody."
    )


def test_the_same_pace_is_nothing_to_note():
    assert FINDINGS["speed-and-care"](stored(*TEAM)) is None


def test_those_with_two_sessions_are_not_judged():
    new = work("new", 25)
    new["sessions"] = new["sessions"][:2]
    data = stored(*TEAM, new)
    assert FINDINGS["unusual-reject-rate"](data).people == ()
    verdicts = data.team.by_measure["reject_rate"]
    assert not verdicts.judged[data.team.names.index("new")]


@pytest.mark.parametrize("people", [0, 1, 4])
def test_few_people_are_not_compared(people):
    found = FINDINGS["unusual-reject-rate"](stored(*TEAM[:people]))
    assert (found.level, found.n) == ("too-few", 100 * people)


def test_people_without_times():
    documents = [work(f"m{n}", 6) for n in range(6)]
    for document in documents[:2]:
        for session in document["sessions"]:
            del session["duration"]
    assert FINDINGS["unusual-handle-time"](stored(*documents)).level == "too-few"


def test_a_person_is_compared_with_the_whole_team():
    everybody = stored(*TEAM, work("odd", 20)).team.by_measure["reject_rate"]
    from_scope = FindingData(Scope(PORTAL)).team.by_measure["reject_rate"]
    assert list(everybody.side) == list(from_scope.side)


def team(report, *, response=8.0, satisfaction=4.5, n=10):
    """Ten people with four rows each that vary a little."""
    for place in range(n):
        for day in range(4):
            change = (day - 1.5) / 5 + (place - 4.5) / 20
            report.performed(
                f"m{place}", 100, response + change, satisfaction + change / 4,
                day=date(2026, 3, 1 + day),
            )  # fmt: skip


def rows(report, name, response, satisfaction, *, days=4, sessions=50):
    """Rows of one person that vary a little."""
    for day in range(days):
        report.performed(
            name, sessions, response + (day - 1.5) / 5, satisfaction + (day - 1.5) / 20,
            day=date(2026, 3, 1 + day),
        )  # fmt: skip


def test_coach_the_slow_one(report):
    team(report)
    rows(report, "slow", 30.0, 4.6)
    found = finding_of("coach")
    assert (found.level, found.sentence, found.kind) == (
        "act",
        "Coach slow: response time.",
        "action",
    )
    assert found.interval.low < 8 < found.interval.high < 30
    (person,) = found.people
    assert (person.measure, person.n, person.sessions) == ("average_response_minutes", 4, None)
    assert plain(person.sentence) == (
        "Coach slow: response time 30.0 min over 4 performance rows. In the same time"
        f" {person.expected:.1f} min was expected; up to {person.high:.1f} min is ordinary. The"
        " target is 10.0 min."
    )


def test_coach_the_one_nobody_likes(report):
    team(report)
    rows(report, "grim", 8.0, 1.5)
    assert finding_of("coach").sentence == "Coach grim: satisfaction."


def test_more_reasons_come_first(report):
    team(report)
    rows(report, "both", 30.0, 1.5)
    rows(report, "slow", 31.0, 4.5)
    found = finding_of("coach")
    assert found.sentence == "Coach both and slow: response time, satisfaction."
    assert found.numbers == {"moderators": 2}


def test_nobody_to_coach(report):
    team(report)
    rows(report, "later", 9.0, 4.5)
    found = finding_of("coach")
    assert (found.level, found.sentence) == ("good", "Nobody needs coaching by these figures.")


def test_who_meets_the_target_is_not_coached(report):
    team(report, response=1.0, satisfaction=4.5)
    rows(report, "later", 9.0, 4.5)
    assert finding_of("coach").level == "good"


def test_worse_than_the_target_like_everybody_is_for_nobody_in_person(report):
    team(report, response=20.0, satisfaction=2.0)
    assert finding_of("coach").level == "good"


def test_two_rows_are_no_reason(report):
    team(report)
    rows(report, "new", 90.0, 1.0, days=2)
    assert finding_of("coach").level == "good"


@pytest.mark.parametrize("days", [0, 1, 2, 4])
def test_too_little_to_coach(report, days):
    if days:
        rows(report, "ann", 30.0, 1.0, days=days)
    assert finding_of("coach").level == "too-few"


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
    assert found.level == "note"
    # r = tanh((1.96 + 0.8416) / 3) = 0.732; six times 5 and six times 6 deviate by sqrt(3 / 11).
    assert plain(found.sentence) == (
        "Cannot tell whether those who moderate more sessions answer sooner or later. A difference"
        " of 0.8 min or more between those who moderate few and many would have been seen."
    )
    assert found.numbers["detectable_difference"] == pytest.approx(0.76496, abs=1e-4)


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few_moderators(report, n):
    for place in range(n):
        report.performed(f"m{place}", 100 + place, 5.0 + place)
    found = finding_of("response-and-sessions")
    assert (found.level, found.n) == ("too-few", n)


def test_ten_moderators_are_enough(report):
    for place in range(10):
        report.performed(f"m{place}", 10 + place, 5.0 + place + (place % 2))
    found = finding_of("response-and-sessions")
    assert (found.level, found.n) == ("watch", 10)


@pytest.mark.parametrize(("people", "level"), [(1, "too-few"), (4, "too-few"), (5, "good")])
def test_nobody_to_coach_is_said_where_somebody_could_be_judged(report, people, level):
    for nth in range(people):
        rows(report, f"m{nth}", 5.0, 4.5, days=10)
    found = finding_of("coach")
    assert (found.level, found.n) == (level, 10 * people)
    if level == "too-few":
        assert found.evidence == (
            f"n = {10 * people} performance rows and videos; 5 people with 3 rows, or 30 videos,"
            " each are needed"
        )


def test_nine_rows_are_too_few_to_look_whom_to_coach(report):
    rows(report, "ann", 5.0, 4.5, days=9)
    found = finding_of("coach")
    assert (found.level, found.evidence) == (
        "too-few",
        "n = 9 performance rows and videos; 10 are needed",
    )


def test_one_is_no_plural(report):
    report.performed("ann", 100, 5.0)
    assert finding_of("response-and-sessions").evidence == "n = 1 moderator; 10 are needed"


def test_equal_response_times_show_no_relation(report):
    team(report, n=12)
    assert finding_of("response-and-sessions").level == "too-few"
