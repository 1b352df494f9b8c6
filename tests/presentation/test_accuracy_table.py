"""Accuracies before their limits, and what the head of the page Quality says of people."""

import pytest

from accounts.models import Role
from analytics.models import QualityCheck
from tests.conftest import make_user
from tests.presentation.test_person_quality import DATES, PEOPLE, check_all, write_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(db):
    write_work()


@pytest.fixture
def below(work, lea):
    """Of ann's 32 decisions 26 are wrong, of the others' 0 to 3."""
    check_all(lea, {"ann": 26} | {name: nth % 4 for nth, name in enumerate(PEOPLE[1:])})


def page_of(client, user):
    client.force_login(user)
    response = client.get("/quality/", DATES)
    assert response.status_code == 200
    return response


def said(response):
    return [(finding.level, finding.text) for finding in response.context["checked_findings"]]


def card_of(response, slug):
    return next(page.card for page in response.context["cards"] if page.slug == slug)


def test_who_is_below_is_named_first_with_their_page(client, lea, below):
    response = page_of(client, lea)
    [(level, text)] = said(response)
    assert level == "act"
    assert text.startswith("Coach ann: 18.8\xa0% of 32\xa0checked decisions were right.")
    [finding] = response.context["checked_findings"]
    assert finding.href == "/moderators/ann/?start=2026-03-01&end=2026-03-30"
    card = card_of(response, "quality-by-moderator")
    assert [heading.label for heading in card.columns] == [
        "Moderator",
        "Checked",
        "Accuracy",
        "Verdict",
        "95 %",
        "Expected",
        "Own limits",
        "Wrong accepts",
        "Wrong rejects",
    ]
    first, *others = str(card.body).split("</tr>")[:-1]
    assert ("ann" in first, "level-act" in first, "limits-act" in first) == (True, True, True)
    assert all("Within limits" in row for row in others)
    assert ("act", "below the limits", "") in card.legend
    assert "/rows/quality-by-moderator/?start=2026-03-01" in first


def test_the_person_reads_the_same_about_nobody_else(client, lea, below):
    text = said(page_of(client, lea))[0][1]
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    ben = make_user("ben", Role.MODERATOR, moderates=True)
    response = page_of(client, ann)
    assert said(response) == [("act", text)]
    assert response.context["checked_findings"][0].href == ""
    assert str(card_of(response, "quality-by-moderator").body).count("<tr>") == 1
    response = page_of(client, ben)
    assert said(response) == []
    assert ">ann<" not in response.content.decode()


def test_nobody_below_is_said_with_what_would_have_been_seen(client, lea, work):
    check_all(lea, {name: 1 + nth % 2 for nth, name in enumerate(PEOPLE)})
    response = page_of(client, lea)
    [(level, text)] = said(response)
    [finding] = response.context["checked_findings"]
    assert finding.evidence.startswith("9\xa0people were judged. Of half of them ")
    known = {
        "note": "Nobody's accuracy lies below their limits.",
        "few": "Cannot tell whether anybody's accuracy is low: there are too few checks for it.",
    }
    assert text == known[level]


def test_too_few_checks_tell_nothing_and_lead_to_a_plan(client, lea, work):
    check_all(lea, dict.fromkeys(PEOPLE, 0))
    QualityCheck.objects.exclude(session__public_id__startswith="ann").filter(
        position__gt=1
    ).delete()
    response = page_of(client, lea)
    text = "Cannot tell whose decisions are right less often: 1\xa0person has 30 checked decisions"
    assert said(response) == [("few", f"{text} in 3 sessions.")]
    [finding] = response.context["checked_findings"]
    assert finding.href == ("/quality/plan/?start=2026-03-01&end=2026-03-30&method=by-moderator")
    card = card_of(response, "quality-by-moderator")
    assert "8 of 30" in str(card.body)
    assert "Not judged" in str(card.body)
    ben = make_user("ben", Role.MODERATOR, moderates=True)
    [(level, text)] = said(page_of(client, ben))
    assert (level, text) == (
        "few",
        "Cannot tell how ben's accuracy lies: 8\xa0checked decisions in 4\xa0sessions.",
    )


def test_without_checks_that_is_said(client, lea, work):
    assert said(page_of(client, lea)) == [
        ("few", "Cannot tell how accurate decisions are: nothing drawn at random was checked.")
    ]


def test_queues_lie_before_their_intervals_and_the_accuracy_of_all(client, lea, below):
    card = card_of(page_of(client, lea), "quality-by-queue")
    assert [heading.label for heading in card.columns] == [
        "Queue",
        "Checked",
        "Accuracy",
        "95 %",
        "Wrong accepts",
        "Wrong rejects",
    ]
    assert "limits-expected" in str(card.body)
    assert "limits-band" in str(card.body)
