"""Users in the admin: invited, changed, deactivated, and by admins only."""

import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail

from accounts import invitations
from accounts.models import Role, User
from analytics.models import Moderator, Target
from tests.conftest import PASSWORD

USERS = "/admin/accounts/user/"
NEWCOMER = {
    "username": "carol",
    "email": "carol@portal.example",
    "first_name": "Carol",
    "last_name": "Doe",
    "role": "moderator",
}


def shown_messages(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def act(client, action, *users):
    data = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post(USERS, data, follow=True)


def change(client, user, **changes):
    data = {
        "username": user.username,
        "email": user.email,
        "role": user.role,
        "is_active": "on",
        **changes,
    }
    return client.post(f"{USERS}{user.pk}/change/", {k: v for k, v in data.items() if v})


@pytest.mark.parametrize("who", ["alice", "lea"])
def test_the_admin_is_for_admins(client, request, who):
    client.force_login(request.getfixturevalue(who))

    for path in ("/admin/", USERS):
        assert client.get(path, follow=True).status_code == 403


def test_its_login_is_the_portals(client, db):
    answer = client.get(USERS, follow=True)

    assert answer.redirect_chain[-1] == (f"/login/?next={USERS}", 302)
    assert client.get("/admin/login/").headers["Location"] == "/login/?next=/admin/"


def test_its_logout_and_password_page_are_the_portals(client, ada):
    client.force_login(ada)

    assert client.get("/admin/login/").headers["Location"] == "/admin/"
    assert client.get("/admin/password_change/").headers["Location"] == "/password/change/"
    assert client.post("/admin/logout/").headers["Location"] == "/login/"
    assert client.get("/admin/").status_code == 302


def test_an_invited_user_sets_their_own_password(client, ada):
    client.force_login(ada)
    moderator = Moderator.objects.create(username="carol-of-the-tool")

    answer = client.post(f"{USERS}add/", NEWCOMER | {"moderator": moderator.pk}, follow=True)

    carol = User.objects.get(username="carol")
    assert (carol.role, carol.moderator) == (Role.MODERATOR, moderator)
    assert not carol.has_usable_password()
    assert mail.outbox[0].to == ["carol@portal.example"]
    link = re.search(r"http://testserver(/password/reset/\S+)", mail.outbox[0].body)[1]
    assert link in shown_messages(answer)

    client.post("/logout/")
    form = client.get(link, follow=True)
    password = {"new_password1": "carols own words", "new_password2": "carols own words"}
    client.post(form.request["PATH_INFO"], password)
    credentials = {"username": "carol", "password": "carols own words"}
    assert client.post("/login/", credentials).headers["Location"] == "/start/"


def test_without_mail_the_admin_hands_the_link_over(client, ada, monkeypatch):
    def fail(*arguments):
        raise SMTPServerDisconnected

    monkeypatch.setattr(invitations, "send_mail", fail)
    client.force_login(ada)

    answer = client.post(f"{USERS}add/", NEWCOMER | {"role": "lead"}, follow=True)

    assert "No mail left. carol sets a password at" in shown_messages(answer)
    assert User.objects.filter(username="carol").exists()


def test_an_invitation_can_be_sent_again(client, ada):
    client.force_login(ada)
    client.post(f"{USERS}add/", NEWCOMER | {"role": "lead"})

    act(client, "send_links", User.objects.get(username="carol"))

    assert len(mail.outbox) == 2


def test_a_moderator_is_somebody(client, ada, alice):
    client.force_login(ada)

    answer = client.post(f"{USERS}add/", NEWCOMER)

    assert "Choose whose work this moderator sees" in answer.context["errors"].as_text()
    assert not User.objects.filter(username="carol").exists()
    refused = change(client, alice, moderator="")
    assert list(refused.context["adminform"].errors) == ["moderator"]
    alice.refresh_from_db()
    assert alice.moderator is not None
    # Who left may be nobody.
    assert change(client, alice, moderator="", is_active="").status_code == 302


def test_a_role_given_in_the_admin_brings_its_flags(client, ada, alice):
    client.force_login(ada)

    assert change(client, alice, role="admin").status_code == 302
    alice.refresh_from_db()
    assert alice.is_portal_admin
    assert alice.is_superuser


def test_deactivating_and_activating(client, ada, alice):
    client.force_login(ada)

    answer = act(client, "deactivate", ada, alice)

    assert "Your own account stays active." in shown_messages(answer)
    assert list(User.objects.filter(is_active=True)) == [ada]
    act(client, "activate", alice)
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.parametrize("changes", [{"role": "lead"}, {"is_active": ""}])
def test_an_admin_cannot_lock_themselves_out(client, ada, changes):
    client.force_login(ada)

    answer = change(client, ada, **changes)

    assert answer.status_code == 200
    assert "yourself" in str(answer.context["errors"])
    ada.refresh_from_db()
    assert ada.is_portal_admin
    assert ada.is_active


def test_a_moderator_is_linked_once(client, ada, alice, bob):
    client.force_login(ada)

    answer = change(client, bob, moderator=alice.moderator.pk)

    assert "already exists" in str(answer.context["errors"])


def test_the_list_needs_no_query_per_user(client, ada, django_assert_max_num_queries):
    for number in range(20):
        moderator = Moderator.objects.create(username=f"m{number}")
        User.objects.create_user(f"user{number}", moderator=moderator)
    client.force_login(ada)

    with django_assert_max_num_queries(8):
        answer = client.get(USERS, {"q": "user"})
    assert answer.content.decode().count("field-username") == 20


def test_a_user_s_page_says_whether_there_is_a_password_and_not_how_it_is_kept(client, ada, alice):
    client.force_login(ada)

    page = client.get(f"{USERS}{alice.pk}/change/").text
    assert "<strong>Set</strong>" in page
    assert "iterations" not in page

    alice.set_unusable_password()
    alice.save()
    assert "<strong>Not set yet</strong>" in client.get(f"{USERS}{alice.pk}/change/").text


def test_the_history_of_what_nobody_changed_says_so(client, ada):
    client.force_login(ada)
    target = Target.objects.first()

    page = client.get(f"/admin/analytics/target/{target.pk}/history/").text

    assert "Nobody has changed it in the portal." in page


def test_an_admin_sets_nobodys_password(client, ada, alice):
    client.force_login(ada)

    data = {"password1": "carols own words", "password2": "carols own words"}
    client.post(f"{USERS}{alice.pk}/password/", {**data, "usable_password": "true"}, follow=True)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert "../password/" not in client.get(f"{USERS}{alice.pk}/change/").text


def test_a_program_is_made_without_an_invitation(client, ada):
    client.force_login(ada)

    client.post(f"{USERS}add/", NEWCOMER | {"role": "program"}, follow=True)

    carol = User.objects.get(username="carol")
    assert carol.is_program
    assert not carol.has_usable_password()
    act(client, "send_links", carol)
    assert mail.outbox == []


def test_a_program_is_no_moderator(client, ada, alice):
    client.force_login(ada)

    answer = change(client, alice, role="program", moderator=alice.moderator.pk)

    assert "A program is no moderator." in str(answer.context["errors"])
