"""Videos, views, idle intervals and queues in the admin: looked at, and that is all."""

import pytest

from analytics.models import Inactivity, QueueAssignment, Session, Video, VideoView
from tests.admin.conftest import LISTS, make_session

pytestmark = pytest.mark.django_db
MODELS = [Video, VideoView, Inactivity, QueueAssignment]


def address(model, tail=""):
    return f"{LISTS}{model._meta.model_name}/{tail}"


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted(admin_client, model):
    make_session("s1")
    row = model.objects.first()

    assert admin_client.get(address(model, f"{row.pk}/change/")).status_code == 200
    assert admin_client.get(address(model, "add/")).status_code == 403
    for page in ("change", "delete"):
        answer = admin_client.post(address(model, f"{row.pk}/{page}/"), {"post": "yes"})
        assert answer.status_code == 403
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin_client.post(address(model), data)
    assert model.objects.filter(pk=row.pk).exists()


def test_views_of_the_newest_session_first_in_their_order(admin_client):
    make_session("s1")
    make_session("s2")

    answer = admin_client.get(address(VideoView))

    rows = [(row.session.public_id, row.position) for row in answer.context["cl"].result_list]
    assert rows == [("s2", 0), ("s2", 1), ("s1", 0), ("s1", 1)]
    assert "<kbd>q</kbd>" in answer.text
    assert "1.25× → 1.5×" in answer.text


@pytest.mark.parametrize(
    ("decision", "positions"), [("accepted", [0]), ("none", [2]), ("", [0, 1, 2])]
)
def test_the_views_of_a_session_by_decision(admin_client, decision, positions):
    session = make_session("s1", views=3)
    make_session("s2")
    asked = {"session": session.pk} | ({"decision": decision} if decision else {})

    answer = admin_client.get(address(VideoView), asked)

    assert [row.position for row in answer.context["cl"].result_list] == positions
    # The one session needs no column.
    assert "session_link" not in answer.context["cl"].list_display


def test_values_are_offered_only_where_a_session_or_a_video_limits_the_views(admin_client):
    session = make_session("s1")

    assert "By decision" not in admin_client.get(address(VideoView)).text
    for asked in ({"session": session.pk}, {"video": Video.objects.first().pk}):
        page = admin_client.get(address(VideoView), asked).text
        assert "By decision" in page
        assert "By status" in page
        assert "By sound" in page


def test_who_saw_a_video(admin_client):
    make_session("s1")
    make_session("s2", "noa", views=1)
    first = Video.objects.get(public_id="clip-0")

    page = admin_client.get(address(Video, f"{first.pk}/change/")).text
    assert f'href="{LISTS}videoview/?video={first.pk}"' in page

    answer = admin_client.get(address(VideoView), {"video": first.pk})
    seen = [row.session.public_id for row in answer.context["cl"].result_list]
    assert seen == ["s2", "s1"]


@pytest.mark.parametrize(("term", "rows"), [("s1", 2), ("clip-1", 1), ("clip", 3), ("x", 0)])
def test_views_are_searched_by_session_and_video(admin_client, term, rows):
    make_session("s1")
    make_session("s2", views=1)

    answer = admin_client.get(address(VideoView), {"q": term})

    assert len(answer.context["cl"].result_list) == rows


def test_a_view_in_full(admin_client):
    session = make_session("s1")
    view = session.views.first()
    view.extra = {"stars": [1, 2]}
    view.video = None
    view.status = "half-way"
    view.watched = False
    view.save()

    page = admin_client.get(address(VideoView, f"{view.pk}/change/")).text

    assert f'<a href="{LISTS}session/{session.pk}/change/">s1</a>' in page
    assert "half-way" in page
    assert ">No<" in page
    assert "&quot;stars&quot;" in page


@pytest.mark.parametrize(("term", "rows"), [("urg", 2), ("s2", 1), ("zzz", 0)])
def test_queues_are_searched_by_name_and_session(admin_client, term, rows):
    make_session("s1")
    make_session("s2")

    answer = admin_client.get(address(QueueAssignment), {"q": term})

    assert len(answer.context["cl"].result_list) == rows
    assert "By active" in answer.text


def test_inactive_queues_of_a_session(admin_client):
    session = make_session("s1")
    QueueAssignment.objects.create(session=session, position=1, name="old", active=False)

    answer = admin_client.get(
        address(QueueAssignment), {"session": session.pk, "active__exact": "0"}
    )

    assert [row.name for row in answer.context["cl"].result_list] == ["old"]


def test_idle_intervals_by_kind(admin_client):
    session = make_session("s1")
    Inactivity.objects.create(session=session, position=1, kind="inactivity")

    answer = admin_client.get(address(Inactivity), {"q": "inact"})

    assert [row.kind for row in answer.context["cl"].result_list] == ["inactivity"]
    assert Session.objects.count() == 1
