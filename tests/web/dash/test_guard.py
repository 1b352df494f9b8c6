"""The guard around django-plotly-dash, and what of the package it relies on."""

import json
import re

import pytest
from django_plotly_dash import access
from django_plotly_dash.dash_wrapper import all_apps
from django_plotly_dash.models import StatelessApp

from accounts.models import LoginSession
from analytics.presentation.pages import CHART_PAGES
from analytics.web.dash import guard
from analytics.web.dash.app import APPS

UPDATE = "/charts/app/review/_dash-update-component"
SAME = {"sec-fetch-site": "same-origin"}


def body_of(page="review", **data):
    """The body that Dash's renderer sends when the store of the filters changes."""
    outputs = [{"id": f"graph-{slug}", "property": "figure"} for slug in CHART_PAGES[page].charts]
    outputs.append({"id": "answer", "property": "data"})
    return {
        "output": "..{}..".format("...".join(f"{o['id']}.{o['property']}" for o in outputs)),
        "outputs": outputs,
        "inputs": [{"id": "query", "property": "data", "value": data}],
        "changedPropIds": ["query.data"],
    }


def post(client, body, **headers):
    return client.post(
        UPDATE, json.dumps(body), content_type="application/json", headers={**SAME, **headers}
    )


@pytest.fixture
def logged_in(client, lea):
    client.force_login(lea)
    return client


def test_the_package_uses_the_guard():
    # With a wrong name in the settings it would use none, and say nothing.
    assert access.dash_view_decorator is guard.guard


def test_a_callback_answers_its_own_page(logged_in):
    answer = post(logged_in, body_of(search="?start=2026-03-01", theme="light", n=1))
    assert answer.status_code == 200
    response = answer.json()["response"]
    assert response["answer"]["data"]["status"] == 200
    assert set(response) == {"answer", *(f"graph-{slug}" for slug in CHART_PAGES["review"].charts)}


@pytest.mark.parametrize(
    "path", [UPDATE, "/charts/app/review/_dash-layout", "/charts/app/review/_dash-dependencies"]
)
def test_without_a_login_a_script_gets_401_as_json(client, db, path):
    answer = client.post(path, "{}", content_type="application/json") if path == UPDATE else None
    answer = answer or client.get(path)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Your login has expired."


def test_without_a_login_a_person_is_sent_to_it(client, db):
    answer = client.get("/charts/app/review/_dash-layout", headers={"sec-fetch-mode": "navigate"})
    assert answer.status_code == 302
    assert answer.url.startswith("/login/?next=/charts/")


@pytest.mark.parametrize(
    ("status", "method", "kind", "headers"),
    [
        (405, "get", "application/json", SAME),
        (405, "put", "application/json", SAME),
        (415, "post", "text/plain", SAME),
        (415, "post", "application/x-www-form-urlencoded", SAME),
        (403, "post", "application/json", {}),
        (403, "post", "application/json", {"sec-fetch-site": "cross-site"}),
        (403, "post", "application/json", {"sec-fetch-site": "same-site"}),
        (403, "post", "application/json", {"sec-fetch-site": "none"}),
        (403, "post", "application/json", {"origin": "https://other.example"}),
        (403, "post", "application/json", {"origin": "null"}),
        (200, "post", "application/json", {"origin": "http://testserver"}),
    ],
)
def test_only_a_post_of_json_from_a_page_of_the_portal(logged_in, status, method, kind, headers):
    data = json.dumps(body_of(search="?start=2026-03-01", n=1))
    answer = logged_in.generic(method.upper(), UPDATE, data, kind, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/charts/add_stateless_apps",
        "/charts/app/review/",
        "/charts/app/review/_dash-routes",
        "/charts/app/nobody/_dash-layout",
        "/charts/app/nobody/_dash-dependencies",
        "/charts/app/review/assets/x.css",
        "/charts/app/review/initial/abc/",
        "/charts/app/review/initial/abc/_dash-layout",
        "/charts/app/review/_dash-component-suites/dash/deps/react.js",
        "/charts/instance/review/",
        "/charts/instance/review/_dash-layout",
    ],
)
def test_everything_else_is_not_there(logged_in, path):
    assert logged_in.get(path).status_code == 404
    assert not StatelessApp.objects.exists()


@pytest.mark.parametrize("path", ["/charts/add_stateless_apps"])
def test_anonymous_visitors_write_nothing(client, db, path):
    client.get(path)
    assert not StatelessApp.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        "text",
        None,
        7,
        {"output": 3},
        {"output": "nothing.data", "inputs": []},
        {"output": "answer.data"},
        {**body_of(n=1), "inputs": [3]},
        {**body_of(n=1), "inputs": "query"},
        {**body_of(n=1), "inputs": [{}]},
        {**body_of(n=1), "outputs": 3},
        {**body_of(n=1), "state": 3},
        {**body_of(n=1), "changedPropIds": 3},
    ],
)
def test_a_body_that_dash_never_sends_is_refused(logged_in, body):
    assert post(logged_in, body).status_code in (200, 204, 400)


@pytest.mark.parametrize("raw", [b" ", b"{", b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(logged_in, raw):
    answer = logged_in.post(UPDATE, raw, content_type="application/json", headers=SAME)
    assert answer.status_code == 400


def test_a_callback_leaves_the_login_session_alone(logged_in, django_assert_num_queries):
    before = LoginSession.objects.get().session_data
    post(logged_in, body_of(search="?start=2026-03-01", n=1))
    assert LoginSession.objects.get().session_data == before


def test_layout_and_dependencies_read_no_table_of_apps(logged_in, django_assert_num_queries):
    logged_in.get("/charts/app/review/_dash-layout")
    with django_assert_num_queries(2):  # Login and user.
        layout = logged_in.get("/charts/app/review/_dash-layout")
    assert '"id": "graph-decisions"' in layout.content.decode()
    with django_assert_num_queries(2):
        assert logged_in.get("/charts/app/review/_dash-dependencies").status_code == 200


def test_the_layout_names_nobody(logged_in, alice, bob):
    layout = logged_in.get("/charts/app/review/_dash-layout").content.decode()
    assert "alice" not in layout
    assert "bob" not in layout


def test_every_page_has_its_app():
    assert set(all_apps()) == set(CHART_PAGES) == set(APPS)


def test_an_app_is_built_once_a_thread():
    assert APPS["review"].as_dash_instance() is APPS["review"].as_dash_instance()


def test_a_page_asks_for_no_script_of_dash_and_has_none_inline(logged_in):
    answer = logged_in.get("/review/")
    html = answer.content.decode()
    sources = re.findall(r'<script[^>]* src="([^"]+)"', html)
    assert all(source.startswith("/static/") for source in sources)
    assert not any("dash" in source for source in sources)
    # Plotly runs before what draws with it.
    plotly = html.index("/vendor/plotly-")
    assert "defer></script>" in html[plotly : plotly + 80]
    assert plotly < html.index("js/charts.js")
    assert 'data-script="/static/dash/dash.js"' in html
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
    assert all("application/json" in attributes for attributes in inline)
    # What Dash reads its addresses from.
    assert '<script id="_dash-config" type="application/json">' in html
    assert "script-src 'self';" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("output", ["a", "", ".", "..", "..a..", "a.b.c", "..graph.figure...", "é"])
def test_outputs_of_no_callback_are_refused(logged_in, output):
    answer = post(logged_in, {"output": output, "inputs": []})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "There is no such callback."


def test_too_large_a_body_is_413(logged_in):
    answer = post(logged_in, body_of(search="x" * 3_000_000))
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body is too large."
