"""Saved views: which addresses are kept, for whom they are shown, and what a login opens with."""

import json
from html import unescape
from re import findall, search

import pytest
from django.test import Client

from accounts.models import Role
from analytics.models import FirstPage, SavedView
from audit.models import Entry
from tests.conftest import make_user
from tests.reviewed import write_march


@pytest.fixture
def march(db):
    return write_march()


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def save(user, address, name="View", shared_with=""):
    return logged_in(user).post(
        "/views/", {"name": name, "address": address, "shared_with": shared_with}
    )


def error(answer):
    """The reasons that a form gives, as one text."""
    assert answer.status_code == 400, answer.status_code
    lists = findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', answer.content.decode(), flags=16)
    return unescape(" ".join(" ".join(lists).replace("<li>", "").replace("</li>", "").split()))


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/review/?start=2026-03-01&end=2026-03-31&moderator=alice",
        "/review/?start=&series=x",
        "/sessions/?queue=Spam&order=-reject_rate",
        "/sessions/alice-1/",
        "/moderators/alice/?start=2026-03-01",
        "/rows/decisions/?decision=rejected&start=2026-03-01",
        "/videos/v2/",
        "/insights/",
        "/metrics/",
        "/search/?q=ali",
        "/review/#card-decisions",
    ],
)
def test_pages_are_saved_with_their_filters(lea, march, address):
    assert save(lea, address).status_code == 302
    assert SavedView.objects.get().address == address


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://example.org/", "Is no page of this portal"),
        ("//example.org/review/", "Is no page of this portal"),
        ("/\\example.org/", "Is no page of this portal"),
        ("javascript:alert(1)", "Is no page of this portal"),
        ("review/", "Is no page of this portal"),
        ("/review/\t?x", "Holds a control character"),
        ("/sessions/a%00/", "Holds a control character"),
        ("/nothing/", "Leads to no page of this portal"),
        ("/logout/", "Is no page that can be saved"),
        ("/admin/", "Is no page that can be saved"),
        ("/views/first/", "Is no page that can be saved"),
        ("/api/v1/videos/", "Is no page that can be saved"),
        ("/export/videos.csv", "Is no page that can be saved"),
        ("/review/?colour=red", "Colour unknown parameter"),
        ("/review/?start=tomorrow", "Start "),
        ("/review/?moderator=nobody", "Leads to nothing that you may open"),
        ("/sessions/nothing/", "Leads to nothing that you may open"),
        ("/sessions/?order=sideways", "Order "),
        ("/rows/nothing/", "Leads to nothing that you may open"),
        ("/videos/nothing/", "Leads to nothing that you may open"),
        ("/moderators/alice/?colour=1", "Colour unknown parameter"),
        ("", "This field is required."),
        ("/review/?" + "x" * 2000, "at most 2000 characters"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(lea, march, address, reason):
    assert reason.lower() in error(save(lea, address)).lower()
    assert not SavedView.objects.exists()


def test_a_moderator_saves_their_own_pages_only(alice, march):
    assert save(alice, "/sessions/alice-1/", "a").status_code == 302
    assert save(alice, "/review/?moderator=alice", "b").status_code == 302
    for address in ("/sessions/bob-1/", "/review/?moderator=bob", "/moderators/bob/"):
        assert error(save(alice, address)) == "Leads to nothing that you may open."


def test_what_names_a_person_is_shared_with_leads_and_admins_only(lea, march):
    for address in ("/review/?moderator=alice", "/sessions/alice-1/", "/moderators/alice/"):
        assert error(save(lea, address, shared_with="moderator")) == (
            "The address names a person: shared with leads and admins only."
        )
    assert error(save(lea, "/review/", "How alice works", "moderator")) == (
        "The name names a person: shared with leads and admins only."
    )
    assert save(lea, "/review/?moderator=alice", "How alice works", "lead").status_code == 302
    assert "shared_with" not in error(save(lea, "/review/", "x" * 81))
    assert "Select a valid choice" in error(save(lea, "/review/", "x", "everybody"))


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=alice",
        "/review/?series=alice",
        "/review/?panel=/moderators/alice/",
        "/review/?panel=%2Fsessions%2Falice-1%2F",
        "/review/?panel=%2Frows%2Fdecisions%2F%3Fmoderator%3Dalice&panel=/rows/decisions/",
        "/review/?panel=%2Fpassport%2Fdecisions%2F%3Fsession%3Dalice-1",
    ],
)
def test_no_value_of_what_everybody_sees_names_a_person(lea, march, address):
    assert error(save(lea, address, shared_with="moderator")) == (
        "The address names a person: shared with leads and admins only."
    )
    assert save(lea, address, shared_with="lead").status_code == 302


@pytest.mark.parametrize(
    "panel", ["//other.example/", "javascript:alert(1)", "/nowhere/", "https://other.example/"]
)
def test_a_panel_is_a_page_of_the_portal(lea, march, panel):
    assert error(save(lea, f"/review/?panel={panel}")) == (
        "Opens no page of this portal in its panel."
    )
    assert save(lea, "/review/?panel=/passport/decisions/", "x", "moderator").status_code == 302


def test_a_moderator_is_not_told_whose_names_there_are(alice, march):
    for name in ("bob", "nobody"):
        assert save(alice, "/search/?q=" + name, f"Not {name}", "moderator").status_code == 302
    assert error(save(alice, "/review/", "Only alice", "moderator")) == (
        "The name names a person: shared with leads and admins only."
    )


def test_a_name_stands_once_among_ones_own(lea, ada, march):
    assert save(lea, "/review/", "Week").status_code == 302
    assert error(save(lea, "/sessions/", " Week ")) == "You have a view of this name."
    assert save(ada, "/review/", "Week").status_code == 302


def test_there_are_not_too_many(lea, march, monkeypatch):
    monkeypatch.setattr("analytics.presentation.saved_views.MAX_VIEWS", 1)
    save(lea, "/review/")
    assert b"You have 1 views already" in save(lea, "/review/", "Another").content


def names(user, path="/views/menu/"):
    html = logged_in(user).get(path).content.decode()
    return sorted(findall(r"<bdi>(\w+) view</bdi>", html))


def test_whom_views_are_shown_to(alice, bob, lea, ada, march):
    for user, name, shared_with in (
        (lea, "own", ""),
        (lea, "leads", "lead"),
        (lea, "all", "moderator"),
        (ada, "admins", "admin"),
        (alice, "alices", "moderator"),
    ):
        assert save(user, "/review/", f"{name} view", shared_with).status_code == 302
    expected = {
        alice: ["alices", "all"],
        bob: ["alices", "all"],
        lea: ["alices", "all", "leads", "own"],
        ada: ["admins", "alices", "all", "leads"],
    }
    for user, shown in expected.items():
        assert names(user) == shown
        assert names(user, "/views/") == shown
        answer = logged_in(user).get("/api/v1/views/").json()["results"]
        assert sorted(view["name"].split()[0] for view in answer) == shown
    # Moderators read no names of others.
    assert not search(r"\balice\b", logged_in(bob).get("/views/").content.decode())
    assert "by <bdi>alice</bdi>" in logged_in(lea).get("/views/menu/").content.decode()


def test_views_of_what_one_may_no_longer_see_say_why_or_vanish(alice, lea, ada, march):
    save(lea, "/moderators/bob/", "bob view", "lead")
    save(ada, "/moderators/bob/", "gone view", "lead")
    FirstPage.objects.create(user=lea, view=SavedView.objects.get(name="bob view"))
    lea.role = Role.MODERATOR
    lea.moderator = None
    lea.save()
    html = logged_in(lea).get("/views/").content.decode()
    assert findall(r"<bdi>(\w+) view</bdi>", html) == ["bob"]
    assert "The address is not open to you" in html
    client = logged_in(lea)
    assert client.get("/start/").headers["Location"] == "/"
    assert "Your first page cannot be opened: is not open to you" in str(
        [str(message) for message in client.get("/views/").context["messages"]]
    )
    [view] = client.get("/api/v1/views/").json()["results"]
    assert view["closed"].startswith("is not open to you")


def test_a_login_opens_with_the_first_page(lea, march):
    save(lea, "/review/?start=2026-03-01")
    view = SavedView.objects.get()
    lea.set_password("try-the-portal")
    lea.save()

    def login():
        return (
            Client()
            .post("/login/", {"username": "lea", "password": "try-the-portal"}, follow=True)
            .redirect_chain
        )

    assert login() == [("/start/", 302), ("/", 302)]
    client = logged_in(lea)
    assert client.post("/views/first/", {"view": view.pk}).status_code == 302
    assert login() == [("/start/", 302), ("/review/?start=2026-03-01", 302)]
    # Home stays what it is.
    assert client.get("/").status_code == 200
    client.post("/views/first/", {"view": ""})
    assert login() == [("/start/", 302), ("/", 302)]
    for bad in ("0", "x", "9" * 30):
        assert client.post("/views/first/", {"view": bad}).status_code == 404


def test_changing_and_deleting_ones_own(lea, ada, march):
    save(lea, "/review/", shared_with="lead")
    view = SavedView.objects.get()
    owner, other = logged_in(lea), logged_in(ada)
    data = {"name": "Other", "address": "/sessions/", "shared_with": ""}
    for client, status in ((other, 404), (owner, 302)):
        assert client.post(f"/views/{view.pk}/", data).status_code == status
    view.refresh_from_db()
    assert (view.name, view.address, view.shared_with) == ("Other", "/sessions/", "")
    for client, status in ((other, 404), (owner, 302)):
        assert client.post(f"/views/{view.pk}/delete/").status_code == status
    assert not SavedView.objects.exists()


def test_views_go_with_the_account(lea, ada, march):
    save(lea, "/review/", shared_with="lead")
    FirstPage.objects.create(user=ada, view=SavedView.objects.get())
    lea.delete()
    assert not SavedView.objects.exists()
    assert not FirstPage.objects.exists()


def test_the_audit_says_that_and_not_what(lea, march):
    save(lea, "/review/?moderator=alice", "How alice works", "lead")
    entry = Entry.objects.filter(object_kind="analytics.savedview").get()
    assert entry.action == "create"
    assert "alice" not in json.dumps(entry.details)


def test_the_form_opens_with_the_page_that_is_seen(lea, march):
    html = logged_in(lea).get("/views/", {"address": "/review/?start="}).content.decode()
    assert 'value="/review/?start="' in html
    html = logged_in(lea).get("/review/?moderator=alice").content.decode()
    assert 'href="/views/?address=%2Freview%2F%3Fmoderator%3Dalice"' in html


def api(user, method, path, **body):
    send = getattr(logged_in(user), method)
    return send(f"/api/v1/views/{path}", json.dumps(body), content_type="application/json")


def test_the_api_keeps_views(alice, lea, ada, march):
    answer = api(lea, "post", "", name="Week", address="/review/", shared_with="lead")
    assert answer.status_code == 201
    pk = SavedView.objects.get().pk
    expected = {
        "id": pk,
        "name": "Week",
        "address": "/review/",
        "shared_with": "lead",
        "own": True,
        "first_page": False,
        "closed": None,
    }
    assert answer.json() == expected
    assert api(lea, "patch", f"{pk}/", name="Month", first_page=True).json() == {
        **expected,
        "name": "Month",
        "first_page": True,
    }
    assert api(ada, "patch", f"{pk}/", first_page=True).json() == {
        **expected,
        "name": "Month",
        "own": False,
        "first_page": True,
    }
    assert FirstPage.objects.count() == 2
    assert api(ada, "patch", f"{pk}/", name="Mine").status_code == 404
    assert api(ada, "delete", f"{pk}/").status_code == 404
    assert logged_in(alice).get(f"/api/v1/views/{pk}/").status_code == 404
    assert api(lea, "delete", f"{pk}/").status_code == 204


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"name": "x"}, "address", "This field is required."),
        ({"name": "x", "address": "/admin/"}, "address", "Is no page that can be saved"),
        ({"name": 3, "address": "/"}, "name", "Is no text."),
        ({"name": "x", "address": "/search/?q=\ud800"}, "address", "Contains a lone surrogate"),
        ({"name": "x", "address": "/\0"}, "address", "Contains a NUL character"),
        ({"name": "x", "address": "/", "owner": 1}, "owner", "Unknown field"),
        ({"name": "x", "address": "/", "first_page": "yes"}, "first_page", "Is neither true"),
        (
            {"name": "x", "address": "/review/?moderator=alice", "shared_with": "moderator"},
            "shared_with",
            "The address names a person",
        ),
    ],
)
def test_the_api_refuses_by_field(lea, march, body, field, reason):
    answer = api(lea, "post", "", **body)
    assert answer.status_code == 400
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert problem["message"].startswith(reason)


def test_a_body_nested_too_deeply_is_refused(lea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    client.cookies["csrftoken"] = token = "a" * 32
    answer = client.post(
        "/api/v1/views/",
        "[" * 100_000,
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is nested too deeply."


def test_a_program_has_no_views(march):
    assert make_user("tool", Role.PROGRAM).views.count() == 0


def test_the_first_nine_views_of_the_menu_open_by_a_digit(lea, march):
    for number in range(1, 12):
        save(lea, "/review/", f"View {number}")
    html = logged_in(lea).get("/views/menu/").content.decode()
    assert findall(r'data-key="(\d)"', html) == list("123456789")
    assert html.count('role="menuitem"') == 11


def test_the_list_of_the_api_has_pages_csv_and_etags(lea, ada, march):
    for name in ("one", "two", "three"):
        save(lea, "/review/", name)
    client = logged_in(lea)
    first = client.get("/api/v1/views/?page_size=2")
    assert [view["name"] for view in first.json()["results"]] == ["one", "two"]
    address = first.json()["next"]
    assert first.headers["Link"] == f'<{address}>; rel="next"'
    second = client.get(address).json()
    assert ([view["name"] for view in second["results"]], second["next"]) == (["three"], None)
    etag = first.headers["ETag"]
    again = {"If-None-Match": etag}
    assert client.get("/api/v1/views/?page_size=2", headers=again).status_code == 304
    SavedView.objects.filter(name="two").update(name="zwei")
    changed = client.get("/api/v1/views/?page_size=2", headers=again)
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)
    answer = client.get("/api/v1/views/?format=csv")
    pk = SavedView.objects.get(name="one").pk
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "id,name,address,shared_with,own,first_page,closed",
        f"{pk},one,/review/,,true,false,",
    ]
    assert len(lines) == 4
    assert client.get("/api/v1/views/?colour=red").status_code == 400
    assert client.get("/api/v1/views/?cursor=x").status_code == 400
    # Another reader's answer is another one.
    assert logged_in(ada).get("/api/v1/views/").json() == {"next": None, "results": []}
