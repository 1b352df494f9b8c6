"""A person's checked decisions on their page, as leads and the person read them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Role
from analytics.access import PORTAL
from analytics.metrics.team_spread import spread_of_others
from analytics.models import Moderator, QualityCheck, SampledView
from analytics.presentation.person_quality import checked_work
from analytics.quality.checking import Opinion, check_view
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from tests.conftest import make_user
from tests.factory import NOON, write_sessions
from tests.quality.world import plain_session

pytestmark = pytest.mark.django_db
PEOPLE = ("ann", "ben", "cem", "dan", "eve", "fay", "gus", "han", "ida")
START, END, TODAY = date(2026, 3, 1), date(2026, 3, 30), date(2026, 4, 1)
DATES = {"start": "2026-03-01", "end": "2026-03-30"}


@pytest.fixture
def work(db):
    write_work()


def write_work():
    """Four sessions of 8 accepted videos of each of nine people, over 10 days."""
    sessions = [
        plain_session(
            f"{name}-{nth}",
            name,
            NOON + timedelta(days=3 * nth),
            [(f"{name}-{nth}-{view}", "a", "Spam") for view in range(8)],
        )
        for name in PEOPLE
        for nth in range(4)
    ]
    write_sessions(sessions)


@pytest.fixture
def checked(work, lea):
    """All of it checked: wrong are 8 of ann's, and 0 to 7 of each of the others."""
    check_all(lea, {"ann": 8} | {name: nth for nth, name in enumerate(PEOPLE[1:])})


def check_all(lea, wrong):
    """Check everything; ``wrong``: how many of each person's decisions, in turn over sessions."""
    design = SampleDesign("random", Scope(PORTAL, start=START, end=END), size=9 * 32)
    sample = draw_sample(design, by=lea, seed=1)
    views = SampledView.objects.filter(sample=sample).order_by("session", "position")
    checks = []
    for view in views:
        name, session = view.session_id.split("-")
        is_wrong = 4 * view.position + int(session) < wrong[name]
        checks.append(
            QualityCheck(
                sampled=view,
                session_id=view.session_id,
                position=view.position,
                video=view.video,
                decision=view.decision,
                verdict="rejected" if is_wrong else "accepted",
                checked_by=lea,
            )
        )
    QualityCheck.objects.bulk_create(checks)


def scope_of(viewer, name="ann"):
    return Scope(viewer, Moderator.objects.get(username=name), start=START, end=END)


def text_of(client, viewer):
    client.force_login(viewer)
    response = client.get(reverse("portal:person", args=["ann"]), DATES)
    assert response.status_code == 200
    words = strip_tags(response.content.decode()).replace("\u00a0", " ")
    return response, " ".join(words.split())


def test_leads_and_the_person_read_the_same_and_only_the_person_is_led_to_their_checks(
    client, lea, checked
):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    cards = []
    for viewer in (lea, ann):
        response, text = text_of(client, viewer)
        found = response.context["checked"]
        assert found.accuracy.replace("\u00a0", " ") == "75.0 %"
        assert found.basis == "24 of 32\u00a0checked decisions right, weighted"
        # All is checked: there is nothing left to chance.
        assert found.interval == "95\u00a0%: 75.0–75.0"
        assert (found.level, found.verdict, found.note) == ("plain", "Within limits", "")
        assert [(count.label, count.text) for count in found.counts] == [
            ("Wrongly accepted", "8"),
            ("Wrongly rejected", "0"),
            ("Checked otherwise", "0"),
        ]
        query = "?moderator=ann&start=2026-03-01&end=2026-03-30&column="
        rows = f"/rows/quality-summary/{query}"
        assert found.accuracy_url == f"{rows}accuracy"
        assert found.checked_url == f"{rows}checked"
        assert [count.rows_url for count in found.counts] == [f"{rows}wrongly_accepted", "", ""]
        for address in (found.accuracy_url, found.checked_url, found.counts[0].rows_url):
            assert client.get(address).status_code == 200
        has_link = (
            reverse("portal:own-checks")
            in response.content.decode()
            .partition('id="card-checked"')[2]
            .partition("</section>")[0]
        )
        assert has_link == (viewer is ann)
        cards.append(
            text.partition("Checked decisions The accuracy")[2].partition("What the numbers")[0]
        )
    assert f"{cards[0]}My checks " == cards[1]


def test_the_others_lie_beside_as_far_as_the_viewer_may_see(lea, checked):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    # Right of 32: 25 to 32; quartiles by NIST 1.3.5.6 at places 2.75, 4.5 and 6.25 of eight.
    for viewer in (lea, ann):
        found = spread_of_others(scope_of(viewer), TODAY)["accuracy"]
        quartiles = (found.low * 32, found.median * 32, found.high * 32, found.people)
        assert quartiles == pytest.approx((26.75, 28.5, 30.25, 8))
    # Of those with fewer than 30 checked decisions nothing is told, and then of seven not to ann.
    QualityCheck.objects.filter(session_id="ben-0").delete()
    assert spread_of_others(scope_of(lea), TODAY)["accuracy"].people == 7
    assert "accuracy" not in spread_of_others(scope_of(ann), TODAY)


def test_nothing_checked_is_no_accuracy_of_zero(client, lea, work):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    for viewer in (lea, ann):
        response, text = text_of(client, viewer)
        assert response.context["checked"] is None
        assert (
            "No check of ann's decisions in these dates counts yet, so the accuracy is not known."
            in text.replace("&#x27;", "'")
        )
    check_view("ann-0", 0, Opinion("unsure"), by=lea)
    assert checked_work(scope_of(lea), TODAY) is None


def test_what_was_checked_for_what_it_is_tells_no_accuracy(client, lea, work):
    check_view("ann-0", 0, Opinion("rejected"), by=lea)
    _response, text = text_of(client, lea)
    found = checked_work(scope_of(lea), TODAY)
    assert (found.accuracy, found.ladder, found.verdict) == ("", None, "Not judged")
    [apart] = found.counts
    assert (apart.label, apart.text) == ("Checked otherwise", "1")
    assert "Accuracy nothing of a random sample counts yet — Checked otherwise: 1" in text
    # Before these dates nothing was checked at all.
    before = replace(scope_of(lea), start=date(2026, 1, 1), end=date(2026, 2, 1))
    assert checked_work(before, TODAY) is None


def test_a_few_checks_are_too_few_to_judge_by(lea, checked):
    QualityCheck.objects.filter(session_id__in=("ann-0", "ann-1")).delete()
    found = checked_work(scope_of(lea), TODAY)
    assert (found.level, found.verdict) == ("few", "Too few")
    assert found.note == (
        "Limits take 30 checked decisions in 3 sessions, and enough others with as many in the same"
        " queues and weeks."
    )
