"""Working through a sample by the page's form, as it is without JavaScript."""

import pytest
from django.test import Client

from accounts.models import Role, User
from analytics.models import Annotation, Moderator, QualityCheck, VideoView
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.disputes import open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(lea):
    """All 8 decided views, blind."""
    write_world()
    refresh()
    return draw_sample(SampleDesign("random", Scope(lea), size=8), by=lea, name="All", seed=7)


@pytest.fixture
def address(sample):
    return f"/quality/samples/{sample.pk}/check/"


def shown(response):
    assert response.status_code == 200
    return response.context["view"].number


def test_one_view_after_the_other(client, lea, sample, address):
    client.force_login(lea)
    for number in range(1, 9):
        assert shown(client.get(address)) == number
        verdict = "unsure" if number == 3 else "accepted"
        said = {"view": number, "verdict": verdict, "reason": "quote", "note": f"note {number}"}
        response = client.post(address, said)
        assert (response.status_code, response.headers["Location"]) == (302, address)
    assert client.get(address).headers["Location"] == f"/quality/samples/{sample.pk}/"
    checks = QualityCheck.objects.order_by("sampled__number")
    assert [(c.verdict, c.reason, c.note) for c in checks][2] == ("unsure", "quote", "note 3")
    assert checks.count() == 8


def test_blind_hides_the_decision_and_the_person(client, lea, sample, address):
    Annotation.objects.create(start="2026-02-01", end="2026-02-01", text="Policy 4.2")
    client.force_login(lea)
    response = client.get(address)
    labels = [fact.label for fact in response.context["facts"]]
    assert labels == ["Queue", "Seen", "Noted before", "First decision"]
    html = response.content.decode()
    assert "Policy 4.2, 1\xa0Feb" in html
    view = response.context["view"]
    assert view.session_id not in html.split("Kept fair")[0].split("stage-facts")[1]
    assert "ann" not in response.context["facts"][-1].text


def test_an_open_sample_shows_both(client, lea, sample, address):
    sample.is_blind = False
    sample.save()
    client.force_login(lea)
    response = client.get(address)
    view = response.context["view"]
    first = VideoView.objects.get(session__public_id=view.session_id, position=view.position)
    facts = {fact.label: fact.text for fact in response.context["facts"]}
    assert facts["By"] == first.session.moderator.username
    assert facts["First decision"].lower() == first.decision


def test_two_at_once_get_different_views(lea, sample, address):
    other = make_user("mia", Role.LEAD)
    clients = []
    for user in (lea, other):
        each = Client()
        each.force_login(user)
        clients.append(each)
    numbers = [shown(each.get(address)) for each in clients]
    assert numbers == [1, 2]
    # Asked again, each keeps the own.
    assert [shown(each.get(address)) for each in clients] == [1, 2]
    for each, number in zip(clients, numbers, strict=True):
        each.post(address, {"view": number, "verdict": "rejected"})
    assert QualityCheck.objects.count() == 2
    assert {c.checked_by.username for c in QualityCheck.objects.all()} == {"lea", "mia"}


def test_back_leads_to_what_was_checked_and_saving_replaces_it(client, lea, sample, address):
    client.force_login(lea)
    client.post(address, {"view": 1, "verdict": "accepted", "note": "first"})
    client.post(address, {"view": 2, "verdict": "accepted"})
    response = client.get(address)
    assert (shown(response), response.context["back"]) == (3, 2)
    response = client.get(f"{address}?view=2")
    assert (shown(response), response.context["back"]) == (2, 1)
    response = client.get(f"{address}?view=1")
    assert (shown(response), response.context["back"]) == (1, None)
    assert 'value="first"' in response.content.decode()
    client.post(f"{address}?view=1", {"view": 1, "verdict": "rejected", "note": "second"})
    check = QualityCheck.objects.get(sampled__number=1)
    assert (check.verdict, check.note) == ("rejected", "second")
    assert client.get(f"{address}?view=5").status_code == 404


def test_what_is_put_off_comes_last(client, lea, sample, address):
    client.force_login(lea)
    client.get(address)
    response = client.post(address, {"view": 1, "put-off": "1"})
    assert response.headers["Location"] == f"{address}?skip=1"
    assert shown(client.get(f"{address}?skip=1")) == 2
    response = client.post(f"{address}?skip=1", {"view": 2, "verdict": "accepted"})
    assert response.headers["Location"] == f"{address}?skip=1"
    for number in range(3, 9):
        client.post(address, {"view": number, "verdict": "accepted"})
    assert client.get(f"{address}?skip=1").headers["Location"] == address
    assert shown(client.get(address)) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose one."),
        ({"verdict": "maybe"}, "Select a valid choice."),
        ({"verdict": "accepted", "reason": "r" * 201}, "at most 200 characters"),
        ({"verdict": "accepted", "note": "n" * 2001}, "at most 2000 characters"),
        ({"verdict": "accepted", "note": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(client, lea, sample, address, said, words):
    client.force_login(lea)
    response = client.post(address, {"view": 1, **said})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not QualityCheck.objects.exists()


@pytest.mark.parametrize("number", ["0", "99", "x", "", "1" * 30])
def test_no_other_view_can_be_checked(client, lea, sample, address, number):
    client.force_login(lea)
    assert client.post(address, {"view": number, "verdict": "accepted"}).status_code == 404


@pytest.mark.parametrize("skip", ["x", "1,", "1,-2", ",".join("1" * 101)])
def test_a_bad_list_of_views_put_off_is_refused(client, lea, sample, address, skip):
    client.force_login(lea)
    assert client.get(f"{address}?skip={skip}").status_code == 400


def test_nobody_checks_their_own_views(client, sample, address):
    User.objects.filter(username="lea").update(moderator=Moderator.objects.get(username="ann"))
    own = set(
        sample.views.filter(session__moderator__username="ann").values_list("number", flat=True)
    )
    client.force_login(User.objects.get(username="lea"))
    seen = []
    while (response := client.get(address)).status_code == 200:
        seen.append(shown(response))
        client.post(address, {"view": seen[-1], "verdict": "accepted"})
    assert set(seen) == set(range(1, 9)) - own
    response = client.post(address, {"view": min(own), "verdict": "accepted"}, follow=True)
    assert "nobody checks their own decisions" in response.content.decode()
    assert QualityCheck.objects.count() == len(seen)


def test_a_disputed_check_stays(client, lea, sample, address):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    view = sample.views.filter(session__moderator__username="ann").first()
    check = check_sampled(view, Opinion("unsure"), by=lea)
    open_dispute(check, "It is not", by=ann)
    client.force_login(lea)
    response = client.post(address, {"view": view.number, "verdict": "accepted"}, follow=True)
    assert "has been disputed and stays as it is" in response.content.decode()
    check.refresh_from_db()
    assert check.verdict == "unsure"


def test_the_video_opens_in_the_review_tool(client, lea, sample, address, settings):
    client.force_login(lea)
    assert "data-open-video" not in client.get(address).content.decode()
    settings.VIDEO_URL = "https://review.example.org/watch?v={video}&from=portal"
    sample.views.filter(number=1).update(video='a/b "ü"?')
    html = client.get(f"{address}").content.decode()
    assert 'rel="noreferrer"' in html
    assert 'href="https://review.example.org/watch?v=' in html
    # What was drawn says another video by now: nobody is given it.
    assert "a%2Fb" not in html
