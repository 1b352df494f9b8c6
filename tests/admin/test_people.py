"""Moderators in the admin: added, renamed, deleted as long as there is nothing of theirs."""

import re
from datetime import date

import pytest

from accounts.models import Role
from analytics.models import Moderator, ModeratorPerformance
from tests.admin.conftest import LISTS, make_session, shown
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
MODERATORS = f"{LISTS}moderator/"


def test_one_is_added(admin_client):
    assert 'type="text" name="username"' in admin_client.get(f"{MODERATORS}add/").text

    admin_client.post(f"{MODERATORS}add/", {"username": "mia"})

    assert Moderator.objects.get().username == "mia"


@pytest.mark.parametrize("username", ["", "mia"])
def test_a_name_is_needed_that_nobody_has(admin_client, username):
    Moderator.objects.create(username="mia")

    answer = admin_client.post(f"{MODERATORS}add/", {"username": username})

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["username"]
    assert Moderator.objects.count() == 1


def test_one_is_renamed_and_keeps_the_rest(admin_client):
    session = make_session("s1")
    Moderator.objects.update(extra={"team": "night"})

    admin_client.post(f"{MODERATORS}{session.moderator_id}/change/", {"username": "Mia"})

    session.refresh_from_db()
    assert (session.moderator.username, session.moderator.extra) == ("Mia", {"team": "night"})


def test_the_page_leads_to_account_portal_and_sessions(admin_client):
    mia = make_user("mia", Role.MODERATOR, moderates=True)
    Moderator.objects.update(extra={"team": "Nacht-Größe"})

    page = admin_client.get(f"{MODERATORS}{mia.moderator_id}/change/").text

    assert f'<a href="/admin/accounts/user/{mia.pk}/change/">mia</a>' in page
    assert 'href="/review/?moderator=mia"' in page
    for kind in ("session", "moderatorperformance"):
        assert f'href="{LISTS}{kind}/?moderator={mia.moderator_id}"' in page
    assert '<pre class="json">{\n  &quot;team&quot;: &quot;Nacht-Größe&quot;\n}</pre>' in page


def test_the_list_says_who_can_log_in_and_who_worked_last(admin_client):
    make_user("mia", Role.MODERATOR, moderates=True)
    make_session("s1", "noa")
    make_session("s2", "noa", days=3)

    assert shown(admin_client.get(f"{MODERATORS}?account=yes")) == ["mia"]
    answer = admin_client.get(f"{MODERATORS}?account=no")
    assert shown(answer) == ["noa"]
    assert "13 Mar 2026, 12:00" in answer.text


def test_one_without_data_is_deleted(admin_client):
    mia = make_user("mia", Role.MODERATOR, moderates=True)

    asked = admin_client.get(f"{MODERATORS}{mia.moderator_id}/delete/")
    assert "Delete mia?" in asked.text
    admin_client.post(f"{MODERATORS}{mia.moderator_id}/delete/", {"post": "yes"})

    assert not Moderator.objects.exists()
    mia.refresh_from_db()
    assert mia.moderator_id is None


def test_data_keep_their_moderator(admin_client):
    session = make_session("s1")
    ModeratorPerformance.objects.create(
        moderator=session.moderator,
        date=date(2026, 3, 10),
        sessions_moderated=1,
        average_response_time=1.5,
    )
    address = f"{MODERATORS}{session.moderator_id}/delete/"

    for answer in (admin_client.get(address), admin_client.post(address, {"post": "yes"})):
        assert "mia can’t be deleted" in answer.text
        assert "1 review session<" in answer.text
        assert "1 performance row<" in answer.text
    assert Moderator.objects.exists()


def test_selected_ones_with_data_stay_too(admin_client):
    session = make_session("s1")
    data = {
        "action": "delete_selected",
        "_selected_action": [session.moderator_id],
        "post": "yes",
    }

    answer = admin_client.post(MODERATORS, data)

    assert "The selected moderator can’t be deleted" in answer.text
    assert Moderator.objects.exists()


def test_names_that_look_alike_are_named_above_the_list(admin_client):
    for username in ("Amara", "amara", "bob"):
        Moderator.objects.create(username=username)
    page = admin_client.get(f"{LISTS}moderator/").text
    assert "“Amara” and “amara” look alike: are they one?" in page
    assert page.count("look alike") == 1


def test_a_name_is_normalised_in_the_form_too(admin_client):
    admin_client.post(f"{LISTS}moderator/add/", {"username": "\u200brewa "})
    assert Moderator.objects.get().username == "rewa"


@pytest.mark.parametrize(("pairs", "more"), [(10, False), (11, True)])
def test_ten_pairs_that_look_alike_are_named(admin_client, pairs, more):
    for n in range(pairs):
        Moderator.objects.create(username=f"Amara{n:02d}")
        Moderator.objects.create(username=f"amara{n:02d}")
    page = admin_client.get(f"{LISTS}moderator/").text
    assert page.count("look alike: are they one?") == 10
    assert re.findall(r"And (\d+) more pairs look alike", page) == (["1"] if more else [])
