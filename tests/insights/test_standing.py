"""Where one person stands, and the findings that name them."""

from datetime import datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.insights.registry import FindingData
from analytics.insights.spread import unusual_reject_rate
from analytics.insights.standing import findings_about, standings
from analytics.metrics.registry import METRICS
from analytics.models import Moderator
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, plain
from tests.insights.test_people import TEAM, rows, stored, team, work

pytestmark = pytest.mark.django_db


def scope_of(name, viewer=PORTAL):
    return Scope(viewer, moderator=Moderator.objects.get(username=name))


def by_column(scope):
    return {standing.measure.column: standing for standing in standings(scope)}


def test_the_findings_about_one_person_are_those_of_the_team():
    stored(*TEAM, work("odd", 20))
    (found,) = findings_about(scope_of("odd"))
    assert found.slug == "unusual-reject-rate"
    assert found.people == unusual_reject_rate(FindingData(EVERYTHING)).people
    assert findings_about(scope_of("m1")) == []


def test_a_person_stands_in_every_measure_with_data(report):
    stored(*TEAM, work("odd", 20))
    team(report)
    rows(report, "odd", 8.0, 4.5)
    found = by_column(scope_of("odd"))
    assert list(found) == [
        "reject_rate",
        "handle_seconds",
        "completion_rate",
        "average_response_minutes",
        "average_satisfaction",
    ]
    reject = found["reject_rate"]
    assert (reject.value, reject.n, reject.sessions, reject.outside) == (0.8, 100, 4, True)
    assert reject.low < reject.expected < reject.high < reject.detectable < 0.8
    assert found["handle_seconds"].outside is False
    assert (found["average_satisfaction"].n, found["average_satisfaction"].sessions) == (4, None)
    assert all(standing.reason == "" for standing in found.values())


def test_why_somebody_is_not_judged(report):
    new = work("new", 25)
    new["sessions"] = new["sessions"][:2]
    stored(*TEAM, new)
    team(report)
    rows(report, "new", 8.0, 4.5, days=2)
    found = by_column(scope_of("new"))
    assert {standing.outside for standing in found.values()} == {None}
    assert plain(found["reject_rate"].reason) == (
        "Too little data to judge new: 50 decided videos in 2 sessions; 30 in 3 sessions are"
        " needed."
    )
    assert plain(found["average_satisfaction"].reason) == (
        "Too little data to judge new: 2 performance rows; 3 are needed."
    )


@pytest.mark.parametrize(
    ("videos", "sessions", "few"), [(10, 3, False), (9, 3, True), (25, 2, True)]
)
def test_thirty_videos_in_three_sessions_are_enough(videos, sessions, few):
    alone = work("alone", 5, queue="Violence")
    alone["sessions"] = [
        {**each, "videos": each["videos"][:videos]} for each in alone["sessions"][:sessions]
    ]
    stored(*TEAM, alone)
    reason = plain(by_column(scope_of("alone"))["reject_rate"].reason)
    assert reason.startswith("Too little data to judge alone: ") is few
    assert reason.startswith("alone is not judged: ") is not few


@pytest.mark.parametrize(("days", "reason"), [(2, "Too little data"), (3, "Nobody is judged")])
def test_three_performance_rows_are_enough(report, days, reason):
    rows(report, "ann", 8.0, 4.5, days=days)
    assert by_column(scope_of("ann"))["average_satisfaction"].reason.startswith(reason)


@pytest.mark.parametrize(("others", "seen"), [(4, False), (5, True)])
def test_a_person_sees_the_limits_of_scores_among_five_others(report, alice, others, seen):
    for name in ("ann", *(f"m{n}" for n in range(others))):
        rows(report, name, 8.0, 4.5)
    found = by_column(scope_of("ann", alice))["average_satisfaction"]
    assert found.outside is False
    assert (found.expected is not None) is seen
    assert by_column(scope_of("ann"))["average_satisfaction"].expected is not None


def test_who_works_alone_or_in_a_small_team_is_not_judged():
    alone = work("alone", 20, queue="Violence")
    stored(*TEAM, alone)
    assert by_column(scope_of("alone"))["reject_rate"].reason == (
        "alone is not judged: more than half of this work is in queues and weeks in which nobody"
        " else worked."
    )


def test_nobody_is_judged_among_four():
    stored(*TEAM[:4])
    found = by_column(scope_of("m1"))
    assert {standing.reason for standing in found.values()} == {
        "Nobody is judged: fewer than 5 people have enough data of this kind."
    }


def test_a_person_sees_no_limits_that_rest_on_few_others(alice):
    stored(*TEAM, *(work(f"hard{n}", 12, queue="Violence") for n in range(3)))
    for viewer, seen in ((PORTAL, True), (alice, False)):
        reject = by_column(scope_of("hard0", viewer))["reject_rate"]
        assert reject.outside is False
        assert (reject.expected is not None, reject.detectable is not None) == (seen, seen)


def with_a_shared_queue():
    """Nine people on a queue; two of them have worked on another, too."""
    documents = [work(f"m{n}", 5 + n % 3) for n in range(9)]
    for document in documents[:2]:
        more = work(document["username"], 20, queue="Violence")["sessions"][:2]
        document["sessions"] += [{**each, "_id": f"{each['_id']}-violence"} for each in more]
    return documents


def test_a_person_s_limits_are_those_of_their_own_row(alice):
    """Not those of the verdict: one other has worked on the second queue."""
    stored(*with_a_shared_queue())
    own = scope_of("m0", alice)
    (row,) = METRICS["moderator-comparison"](own).rows
    seen, verdict = by_column(own), by_column(scope_of("m0"))
    for name in ("reject_rate", "completion_rate", "handle_seconds"):
        standing = seen[name]
        found = (standing.expected, standing.low, standing.high)
        assert found == tuple(row[f"{name}_{end}"] for end in ("expected", "low", "high"))
    assert seen["reject_rate"].expected is not None
    assert seen["reject_rate"].expected != verdict["reject_rate"].expected


def test_a_sentence_has_numbers_only_of_weeks_with_enough_others(alice):
    """Eight others have worked on the queue, three of them in the person's second week."""
    odd = work("odd", 20)
    odd["sessions"] += [
        {**each, "_id": f"{each['_id']}-later", "starttime": later(each["starttime"])}
        for each in work("odd", 20)["sessions"]
    ]
    few = [
        {
            "username": f"m{n}",
            "sessions": [
                {**each, "_id": f"{each['_id']}-later", "starttime": later(each["starttime"])}
                for each in work(f"m{n}", 6)["sessions"]
            ],
        }
        for n in range(3)
    ]
    stored(*TEAM, odd, *few)
    (found,) = findings_about(scope_of("odd", alice))
    (person,) = found.people
    assert plain(person.sentence) == (
        "odd rejected 80.0 % of 200 decided videos. That is above what is ordinary in the same"
        " queues and weeks."
    )
    # What alice may see is her row of the comparison: by the queue, where enough others worked.
    (row,) = METRICS["moderator-comparison"](scope_of("odd", alice)).rows
    limits = [row[f"reject_rate_{of}"] for of in ("expected", "low", "high")]
    assert [person.expected, person.low, person.high] == limits
    assert None not in limits
    assert plain(person.would_change).startswith("Ordinary would be a reject rate between")


def later(text):
    """A moment two weeks later."""
    return (datetime.fromisoformat(text) + timedelta(days=14)).isoformat()
