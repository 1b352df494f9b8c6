"""Checking decisions in a browser: by keyboard, two people at once, readable everywhere."""

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from analytics.models import QualityCheck, QualitySample
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.disputes import open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.browser.accessibility import accessibility_faults
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(db):
    write_world()
    refresh()


@pytest.fixture
def sample(world, lea):
    """All 8 decided views."""
    return draw_sample(SampleDesign("random", Scope(lea), size=8), by=lea, name="All", seed=7)


def shown(page, number):
    """Wait for a view of the sample of 8, and for its modules, which listen to keys."""
    expect(page.locator(".stage .scope")).to_contain_text(f"View {number} of 8")
    page.wait_for_load_state()


def test_a_plan_follows_its_form_and_is_drawn(open_page, lea, world):
    page = open_page("/quality/plan/?start=2026-03-01&end=2026-03-31", lea)
    page.locator("#draw_name").fill("March")
    page.locator("#id_points").select_option("10")
    expect(page.locator(".answer-big")).to_have_text("6 views")
    assert "points=10" in page.url
    expect(page.locator("#draw_name")).to_have_value("March")
    page.get_by_role("button", name="Draw 6 views").click()
    expect(page.locator("h1")).to_have_text("March")
    assert QualitySample.objects.get().views.count() == 6


def test_a_plan_that_follows_takes_nobody_s_place(open_page, lea, world):
    page = open_page("/quality/plan/?start=2026-03-01&end=2026-03-31", lea)
    asked = []
    page.route("**/quality/plan/?*", lambda route: asked.append(route))
    with page.expect_request("**/quality/plan/?*"):
        page.locator("#id_points").select_option("10")
    name = page.locator("#draw_name")
    name.focus()
    page.keyboard.type("Mrch")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    asked[0].continue_()
    expect(page.locator(".answer-big")).to_have_text("6 views")
    expect(name).to_be_focused()
    page.keyboard.type("a")
    expect(name).to_have_value("March")


def test_what_was_sent_is_not_cut_short(open_page, lea, sample):
    page = open_page(f"/quality/samples/{sample.pk}/check/", lea)
    shown(page, 1)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    shown(page, 2)
    # With nothing between them, as by fingers that are faster than the page.
    page.evaluate(
        """["a", "Enter", "ArrowLeft"].forEach((key) => document.body.dispatchEvent(
             new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
    )
    shown(page, 3)
    assert QualityCheck.objects.count() == 2


def test_two_people_check_a_sample_by_keyboard_and_lose_nothing(open_page, lea, sample):
    mia = make_user("mia", Role.LEAD)
    address = f"/quality/samples/{sample.pk}/check/"
    first, second = open_page(address, lea), open_page(address, mia)
    shown(first, 1)
    shown(second, 2)
    # Both have a view before them, and press twice as fast as the page can follow.
    for page, key, then in ((first, "a", 3), (second, "q", 4)):
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        shown(page, then)
    first.keyboard.press("u")
    first.keyboard.press("n")
    first.keyboard.type("quite unclear, a q u")
    first.keyboard.press("Enter")
    shown(first, 5)
    second.keyboard.press("s")
    shown(second, 6)
    first.keyboard.press("ArrowLeft")
    shown(first, 3)
    expect(first.locator("#id_note")).to_have_value("quite unclear, a q u")
    first.keyboard.press("q")
    first.keyboard.press("Enter")
    # The other one gave 4 back.
    shown(first, 4)
    kept = QualityCheck.objects.order_by("sampled__number").values_list(
        "sampled__number", "checked_by__username", "verdict", "note"
    )
    assert list(kept) == [
        (1, "lea", "accepted", ""),
        (2, "mia", "rejected", ""),
        (3, "lea", "rejected", "quite unclear, a q u"),
    ]


def test_everything_is_accessible_and_narrow_enough(open_page, lea, sample):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    mia = make_user("mia", Role.LEAD)
    views = sample.views.filter(session__moderator__username="ann").order_by("number")
    checks = [check_sampled(view, Opinion("accepted", "quote", "p. 3"), by=lea) for view in views]
    open_dispute(checks[0], "It is a quote.", by=ann)
    paths = [
        ("/quality/plan/?start=&method=by-moderator", lea),
        ("/quality/samples/", lea),
        (f"/quality/samples/{sample.pk}/", lea),
        (f"/quality/samples/{sample.pk}/check/", lea),
        ("/quality/disputes/", mia),
        (f"/quality/checks/{checks[0].pk}/", mia),
        (f"/quality/checks/{checks[1].pk}/?list=sample", lea),
        ("/quality/?start=2026-03-01&end=2026-03-31", lea),
        ("/my-checks/", ann),
        ("/my-checks/?show=disputed", ann),
        (f"/quality/checks/{checks[0].pk}/?show=disputed", ann),
        (f"/quality/checks/{checks[1].pk}/", ann),
    ]
    found = {path: accessibility_faults(open_page(path, user)) for path, user in paths}
    assert {path: faults for path, faults in found.items() if faults} == {}
