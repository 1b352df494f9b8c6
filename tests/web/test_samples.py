"""The pages of samples: drawn from a plan, listed, and what each shows to whom and when."""

import pytest

from accounts.models import Role
from analytics.models import Moderator, QualityCheck, QualitySample
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db

PLAN = {
    "method": "random",
    "start": "2026-03-01",
    "end": "2026-03-31",
    "points": "10",
    "is_blind": "on",
}


@pytest.fixture
def world(db):
    write_world()
    refresh()


def draw(by, size=3, **more):
    design = SampleDesign("random", Scope(by), size=size)
    return draw_sample(design, by=by, name="March", seed=4, **more)


def check_all(sample, by, verdict="accepted"):
    for view in sample.views.order_by("number"):
        check_sampled(view, Opinion(verdict), by=by)


def test_a_plan_is_drawn_and_kept(client, lea, world):
    client.force_login(lea)
    response = client.post("/quality/samples/", {**PLAN, "name": "March", "second_checks": "2"})
    sample = QualitySample.objects.get()
    assert response.headers["Location"] == f"/quality/samples/{sample.pk}/"
    # 34.57 of many: 34.57 / (1 + 33.57 / 7) = 5.96 of the 7 decided views of March.
    assert (sample.name, sample.method, sample.views.count()) == ("March", "random", 6)
    assert (str(sample.start), str(sample.end)) == ("2026-03-01", "2026-03-31")
    assert (sample.second_checks, sample.is_blind, sample.created_by) == (2, True, lea)


def test_a_plan_by_moderator_of_one_scope_is_drawn_as_it_says(client, lea, world):
    client.force_login(lea)
    plan = {**PLAN, "method": "by-moderator", "moderator": "ben", "is_blind": ""}
    client.post("/quality/samples/", plan)
    sample = QualitySample.objects.get()
    assert (sample.moderator.username, sample.is_blind) == ("ben", False)
    assert [s.moderator.username for s in sample.strata.all()] == ["ben"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": "6"}, "points: select a valid choice"),
        ({"second_checks": "-1"}, "second_checks: ensure this value is greater"),
        ({"end": "2025-03-31", "start": "2025-03-01"}, "nothing was decided here"),
        ({"colour": "red"}, "colour: unknown parameter"),
    ],
)
def test_what_cannot_be_drawn_is_refused(client, lea, world, change, words):
    client.force_login(lea)
    response = client.post("/quality/samples/", {**PLAN, **change})
    assert response.status_code == 400
    assert words in response.content.decode().lower()
    assert not QualitySample.objects.exists()


def test_the_list_says_how_far_each_sample_is(client, lea, world):
    sample = draw(lea, second_checks=1)
    check_sampled(sample.views.get(number=2), Opinion("unsure"), by=lea)
    client.force_login(lea)
    html = client.get("/quality/samples/").content.decode()
    assert f'<a href="/quality/samples/{sample.pk}/">March</a>' in html
    assert '<td class="num">4</td>' in html
    assert "25.00%" in html


def test_without_samples_the_list_leads_to_a_plan(client, lea):
    client.force_login(lea)
    assert "No samples yet" in client.get("/quality/samples/").content.decode()


def test_a_blind_sample_says_nothing_while_there_is_something_to_check(client, lea, world):
    sample = draw(lea)
    check_sampled(sample.views.get(number=1), Opinion("accepted", "spam", "why"), by=lea)
    client.force_login(lea)
    response = client.get(f"/quality/samples/{sample.pk}/")
    assert response.context["revealed"] is False
    html = response.content.decode()
    assert "Hidden until you are done" in html
    assert "1 of 3 checked, 1 by you" in html
    assert ">ann<" not in html
    assert ">ben<" not in html
    check_all(sample, lea)
    response = client.get(f"/quality/samples/{sample.pk}/")
    assert response.context["revealed"] is True
    assert response.content.decode().count("Should be accepted") == 3
    # To somebody else it still says nothing: there is nothing left for anybody.
    mia = make_user("mia", Role.LEAD)
    client.force_login(mia)
    assert client.get(f"/quality/samples/{sample.pk}/").context["revealed"] is True


def test_a_sample_names_no_checker_of_the_readers_own_views(client, lea, world):
    sample = draw(lea, size=8)
    check_all(sample, make_user("zed.checker", Role.LEAD))
    mia = make_user("mia", Role.LEAD)
    mia.moderator = Moderator.objects.get(username="ann")
    mia.save()
    client.force_login(mia)
    # Of the 8 views 5 are Ann's.
    assert client.get(f"/quality/samples/{sample.pk}/").context["body"].count("zed.checker") == 3


def test_an_open_sample_shows_its_checks_at_once(client, lea, world):
    sample = draw(lea, is_blind=False)
    client.force_login(lea)
    response = client.get(f"/quality/samples/{sample.pk}/")
    assert "Nothing is checked yet" in response.content.decode()


def test_checkers_of_the_same_views_see_how_far_they_agree(client, lea, world):
    mia = make_user("mia", Role.LEAD)
    sample = draw(lea, second_checks=3)
    for number, (first, second) in enumerate(
        [("accepted", "accepted"), ("rejected", "rejected"), ("accepted", "rejected")], start=1
    ):
        view = sample.views.get(number=number)
        check_sampled(view, Opinion(first), by=lea)
        check_sampled(view, Opinion(second), by=mia)
    client.force_login(lea)
    agreement = client.get(f"/quality/samples/{sample.pk}/").context["agreement"]
    # n = 6 values, 3 accepted: 1 - 5 * 1 / 9.
    assert (agreement.found.videos, agreement.found.alpha) == (3, pytest.approx(4 / 9))
    assert agreement.words.startswith(
        "3\xa0views checked by several: 66.7\xa0% of the pairs of checks agree. Alpha 0.44 (95 %: "
    )


def test_unsure_says_nothing_of_agreement(client, lea, world):
    mia = make_user("mia", Role.LEAD)
    sample = draw(lea, second_checks=1)
    view = sample.views.get(number=1)
    check_sampled(view, Opinion("accepted"), by=lea)
    check_sampled(view, Opinion("unsure"), by=mia)
    client.force_login(lea)
    assert client.get(f"/quality/samples/{sample.pk}/").context["agreement"] is None
    assert QualityCheck.objects.count() == 2
