"""The callback that redraws a page: what it gives, and that it trusts nothing it is sent."""

from dataclasses import replace

import pytest
from plotly import graph_objects as go

from analytics.presentation import outcomes
from analytics.presentation.pages import CHART_PAGES
from tests.reviewed import write_march
from tests.web.dash.test_guard import body_of, post


@pytest.fixture
def march(db):
    return write_march()


def ask(client, search, **more):
    answer = post(client, body_of(search=search, n=7, **more))
    assert answer.status_code == 200
    response = answer.json()["response"]
    figures = {
        key.removeprefix("graph-"): value["figure"]
        for key, value in response.items()
        if key != "answer"
    }
    return response["answer"]["data"], figures


def test_a_redraw_gives_all_figures_and_what_stands_around_them(client, lea, march):
    client.force_login(lea)
    told, figures = ask(client, "?moderator=alice&start=2026-03-01&end=2026-03-31")
    assert told["n"] == 7
    assert told["status"] == 200
    assert told["subtitle"].startswith("alice · 1\u00a0Mar – 31\u00a0Mar\u00a02026 (31\u00a0days)")
    assert (
        told["videos_url"] == "/export/videos.csv?moderator=alice&start=2026-03-01&end=2026-03-31"
    )
    assert told["charts"] == list(figures) == CHART_PAGES["review"].charts
    assert figures["decisions"]["data"][0]["y"] == [2, 2, 1]
    for made in figures.values():
        go.Figure(made)
    body = told["fragments"]["body"]
    assert 'id="card-decisions"' in body
    assert "<html" not in body
    assert "selected>alice</option>" in told["fragments"]["filters"]


def test_a_redraw_in_the_dark(client, lea, march):
    client.force_login(lea)
    _, figures = ask(client, "?moderator=alice", theme="dark")
    assert figures["decisions"]["data"][0]["marker"]["color"][0] == "#6ba6ff"
    told, _ = ask(client, "?moderator=alice", theme="pink")
    assert told["theme"] == "light"


def test_a_moderator_gets_their_own_whatever_is_asked(client, alice, march):
    client.force_login(alice)
    _, figures = ask(client, "?start=2026-03-01&end=2026-03-31")
    assert figures["decisions"]["data"][0]["y"] == [2, 2, 1]
    for search in ("?moderator=bob", "?session=bob-1", "?moderator=nobody"):
        told, figures = ask(client, search)
        assert told["status"] == 404
        assert told["error"] in ("no such moderator.", "no such session.")
        assert figures == {}
        assert "fragments" not in told


def test_filters_that_do_not_fit_come_back_with_the_reason(client, lea, march):
    client.force_login(lea)
    told, figures = ask(client, "?start=2026-03-31&end=2026-03-01")
    assert told["status"] == 400
    assert "is after the end" in told["fragments"]["filters"]
    assert all(made == {"data": [], "layout": {}} for made in figures.values())
    told, _ = ask(client, "?colour=red")
    assert "unknown parameter" in told["fragments"]["body"]
    told, _ = ask(client, "?start=2026-03-01&start=2026-03-02")
    assert "given more than once" in told["fragments"]["body"]


@pytest.mark.parametrize("search", [None, 3, ["?start="], {"a": 1}, "?" + "x" * 5000])
def test_what_is_no_query_is_refused_in_words(client, lea, db, search):
    client.force_login(lea)
    told, figures = ask(client, search)
    assert told["error"] == "These filters can't be read."
    assert figures == {}


def test_what_is_no_object_is_refused_in_words(client, lea, db):
    client.force_login(lea)
    body = body_of()
    body["inputs"][0]["value"] = [1, 2]
    told = post(client, body).json()["response"]["answer"]["data"]
    assert told == {"error": "These filters can't be read."}


def test_a_metric_that_fails_leaves_the_others_alone(client, lea, march, monkeypatch):
    def broken(scope):
        raise RuntimeError("broken on purpose")

    whole = outcomes.METRICS["decisions"]
    monkeypatch.setitem(outcomes.METRICS, "decisions", replace(whole, compute=broken))
    client.force_login(lea)
    told, figures = ask(client, "?start=2026-03-01&end=2026-03-31")
    assert told["status"] == 200
    assert "This chart could not be computed" in told["fragments"]["body"]
    assert figures["decisions"] == {"data": [], "layout": {}}
    assert figures["video-status"]["data"][0]["values"] == [6, 1, 1]


def test_an_error_of_the_redraw_itself_is_told_with_a_reference(client, lea, db, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("analytics.web.dash.app.build_page", broken)
    client.force_login(lea)
    told, _ = ask(client, "?start=")
    assert told["status"] == 500
    assert told["error"].startswith("The charts could not be computed. Reference ")


@pytest.mark.parametrize(("length", "readable"), [(4000, True), (4001, False)])
def test_filters_of_four_thousand_characters_are_read(client, lea, march, length, readable):
    client.force_login(lea)
    search = "?session=".ljust(length, "x")
    told, _figures = ask(client, search)
    assert (told.get("error") == "These filters can't be read.") is not readable
