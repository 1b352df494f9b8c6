"""The registry: who sees which findings, their order, the samples and the demo."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from analytics.access import OPEN_GROUPS, PORTAL, Forbidden, ScopeError
from analytics.demo.engagement import load_engagement
from analytics.insights import FINDINGS, insights
from analytics.insights.findings import LEVELS
from analytics.insights.registry import PARAMETERS, finding
from analytics.metrics.registry import METRICS
from analytics.models import ChatSession, ModeratorPerformance, Recommendation, Session
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, plain

pytestmark = pytest.mark.django_db

#: A pace that nobody has, nobody who began, figures without a target until an admin sets one.
UNASKED = {
    "speed-and-care", "newcomers",
    "reject-target", "completion-target", "handle-target", "idle-target",
}  # fmt: skip

#: What is said of one moderator's days too.
CHANGES = ["reject-rate-changes", "handle-time-changes", "completion-changes", "queue-changes"]

SAMPLES = Path(__file__).parent.parent / "data" / "samples"

# What the published report says, and whether it is the report's own files or the demo.
PUBLISHED = {
    "rating-target": ("act", "Feedback rating averages 3.38, below its target of 4.00."),
    "satisfaction-target": ("act", "Satisfaction averages 3.10, below its target of 4.00."),
    "click-through-target": (
        "act",
        "Click-through rate averages 52.0 %, below its target of 60.0 %.",
    ),
    "length-target": (
        "note",
        (
            "Session length averages 58.7 min, below its target of 60.0 min, but the difference may"
            " be chance."
        ),
    ),
    "messages-target": ("good", "Number of messages averages 25.0 and meets its target of 20.0."),
    "length-and-rating": ("watch", "Longer sessions go with better ratings, weakly."),
    "best-feedback": ("good", "Video has the best feedback of 3 types."),
    "commonest-type": ("note", "Podcast is the commonest type: 41.8 % of all."),
}


def by_slug(scope=EVERYTHING):
    return {found.slug: found for found in insights(scope)}


def assert_published(found):
    for slug, (level, sentence) in PUBLISHED.items():
        assert (found[slug].level, plain(found[slug].sentence)) == (level, sentence)
    assert found["click-through-by-type"].level in ("good", "note")
    related = found["response-and-sessions"]
    assert related.level == "note"
    assert related.sentence.startswith(
        "Cannot tell whether those who moderate more sessions answer sooner or later. A difference"
    )
    assert plain(found["response-target"].sentence).startswith(
        "Response time averages 11.5 min, above its target of 10.0 min"
    )
    for told in found.values():
        if told.level != "too-few":
            assert told.interval is not None or told.slug == "coach"
            assert told.interval is None or told.interval.low <= told.interval.high
            assert told.n >= 10
            assert "n = " in told.evidence
        assert " cause" not in told.sentence


def test_the_published_reports_files_say_what_it_says():
    for kind in ("user-activity", "recommendations", "moderator-performance"):
        call_command("import_csv", kind, str(SAMPLES / "report" / f"{kind}.csv"))
    found = by_slug()
    assert_published(found)
    assert found["low-rated-sessions"].level == "watch"
    # Nobody is far from the others: the rows of each vary as much.
    # One row each: nobody can be judged.
    assert found["coach"].level == "too-few"


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_demo_says_what_the_report_says(seed):
    today = date(2026, 11, 22)
    load_engagement(seed, today)
    assert_published(by_slug())
    activity = METRICS["activity-summary"](EVERYTHING).rows[0]
    assert activity["sessions"] == 1000
    assert activity["average_length_minutes"] == pytest.approx(58.7)
    assert activity["average_messages"] == 25
    assert activity["average_rating"] == 3.38
    performance = METRICS["moderator-summary"](EVERYTHING).rows[0]
    assert performance["average_response_minutes"] == pytest.approx(11.5)
    assert performance["average_satisfaction"] == pytest.approx(3.1)
    assert METRICS["click-through-rate"](EVERYTHING).rows[0]["average"] == pytest.approx(0.52)
    for model in (ChatSession, Recommendation, ModeratorPerformance):
        days = model.objects.order_by("date").values_list("date", flat=True)
        assert date(2025, 10, 25) < days.first() <= days.last() <= today


def test_the_demo_is_the_same_for_the_same_seed():
    load_engagement(7, date(2026, 11, 22))
    first = list(ChatSession.objects.order_by("session_id").values_list())
    ChatSession.objects.all().delete()
    load_engagement(7, date(2026, 11, 22))
    again = list(ChatSession.objects.order_by("session_id").values_list())
    assert [row[1:] for row in first] == [row[1:] for row in again]


def test_nothing_is_claimed_of_nothing():
    found = insights(EVERYTHING)
    assert [told.slug for told in found] == [slug for slug in FINDINGS if slug not in UNASKED]
    assert {told.level for told in found} == {"too-few"}


def test_most_urgent_first():
    load_engagement(1, date(2026, 11, 22))
    levels = [LEVELS.index(told.level) for told in insights(EVERYTHING)]
    assert levels == sorted(levels)
    assert len(set(levels)) == len(LEVELS)


def test_a_moderator_sees_nothing_about_people(alice, lea, report):
    for number in range(5):
        report.performed(f"m{number}", 100, 5.0 + number, 4.5)
    report.performed("alice", 100, 15.0, 2.0)
    report.chats(*[{"feedback_rating": 3}] * 12)
    own = insights(Scope.parse({}, alice, accepts=PARAMETERS))
    assert [told.slug for told in own] == ["response-target", "satisfaction-target", *CHANGES]
    month = {"start": "2026-03-01", "end": "2026-03-31", "team": "true"}
    of_team = insights(Scope.parse(month, alice, accepts=PARAMETERS))
    people = {slug for slug, declared in FINDINGS.items() if declared.about_people}
    of_nobody = {
        slug for slug, each in FINDINGS.items() if METRICS[each.metric].group in OPEN_GROUPS
    }
    assert {told.slug for told in of_team} == of_nobody - people
    assert people == {
        "response-and-sessions",
        "unusual-reject-rate",
        "unusual-handle-time",
        "unusual-completion",
        "speed-and-care",
        "newcomers",
        "coach",
    }
    told_of = " ".join(f"{t.sentence} {t.evidence} {' '.join(t.details)}" for t in of_team)
    assert "alice" not in told_of
    by_lead = {told.slug for told in insights(Scope.parse({}, lea, accepts=PARAMETERS))}
    assert by_lead == set(FINDINGS) - UNASKED


def test_one_moderator_for_a_lead(lea, report):
    report.performed("ann", 100, 15.0, 2.0)
    scope = Scope.parse({"moderator": "ann"}, lea, accepts=PARAMETERS)
    assert [told.slug for told in insights(scope)] == [
        "response-target",
        "satisfaction-target",
        *CHANGES,
    ]


def test_who_may_not_ask(alice, lea):
    with pytest.raises(ScopeError):
        Scope.parse({"session": "s1"}, lea, accepts=PARAMETERS)
    alice.moderator = None
    with pytest.raises(Forbidden):
        Scope.parse({}, alice, accepts=PARAMETERS)
    with pytest.raises(ScopeError):
        insights(Scope(PORTAL, session=Session()))


def test_queries_do_not_grow_with_the_data(django_assert_max_num_queries):
    load_engagement(1, date(2026, 11, 22))
    # About two a finding: most share the metrics that they read.
    with django_assert_max_num_queries(2 * len(FINDINGS)):
        insights(EVERYTHING)


def test_as_the_api_gives_it(report):
    report.chats(*[{"feedback_rating": 3}] * 10)
    told = by_slug()["rating-target"].as_dict()
    assert told == {
        "slug": "rating-target",
        "title": "Feedback rating against its target",
        "kind": "finding",
        "level": "act",
        "sentence": "Feedback rating averages 3.00, below its target of 4.00.",
        "action": None,
        "metric": "activity-summary",
        "evidence": {
            "text": told["evidence"]["text"],
            "n": 10,
            "counted": "rated sessions",
            # Gaffke's bounds of ten equal 3s on the scale from 1 to 6.
            "interval": {
                "low": pytest.approx(2.39, abs=0.01),
                "high": pytest.approx(3.92, abs=0.01),
                "of": "the mean of average_rating",
            },
            "numbers": {"mean": 3.0, "target": 4.0},
            "details": [],
        },
        "people": [],
    }


def test_declarations_are_whole():
    for slug, declared in FINDINGS.items():
        assert declared.definition, slug
        assert declared.title, slug
        assert declared.metric in METRICS, slug


def test_a_finding_is_declared_once_and_of_a_metric():
    def coach(data):
        """Another."""

    with pytest.raises(ValueError, match="two findings are named coach"):
        finding(title="x", metric="decisions")(coach)
    with pytest.raises(ValueError, match="which is no metric"):

        @finding(title="x", metric="nonsense")
        def something_else(data):
            """Of nothing."""
