"""Accuracy by hand: which checks count, what they stand for, and what opens behind the numbers.

Of the world of ``tests.quality.world`` eight views are decided: five of ann, three of ben.
"""

from datetime import date

import pytest

from accounts.models import Role
from analytics.access import PORTAL
from analytics.comparison.sampling import wilson_limits
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, Session, VideoView
from analytics.quality.checking import Opinion, check_sampled, check_view
from analytics.quality.disputes import decide_dispute, open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.quality.estimates import read_checked_views
from analytics.retention import delete_some_sessions
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db
EVERYONE = Scope(PORTAL)
EMPTY = {
    "checked": 0,
    "correct": 0,
    "accuracy": None,
    "low": None,
    "high": None,
    "wrongly_accepted": 0,
    "wrongly_rejected": 0,
    "targeted": 0,
}


@pytest.fixture(autouse=True)
def world(db):
    return write_world()


def draw(lea, method="random", scope=EVERYONE, **design):
    return draw_sample(SampleDesign(method, scope, **design), by=lea, seed=1)


def check(sample, by, **verdicts):
    """Check views of a sample: ``s1_0="accepted"`` is the first of s1."""
    for name, verdict in verdicts.items():
        session, position = name.split("_")
        view = sample.views.get(session=session, position=position)
        check_sampled(view, Opinion(verdict), by=by)


def rows(slug, scope=EVERYONE):
    return METRICS[slug](scope).rows


def summary(scope=EVERYONE):
    return rows("quality-summary", scope)[0]


def test_without_checks_nothing_is_said():
    assert summary() == {
        **EMPTY,
        "wrongly_accepted_share": None,
        "wrongly_rejected_share": None,
    }
    assert rows("quality-by-moderator") == []


def test_a_whole_population_checked_is_known_exactly(lea):
    sample = draw(lea, size=100)
    check(sample, lea, s1_0="accepted", s1_1="accepted", s1_3="rejected", s2_0="rejected")
    check(sample, lea, s2_1="rejected", s3_0="rejected", s3_1="accepted", s4_0="accepted")

    found = summary()

    assert (found["checked"], found["correct"]) == (8, 6)
    assert (found["wrongly_accepted"], found["wrongly_rejected"]) == (1, 1)
    assert (found["accuracy"], found["low"], found["high"]) == (0.75, 0.75, 0.75)
    assert found["wrongly_rejected_share"] == 0.125


def test_checks_of_strata_weigh_what_they_stand_for(lea):
    sample = draw(lea, "by-moderator", size=2, at_least=2)
    strata = {stratum.moderator.username: stratum for stratum in sample.strata.all()}
    assert [(strata[name].population, strata[name].drawn) for name in ("ann", "ben")] == [
        (5, 2),
        (3, 2),
    ]
    for view in sample.views.all():
        of_ann = view.stratum_id == strata["ann"].pk
        right = of_ann and view.number % 1 == 0
        other = {"accepted": "rejected", "rejected": "accepted"}[view.decision]
        check_sampled(view, Opinion(view.decision if right else other), by=lea)

    # ann's two stand for five and are right, ben's two for three and are not.
    assert summary()["accuracy"] == pytest.approx(5 / 8)
    by_person = {row["moderator"]: row["accuracy"] for row in rows("quality-by-moderator")}
    assert by_person == {"ann": 1.0, "ben": 0.0}


def test_half_a_sample_stands_for_all(lea):
    sample = draw(lea, size=8)
    check(sample, lea, s1_0="accepted", s3_0="accepted")

    found = summary()

    # Two of eight: each stands for four; Wilson with a finite population.
    assert (found["checked"], found["accuracy"]) == (2, 0.5)
    assumed = (1 + 0.5) / 3
    rate = (1 + assumed) / 3
    variance = 0.75 * rate * (1 - rate) / 2
    low, high = wilson_limits(0.5, rate * (1 - rate) / variance)
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))


def test_what_counts_nowhere(lea):
    sample = draw(lea, size=8)
    check(sample, lea, s1_0="unsure", s1_1="accepted", s3_0="accepted", s4_0="rejected")
    ann = make_user("ann.account", Role.MODERATOR)
    ann.moderator = Moderator.objects.get(username="ann")
    ann.save()
    dispute = open_dispute(sample.views.get(session="s1", position=1).checks.get(), "Why", by=ann)
    VideoView.objects.filter(session__public_id="s4").update(keys=["q"])

    # Unsure, disputed, and about another decision: only s3 #1 is left, which is wrong.
    assert (summary()["checked"], summary()["correct"]) == (1, 0)

    decide_dispute(dispute, "reversed", "", by=make_user("max", Role.LEAD))
    assert (summary()["checked"], summary()["correct"]) == (2, 1)


def test_an_upheld_dispute_counts_as_the_check_says(lea):
    sample = draw(lea, size=8)
    check(sample, lea, s1_1="accepted")
    ann = make_user("ann.account", Role.MODERATOR)
    ann.moderator = Moderator.objects.get(username="ann")
    ann.save()
    dispute = open_dispute(sample.views.get(session="s1", position=1).checks.get(), "Why", by=ann)
    max_ = make_user("max", Role.LEAD)
    decide_dispute(dispute, "upheld", "No", by=max_)
    # Whatever somebody else says later.
    check(sample, max_, s1_1="rejected")

    assert (summary()["checked"], summary()["correct"]) == (1, 0)


def test_one_weight_a_view_whoever_checked_it_how_often(lea):
    max_ = make_user("max", Role.LEAD)
    first, second = draw(lea, size=8), draw(lea, size=8)
    check(first, lea, s1_0="rejected", s1_1="rejected")
    check(first, max_, s1_0="accepted")
    check(second, lea, s1_1="rejected")

    # Of s1 #1 the later verdict counts.
    assert (summary()["checked"], summary()["correct"]) == (2, 2)


def test_overlapping_samples_share_what_they_stand_for(lea):
    march = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 31))
    everything, of_march = draw(lea, size=8), draw(lea, scope=march, size=7)
    check(everything, lea, s1_0="accepted", s4_0="rejected")
    check(of_march, lea, s2_0="accepted")

    with snapshot():
        views = read_checked_views(EVERYONE)
    weights = {view.place.day.isoformat(): views.weight(view) for view in views.views}

    # Of March two eighths and one seventh were checked; of April two eighths.
    chance = 1 - (1 - 2 / 8) * (1 - 1 / 7)
    assert weights == {
        "2026-03-01": pytest.approx(1 / chance),
        "2026-03-02": pytest.approx(1 / chance),
        "2026-04-04": pytest.approx(4),
    }
    total = 2 / chance + 4
    assert summary()["accuracy"] == pytest.approx(2 / chance / total)


def test_other_checks_are_counted_apart(lea):
    sample, rejects = draw(lea, size=2), draw(lea, "rejects")
    drawn = {(view.session_id, view.position) for view in sample.views.all()}
    for view in rejects.views.all():
        check_sampled(view, Opinion("accepted"), by=lea)
    free = next(key for key in (("s1", 0), ("s2", 0), ("s4", 0)) if key not in drawn)
    check_view(*free, Opinion("accepted"), by=lea)

    # Four rejects and one more, none of them for what a random sample drew.
    assert summary() == {
        **EMPTY,
        "targeted": 5,
        "wrongly_accepted_share": None,
        "wrongly_rejected_share": None,
    }


def test_by_queue_and_by_month(lea):
    sample = draw(lea, size=8)
    check(sample, lea, s1_0="rejected", s1_3="rejected", s2_0="accepted", s4_0="accepted")

    by_queue = [(row["queue"], row["checked"], row["correct"]) for row in rows("quality-by-queue")]
    assert by_queue == [("Hate", 2, 2), ("Spam", 1, 0), (None, 1, 1)]
    by_month = [(row["month"], row["checked"], row["accuracy"]) for row in rows("quality-by-month")]
    assert by_month == [("2026-03", 3, pytest.approx(2 / 3)), ("2026-04", 1, 1.0)]


def test_a_new_verdict_shows_at_once(lea):
    sample = draw(lea, size=8)
    check(sample, lea, s1_0="rejected")
    before = summary()["correct"]
    check(sample, lea, s1_0="accepted")

    assert (before, summary()["correct"]) == (0, 1)


def test_checks_follow_a_person_whose_names_were_merged(lea):
    sample = draw(lea, "by-moderator", size=8)
    check(sample, lea, s1_0="accepted", s3_0="accepted")
    Session.objects.filter(moderator__username="ben").update(
        moderator=Moderator.objects.get(username="ann")
    )

    (row,) = rows("quality-by-moderator")
    assert (row["moderator"], row["checked"], row["correct"]) == ("ann", 2, 1)
    assert row["accuracy"] == pytest.approx(5 / (5 + 3))


@pytest.fixture
def checked(lea):
    sample = draw(lea, "by-moderator", size=8, at_least=3)
    check(sample, lea, s1_0="accepted", s1_1="accepted", s3_0="rejected", s4_0="rejected")
    check_view("s2", 0, Opinion("unsure"), by=lea)
    return sample


def opened(client, slug, **query):
    response = client.get(f"/api/v1/metrics/{slug}/rows/", query)
    assert response.status_code == 200, response.content
    body = response.json()
    return body["of"], body["results"]


def test_every_count_opens_its_checks(client, lea, checked):
    client.force_login(lea)
    for column in ("checked", "correct", "wrongly_accepted", "wrongly_rejected", "targeted"):
        of, results = opened(client, "quality-summary", column=column)
        assert of == {
            "records": "quality-checks",
            "how": "count",
            "count": summary()[column],
            "shown": summary()[column],
        }
        assert len(results) == of["count"]


def test_an_accuracy_opens_with_what_each_check_stands_for(client, lea, checked):
    client.force_login(lea)
    for slug, key in (
        ("quality-summary", {}),
        ("quality-by-moderator", {"moderator": "ben"}),
        ("quality-by-queue", {"queue": "Spam"}),
        ("quality-by-queue", {"queue": "Hate"}),
        ("quality-by-month", {"month": "2026-03"}),
    ):
        of, results = opened(client, slug, column="accuracy", **key)
        amount, weight = (sum(row[name] for row in results) for name in ("amount", "weight"))
        assert of["how"] == "ratio"
        assert of["shown"] == pytest.approx(amount / weight), (slug, key)


def test_a_moderator_gets_their_own_without_the_checker(client, lea, checked):
    ann = make_user("ann.account", Role.MODERATOR)
    ann.moderator = Moderator.objects.get(username="ann")
    ann.save()
    client.force_login(ann)

    body = client.get("/api/v1/metrics/quality-by-moderator/").json()

    assert [(row["moderator"], row["checked"]) for row in body["rows"]] == [("ann", 2)]
    _of, results = opened(client, "quality-summary", column="checked")
    assert {(row["session"], row["by"]) for row in results} == {("s1", None)}
    assert client.get("/api/v1/metrics/quality-summary/?moderator=ben").status_code == 404


def delete_with_checks(name):
    """Delete a session as retention does."""
    within = Session.objects.filter(public_id=name)
    assert delete_some_sessions(within) == 1


@pytest.mark.parametrize(
    "delete_session",
    [lambda name: Session.objects.get(public_id=name).delete(), delete_with_checks],
    ids=["alone", "by retention"],
)
def test_what_is_deleted_is_stood_for_by_nobody(lea, delete_session):
    sample = draw(lea, size=100)
    check(sample, lea, s2_0="accepted", s2_1="accepted", s3_0="rejected", s1_0="accepted")
    with snapshot():
        # Four of eight are checked.
        assert set(read_checked_views(EVERYONE).chances.values()) == {0.5}
    delete_session("s1")

    with snapshot():
        views = read_checked_views(EVERYONE)
    # Of the five that are left three are checked, of which two are right.
    assert list(views.chances.values()) == [pytest.approx(3 / 5)]
    assert (summary()["checked"], summary()["accuracy"]) == (3, pytest.approx(2 / 3))


def test_what_retention_leaves_weighs_what_is_left(lea):
    sample = draw(lea, "by-moderator", size=8, at_least=3)
    check(sample, lea, s1_0="accepted", s1_1="rejected", s1_3="rejected")
    check(sample, lea, s2_0="accepted", s2_1="rejected")
    check(sample, lea, s3_0="accepted", s3_1="rejected", s4_0="rejected")
    delete_with_checks("s1")

    # Of ann two views are left and right, of ben three and wrong: each stands for itself.
    assert summary()["accuracy"] == pytest.approx(2 / 5)
