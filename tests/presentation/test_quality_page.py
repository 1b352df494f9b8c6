"""The page Quality as leads and moderators see it."""

import io

import openpyxl
import pytest

from accounts.models import Role
from analytics.quality.checking import Opinion, check_sampled
from analytics.quality.disputes import open_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.conftest import make_user
from tests.metrics.test_agreement import write


@pytest.fixture(autouse=True)
def sessions(db):
    write()


def counted(response):
    """The figures of disputes and of unsure checks."""
    return {kpi.label: kpi.value for kpi in response.context["kpis"][-2:]}


def page_of(client, user, query="?start=2026-03-01&end=2026-03-31"):
    client.force_login(user)
    response = client.get(f"/quality/{query}")
    assert response.status_code == 200
    return response


def test_a_lead_sees_the_figures_and_every_card(client, lea):
    response = page_of(client, lea)
    assert [card.slug for card in response.context["cards"]] == [
        "agreement-by-month",
        "agreement-by-moderator",
        "disputed-videos",
    ]
    shown = [(kpi.label, kpi.value) for kpi in response.context["kpis"]]
    assert shown == [
        ("Accuracy", "—"),
        ("Wrongly accepted", "—"),
        ("Wrongly rejected", "—"),
        ("Checked otherwise", "0"),
        ("Agreement", "0.06"),
        ("Disputes", "0"),
        ("Unsure", "0"),
    ]
    agreement = response.context["kpis"][4]
    assert [note.text for note in agreement.footnotes][1:] == [
        "53.3\xa0% of 15\xa0pairs",
        "4\xa0videos by several",
    ]
    html = response.content.decode()
    for video in ("v1", "v3", "v5"):
        assert f'href="/videos/{video}/"' in html
    assert "/videos/v2/" not in html
    assert "/rows/disputed-videos/?start=2026-03-01&amp;end=2026-03-31&amp;video=v1" in html


def test_what_was_checked_leads_the_page(client, lea):
    refresh()
    sample = draw_sample(SampleDesign("random", Scope(lea), size=4), by=lea, seed=1)
    for view in sample.views.order_by("number"):
        verdict = "accepted" if view.decision == "rejected" else "rejected"
        check_sampled(view, Opinion(view.decision if view.number > 1 else verdict), by=lea)
    response = page_of(client, lea)
    assert [card.slug for card in response.context["cards"]] == [
        "quality-by-month",
        "agreement-by-month",
        "quality-by-moderator",
        "agreement-by-moderator",
        "disputed-videos",
    ]
    accuracy, accepted, rejected, targeted, *_ = response.context["kpis"]
    assert (accuracy.label, accuracy.value) == ("Accuracy", "75.0")
    assert [note.text for note in accuracy.footnotes][1] == "3 of 4 checked, weighted"
    wrong = {kpi.label: kpi.value for kpi in (accepted, rejected)}
    first = sample.views.get(number=1).decision
    assert wrong[f"Wrongly {first}"] == "25.0"
    assert sorted(wrong.values()) == ["0.0", "25.0"]
    assert (targeted.label, targeted.value) == ("Checked otherwise", "0")


def test_leads_go_on_to_a_plan_and_the_open_disputes_and_read_what_is_unsure(client, lea):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    refresh()
    plan = '<a class="button primary" href="/quality/plan/">'
    response = page_of(client, lea)
    assert [action.label for action in response.context["page_actions"]] == ["Plan a sample"]
    assert plan in response.content.decode()
    sample = draw_sample(SampleDesign("random", Scope(lea), size=100), by=lea, seed=1)
    views = sample.views.filter(session__moderator__username="ann").order_by("number")
    check_sampled(views[0], Opinion("unsure"), by=lea)
    open_dispute(check_sampled(views[1], Opinion("rejected"), by=lea), "It is fine.", by=ann)
    response = page_of(client, lea)
    html = response.content.decode()
    actions = [(action.label, action.url) for action in response.context["page_actions"]]
    assert actions == [
        ("1\u00a0open dispute", "/quality/disputes/"),
        ("Plan a sample", "/quality/plan/"),
    ]
    assert plan in html
    assert counted(response) == {"Disputes": "1", "Unsure": "1"}
    earlier = page_of(client, lea, "?start=2025-03-01&end=2025-03-31")
    assert counted(earlier) == {"Disputes": "0", "Unsure": "0"}
    response = page_of(client, ann)
    assert response.context["page_actions"] == []
    assert counted(response) == {"Disputes": "1", "Unsure": "1"}
    assert plan not in response.content.decode()
    ben = make_user("ben", Role.MODERATOR, moderates=True)
    assert counted(page_of(client, ben)) == {"Disputes": "0", "Unsure": "0"}


def test_a_moderator_sees_the_own_row_and_no_counts_of_few(client):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    response = page_of(client, ann)
    cards = {page.slug: page.card for page in response.context["cards"]}
    assert list(cards) == ["agreement-by-moderator", "disputed-videos"]
    assert [kpi.label for kpi in response.context["kpis"]] == [
        "Accuracy",
        "Wrongly accepted",
        "Wrongly rejected",
        "Checked otherwise",
        "Disputes",
        "Unsure",
    ]
    assert [heading.label for heading in cards["disputed-videos"].columns] == [
        "Video",
        "Your decision",
        "Decided otherwise",
    ]
    html = response.content.decode()
    assert 'href="/videos/v5/"' in html
    assert "/videos/v1/" not in html
    assert "/rows/disputed-videos/" not in html
    assert "ben" not in str(cards["agreement-by-moderator"].body)


def test_the_workbook_has_the_columns_of_who_asks(client, lea):
    ann = make_user("ann", Role.MODERATOR, moderates=True)
    headings = {}
    for user in (lea, ann):
        client.force_login(user)
        response = client.get("/export/quality.xlsx?start=2026-03-01&end=2026-03-31")
        book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
        headings[user] = [cell.value for cell in book["Disputed videos"][1]]
    everyones = ["Video", "Accepted (people)", "Rejected (people)", "Moderators (people)"]
    assert headings == {
        lea: everyones,
        ann: ["Video", "Your decision", "Decided otherwise (others)"],
    }
