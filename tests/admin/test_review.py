"""Sessions in the admin: who may, what is shown, what can't be changed, how they are deleted."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from analytics.admin import listing, review, session_tables
from analytics.models import Session, VideoView
from tests.admin.conftest import LISTS, make_session, shown
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions

pytestmark = pytest.mark.django_db
SESSIONS = f"{LISTS}session/"
ALL_LISTS = ["session", "videoview", "video", "inactivity", "queueassignment", "moderator"]


@pytest.mark.parametrize("name", ALL_LISTS)
@pytest.mark.parametrize("who", ["alice", "lea"])
def test_the_data_are_for_admins(client, request, who, name):
    client.force_login(request.getfixturevalue(who))

    assert client.get(f"{LISTS}{name}/", follow=True).status_code == 403


@pytest.mark.parametrize("name", ALL_LISTS)
def test_a_visitor_is_asked_to_log_in(client, name):
    answer = client.get(f"{LISTS}{name}/", follow=True)

    assert answer.redirect_chain[-1][0] == f"/login/?next={LISTS}{name}/"


@pytest.mark.parametrize("who", ["alice", "lea", None])
def test_only_admins_delete(client, request, who):
    session = make_session("s1")
    if who:
        client.force_login(request.getfixturevalue(who))

    client.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"})
    client.post(
        SESSIONS,
        {"action": "delete_selected", "_selected_action": [session.pk], "post": "yes"},
    )

    assert Session.objects.exists()


def test_the_list_has_the_figures_of_each_session(admin_client):
    make_session("s1", views=3)

    page = admin_client.get(SESSIONS).text

    assert "<h1>Review sessions</h1>" in page
    for cell in ("1\xa0min\xa030\xa0s", ">3<", ">1, 1<", "30\xa0s", "10 Mar 2026, 12:00"):
        assert cell in page


def test_a_video_that_recurs_is_told(admin_client):
    session = make_session("s1", views=3)
    VideoView.objects.filter(position=2).update(video=VideoView.objects.get(position=0).video)

    page = admin_client.get(f"{SESSIONS}{session.pk}/change/").text

    assert "3 (2 different)" in page


def test_without_a_duration_idle_time_is_unknown(admin_client):
    session = make_session("s1")
    Session.objects.update(duration_us=None)
    answer = admin_client.get(f"{SESSIONS}{session.pk}/change/")

    (figures,) = [f for f in answer.context["adminform"].fieldsets if f[0] == "Figures"]
    assert "idle" in figures[1]["fields"][1]
    assert answer.text.count('<div class="readonly">—</div>') == 2


def test_newest_first_or_as_asked(admin_client):
    for day in range(3):
        make_session(f"s{day}", days=day)

    assert shown(admin_client.get(SESSIONS)) == ["s2", "s1", "s0"]
    assert shown(admin_client.get(f"{SESSIONS}?o=3")) == ["s0", "s1", "s2"]


def test_the_page_shows_what_happened(admin_client):
    session = make_session("s1")
    Session.objects.update(extra={"tool": {"version": 3}})

    page = admin_client.get(f"{SESSIONS}{session.pk}/change/").text

    for text in (
        '<span class="pill">Accepted</span>',
        '<span class="pill">Rejected</span>',
        "1.25× → 1.5×",
        "<kbd>a</kbd>",
        "low 4, high 3",
        "pause",
        "clip-1",
        "&quot;version&quot;: 3",
        'href="/sessions/s1/"',
    ):
        assert text in page


def test_the_page_of_a_session_of_which_nothing_is_known(admin_client):
    session = make_session("s1", views=0)
    session.inactivity.all().delete()
    session.queues.all().delete()

    answer = admin_client.get(f"{SESSIONS}{session.pk}/change/")

    assert [table.total for table in answer.context["tables"]] == [0, 0, 0]
    assert "As the review tool sent it" not in answer.text


def test_a_long_session_is_cut_and_says_so(
    admin_client, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(session_tables, "MAX_ROWS", 5)
    session = make_session("s1", views=9)
    admin_client.get(f"{SESSIONS}{session.pk}/change/")

    with django_assert_max_num_queries(12):
        answer = admin_client.get(f"{SESSIONS}{session.pk}/change/")

    views = answer.context["tables"][0]
    assert (len(views.rows), views.total, views.more) == (5, 9, True)
    assert f'<a href="{LISTS}videoview/?session={session.pk}">All 9</a>' in answer.text


def test_sessions_are_not_added_or_changed(admin_client):
    session = make_session("s1")

    assert admin_client.get(f"{SESSIONS}add/").status_code == 403
    answer = admin_client.post(f"{SESSIONS}{session.pk}/change/", {"public_id": "s2"})

    assert answer.status_code == 403
    session.refresh_from_db()
    assert session.public_id == "s1"


def test_a_session_that_is_gone(admin_client):
    answer = admin_client.get(f"{SESSIONS}999999/change/", follow=True)

    assert "doesn’t exist" in answer.text


def test_deleting_one_asks_first_in_numbers(admin_client):
    session = make_session("s1", views=3)
    make_session("s2")
    address = f"{SESSIONS}{session.pk}/delete/"

    asked = admin_client.get(address).text
    assert "Delete s1?" in asked
    for line in (
        "<strong>1</strong> session<",
        "<strong>3</strong> views<",
        "<strong>6</strong> chosen speeds<",
        "<strong>1</strong> idle interval<",
        "<strong>1</strong> queue<",
    ):
        assert line in asked
    assert Session.objects.count() == 2

    admin_client.post(address, {"post": "yes"})

    assert [str(left) for left in Session.objects.all()] == ["s2"]
    assert LogEntry.objects.get().object_repr == "s1"


def test_deleting_several_asks_first_in_numbers(admin_client, monkeypatch):
    monkeypatch.setattr(review, "MAX_NAMED", 2)
    for i in range(4):
        make_session(f"s{i}", days=i)
    chosen = list(Session.objects.exclude(public_id="s0").values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": chosen}

    asked = admin_client.post(SESSIONS, data).text
    assert "Delete 3 review sessions?" in asked
    assert "<strong>6</strong> views<" in asked
    assert "and 1\xa0more" in asked
    assert "s1</a> of mia" not in asked
    assert Session.objects.count() == 4

    answer = admin_client.post(SESSIONS, data | {"post": "yes"}, follow=True)

    assert "Successfully deleted 3 review sessions." in answer.text
    assert [str(left) for left in Session.objects.all()] == ["s0"]
    assert LogEntry.objects.count() == 3


def test_too_many_at_once_are_refused(admin_client, monkeypatch):
    monkeypatch.setattr(listing, "MAX_DELETED", 2)
    for i in range(3):
        make_session(f"s{i}", days=i)
    data = {
        "action": "delete_selected",
        "_selected_action": list(Session.objects.values_list("pk", flat=True)),
        "post": "yes",
    }

    answer = admin_client.post(SESSIONS, data, follow=True)

    assert "Nothing was deleted: 2 review sessions at once are the most." in answer.text
    assert Session.objects.count() == 3


@pytest.mark.parametrize(("views", "rows", "more"), [(100, 100, False), (101, 100, True)])
def test_a_session_shows_a_hundred_views(admin_client, views, rows, more):
    session = make_session("s1", views=views)

    table = admin_client.get(f"{SESSIONS}{session.pk}/change/").context["tables"][0]

    assert (len(table.rows), table.total, table.more) == (rows, views, more)


def confirmation(admin_client, sessions):
    """The page that asks before so many sessions are deleted, or the list that refuses."""
    write_sessions(
        [
            PlainSession(f"s{n:03d}", "mia", NOON + timedelta(hours=n), None, [], [], [])
            for n in range(sessions)
        ]
    )
    ids = list(Session.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": ids}
    return admin_client.post(SESSIONS, data, follow=True).text


@pytest.mark.parametrize(("sessions", "named", "more"), [(20, 20, False), (21, 20, True)])
def test_twenty_sessions_are_named_before_they_are_deleted(admin_client, sessions, named, more):
    page = confirmation(admin_client, sessions)
    assert page.count("</a> of mia") == named
    assert re.findall(r"and (\d+)\xa0more", page) == (["1"] if more else [])


@pytest.mark.parametrize(("sessions", "refused"), [(500, False), (501, True)])
def test_five_hundred_sessions_are_deleted_at_once(admin_client, sessions, refused):
    page = confirmation(admin_client, sessions)
    assert ("500 review sessions at once are the most." in page) is refused
    assert ("Delete 500 review sessions?" in page) is not refused
