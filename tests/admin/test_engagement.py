"""Rows of the report in the admin: lists, forms, files in with a preview, files out; targets."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
    Session,
    Target,
    UploadedFile,
)
from tests.admin.conftest import LISTS, shown
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

CHATS = f"{LISTS}chatsession/"
RECOMMENDATIONS = f"{LISTS}recommendation/"
PERFORMANCE = f"{LISTS}moderatorperformance/"
TARGETS = f"{LISTS}target/"
SESSIONS = f"{LISTS}session/"
HEADER = "User ID;Session ID;Date;Session Length (mins);Messages;Rating;Resources\n"


def make_chat(session_id="S1", **values):
    return ChatSession.objects.create(
        **{
            "session_id": session_id,
            "user_id": "U1",
            "date": date(2026, 3, 1),
            "length_minutes": 10,
            "messages_sent": 5,
            **values,
        }
    )


def uploaded(client, address, text):
    """Return the answer to a file: its preview, or why there is none."""
    raw = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("rows.csv", raw, content_type="text/csv")
    return client.post(f"{address}import/", {"import_file": file})


def confirmed(client, address, preview):
    """Confirm a preview."""
    return client.post(f"{address}import/{preview.context['upload'].pk}/", follow=True)


def outcomes(preview):
    return [change.outcome for change in preview.context["report"].changes]


def one_line(html):
    """HTML without the line breaks of its template."""
    return " ".join(html.split())


def test_a_file_is_previewed_and_then_stored(admin_client):
    make_chat("S1", feedback_rating=3)
    make_chat("S2")
    text = HEADER + "U1;S1;2026-03-01;10;5;4;\nU1;S2;2026-03-01;10;5;;\nU9;S3;2026-03-02;1.5;2;;7\n"

    preview = uploaded(admin_client, CHATS, text)

    assert outcomes(preview) == ["Changed", "Unchanged", "New"]
    assert "<del>3</del> <ins>4</ins>" in one_line(preview.text)
    assert ChatSession.objects.count() == 2

    answer = confirmed(admin_client, CHATS, preview)

    assert "Imported rows.csv: rows: 1 created, 1 updated, 1 unchanged, 0 rejected." in answer.text
    assert ChatSession.objects.get(session_id="S1").feedback_rating == 4
    assert ChatSession.objects.get(session_id="S3").resources_clicked == 7
    assert not UploadedFile.objects.exists()


def test_a_faulty_file_says_where_and_why_and_the_others_may_go_in(admin_client):
    text = HEADER + 'U1;S1;2026-03-01;abc;5;9;\nU1;S2;2026-03-01;1\nU1;"S3;2026-03-01;1;1;1;1\n'
    text += "U1;S4;2026-03-01;1;1;1;1\n"

    answer = uploaded(admin_client, CHATS, text)

    assert [str(rejection) for rejection in answer.context["report"].rejections.first] == [
        (
            'line 2: column session_length: expected a number ≥ 0, got "abc"; column'
            ' feedback_rating: expected a whole number from 1 to 6, got "9" (row S1)'
        ),
        "line 3: expected 7 values, found 4 (row S2)",
        "line 4: a quote is not closed, or text follows it; a quote within quotes is written twice",
    ]
    assert not ChatSession.objects.exists()

    confirmed(admin_client, CHATS, answer)

    assert ChatSession.objects.get().session_id == "S4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b\n1;2\n", "This file can&#x27;t be read: no column for user_id"),
        ("", "The submitted file is empty"),
        (HEADER, "No valid data to import"),
        (HEADER.encode("utf-16"), "this is UTF-16; save it as CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(admin_client, text, message):
    assert message in uploaded(admin_client, CHATS, text).text


def test_an_identity_twice_in_one_file(admin_client):
    text = HEADER + "U1;S1;2026-03-01;10;5;4;\nU1;S1;2026-03-01;10;5;5;\n"
    preview = uploaded(admin_client, CHATS, text)
    assert outcomes(preview) == ["New", "Changed"]
    assert preview.context["report"].notices == [
        "line 3: the row S1 was in line 2 already, with other values; the later one counts"
    ]
    confirmed(admin_client, CHATS, preview)
    assert ChatSession.objects.get().feedback_rating == 5


def test_performance_creates_moderators_only_when_confirmed(admin_client):
    text = "Moderator ID,Date,Chats Moderated,Response Time,Satisfaction\nann,2026-03-01,5,7.5,\n"
    preview = uploaded(admin_client, PERFORMANCE, text)
    assert not Moderator.objects.exists()
    confirmed(admin_client, PERFORMANCE, preview)
    assert str(ModeratorPerformance.objects.get()) == "ann on 2026-03-01"
    again = uploaded(admin_client, PERFORMANCE, text)
    assert outcomes(again) == ["Unchanged"]


def test_a_large_preview_asks_little_and_takes_no_lock(admin_client, django_assert_max_num_queries):
    rows = "".join(f"U1;S{n};2026-03-01;10;5;4;\n" for n in range(2500))
    with django_assert_max_num_queries(30) as asked:
        preview = uploaded(admin_client, CHATS, HEADER + rows)
    assert preview.context["report"].counts.created == 2500
    assert not any("advisory" in query["sql"] for query in asked.captured_queries)
    with django_assert_max_num_queries(60):
        confirmed(admin_client, CHATS, preview)
    assert ChatSession.objects.count() == 2500


def test_an_upload_is_confirmed_by_whoever_uploaded_it(admin_client, client, db):
    preview = uploaded(admin_client, CHATS, HEADER + "U1;S1;2026-03-01;10;5;4;\n")
    client.force_login(make_user("other", Role.ADMIN))
    assert confirmed(client, CHATS, preview).status_code == 404
    assert confirmed(admin_client, PERFORMANCE, preview).status_code == 404
    assert not ChatSession.objects.exists()


def test_session_documents_are_imported_too(admin_client):
    document = {
        "username": "ann",
        "sessions": [{"_id": "s1", "starttime": "2026-03-01T10:00:00Z"}, {"_id": "s2"}],
    }
    preview = uploaded(admin_client, SESSIONS, json.dumps(document))
    assert [str(rejection) for rejection in preview.context["report"].rejections.first] == [
        "line 1: sessions[1].starttime: missing (session s2)"
    ]
    assert not Session.objects.exists()
    answer = confirmed(admin_client, SESSIONS, preview)
    assert (
        "Imported rows.csv: sessions: 1 created, 0 updated, 0 unchanged, 1 rejected." in answer.text
    )
    assert Session.objects.get().public_id == "s1"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            CHATS,
            (
                "user_id,session_id,date,session_length,messages_sent,feedback_rating,"
                "resources_clicked\r\nU1,S1,2026-03-01,10.5,5,,7\r\n"
            ),
        ),
        (
            RECOMMENDATIONS,
            (
                "recommendation_id,user_id,date,recommendation_type,click_through_rate,"
                "feedback_score\r\nR1,,2026-03-01,blog,0.5,\r\n"
            ),
        ),
        (
            PERFORMANCE,
            (
                "moderator,date,sessions_moderated,average_response_time,satisfaction_score\r\n"
                "ann,2026-03-01,5,7.5,4.5\r\n"
            ),
        ),
    ],
)
def test_what_goes_in_comes_out(admin_client, address, text):
    confirmed(admin_client, address, uploaded(admin_client, address, text))
    answer = admin_client.get(f"{address}export/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().removeprefix("\ufeff") == text


def test_forms_hold_values_to_the_rules_of_files(admin_client):
    form = {
        "recommendation_id": " R1 ",
        "user_id": "",
        "date": "2026-03-01",
        "recommendation_type": " Video ",
        "click_through_rate": "1.5",
        "feedback_score": "",
    }
    answer = admin_client.post(f"{RECOMMENDATIONS}add/", form)
    assert answer.context["adminform"].form.errors["click_through_rate"]
    admin_client.post(f"{RECOMMENDATIONS}add/", form | {"click_through_rate": "0.5"})
    stored = Recommendation.objects.get()
    assert (stored.recommendation_id, stored.recommendation_type) == ("R1", "video")

    huge = {
        "session_id": "S1",
        "user_id": "U1",
        "date": "2026-03-01",
        "length_minutes": "1e300",
        "messages_sent": "1",
        "feedback_rating": "",
        "resources_clicked": "",
    }
    errors = admin_client.post(f"{CHATS}add/", huge).context["adminform"].form.errors
    assert errors == {
        "length_minutes": ["Expected a number ≥ 0 and at most 1e+12, got a huge number."]
    }


def test_a_performance_row_by_hand(admin_client):
    ann = Moderator.objects.create(username="ann")
    form = {
        "moderator": str(ann.pk),
        "date": "2026-03-01",
        "sessions_moderated": "5",
        "average_response_time": "7.5",
        "satisfaction_score": "",
    }
    admin_client.post(f"{PERFORMANCE}add/", form)
    assert ModeratorPerformance.objects.get().moderator == ann


def test_lists_are_searched_and_filtered(admin_client):
    make_chat("S1", feedback_rating=3)
    make_chat("S2", date=date(2026, 4, 1))
    make_chat("X1", user_id="S9")
    assert shown(admin_client.get(CHATS, {"q": "S"})) == ["S2", "S1", "X1"]
    assert shown(admin_client.get(CHATS, {"date_from": "2026-03-15"})) == ["S2"]
    assert shown(admin_client.get(CHATS, {"feedback_rating__exact": "3"})) == ["S1"]


def test_targets_are_edited_in_the_list(admin_client):
    assert shown(admin_client.get(TARGETS))[0] == "Click-through rate"
    target = Target.objects.get(figure="average_rating")
    form = {"label": "Rating", "unit": "of 6", "value": "4.5", "direction": "higher"}
    admin_client.post(f"{TARGETS}{target.pk}/change/", {**form, "margin": "0.3"})
    target.refresh_from_db()
    assert (target.value, target.label, target.margin) == (4.5, "Rating", 0.3)


def test_a_target_from_a_day_on_is_added_and_taken_back(admin_client):
    first = Target.objects.get(figure="average_rating")
    form = {"figure": "average_rating", "value": "4.2", "margin": "0.1"}
    admin_client.post(f"{TARGETS}add/", {**form, "valid_from": "2026-04-01"})
    added = Target.objects.get(valid_from=date(2026, 4, 1))
    assert (added.label, added.unit, added.direction) == ("Feedback rating", "of 6", "higher")
    assert Target.objects.in_force(date(2026, 3, 31))["average_rating"] == first
    assert Target.objects.in_force(date(2026, 4, 1))["average_rating"] == added
    again = admin_client.post(f"{TARGETS}add/", {**form, "valid_from": "2026-04-01"})
    assert "This figure has a target from that day on already." in again.text
    assert admin_client.post(f"{TARGETS}{first.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(f"{TARGETS}{added.pk}/delete/", {"post": "yes"})
    assert list(Target.objects.filter(figure="average_rating")) == [first]


@pytest.mark.parametrize("address", [CHATS, f"{CHATS}import/", f"{CHATS}export/", TARGETS])
def test_the_data_are_for_admins(client, alice, lea, address):
    for person in (alice, lea):
        client.force_login(person)
        assert client.get(address).status_code in (302, 403, 404)
