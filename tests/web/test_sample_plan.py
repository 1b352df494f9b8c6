"""The page on which leads plan a sample."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.formatting import date_range
from analytics.models import QualityCheck, QualitySample
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from analytics.summaries.writing import refresh
from tests.brute import PlainSession, PlainView
from tests.factory import write_sessions

pytestmark = pytest.mark.django_db

ADDRESS = "/quality/plan/?start=2026-03-01&end=2026-03-31"
POPULATION = f"{{}}\xa0decided views, {date_range(date(2026, 3, 1), date(2026, 3, 31))}"


def plain_session(number, person, queue, keys, month=3):
    start = datetime(2026, month, 2 + number % 20, 9, tzinfo=UTC)
    views = [
        PlainView(f"{person}-{number}-{at}", "completed", [key], "muted", queue=queue)
        for at, key in enumerate(keys)
    ]
    return PlainSession(f"{person}-{number}", person, start, 600_000_000, views, [], [])


@pytest.fixture(scope="module")
def work(module_db):
    """Ann 400 decided views in sessions of 20, a fourth rejected; Ben 60 in sessions of 3."""
    sessions = [plain_session(n, "ann", "Spam", "aaaq" * 5) for n in range(20)]
    sessions += [plain_session(n, "ben", "Minors", "aqa") for n in range(20)]
    write_sessions(sessions)
    refresh()


def plan_of(client, query=""):
    response = client.get(f"{ADDRESS}{query}")
    assert response.status_code == 200
    return response.context["plan"]


def test_a_plan_for_everything(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&points=5&expected=90")
    # Sessions are all the same, so views of one are not alike: 138.3 / (1 + 137.3 / 460) = 106.5.
    assert plan.drawn == 107
    assert plan.words == (
        "to know the accuracy to ±\xa05 points. About 80\xa0minutes of checking at 45\xa0s a view."
    )
    assert dict(plan.facts)["Population"] == POPULATION.format(460)
    assert ("± 5 points", "107") in plan.chart.rows
    assert [mark.text for mark in plan.chart.marks if mark.is_plan] == ["107 · ±\xa05"]


def test_a_plan_by_moderator_lists_everybody(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&points=5&method=by-moderator&at_least=20")
    # 107 in proportion would be 93 and 14; ben gives 20 at the least.
    assert plan.drawn == 107
    assert 'ann</th><td class="num">400</td><td class="num">87</td>' in plan.body
    assert 'ben</th><td class="num">60</td><td class="num">20</td>' in plan.body


def test_the_chart_marks_what_a_plan_by_parts_gives(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&points=5&method=by-moderator&at_least=60")
    # All 60 of ben's and 60 of ann's 400: 1.96 * 400 / 460 * sqrt(0.09 / 60 * 340 / 399).
    assert "all together to ±\xa06.1 points" in plan.words
    assert [mark.text for mark in plan.chart.marks if mark.is_plan] == ["120 · ±\xa06.1"]


def test_a_plan_that_no_sample_holds_is_not_drawn(client, lea, work, monkeypatch):
    monkeypatch.setattr("analytics.presentation.sample_plan.MAX_SAMPLE", 106)
    client.force_login(lea)
    page = client.get("/quality/plan/?start=2026-03-01&end=2026-03-31&points=5").content.decode()
    assert "A sample holds at most" in page
    assert "Draw 107" not in page


def test_where_nothing_is_to_be_drawn_the_old_button_goes(client, lea, work):
    """The script puts the part that draws into the place of the one before."""
    client.force_login(lea)
    page = client.get("/quality/plan/?start=2020-03-01&end=2020-03-31").content.decode()
    assert "data-plan-draw" in page
    assert 'class="button primary"' not in page


def test_a_plan_for_each_queue(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&points=10&method=by-queue&of=each&at_least=0")
    # 34.57 without an end: 34.57 / (1 + 33.57 / 60) = 22.2 and 34.57 / (1 + 33.57 / 400) = 31.9.
    # As many from each as the one with the most needs.
    assert plan.drawn == 32 + 32
    # The chart draws the queue that takes the most.
    assert plan.chart.what == "Views to check, of each queue"
    assert [mark.text for mark in plan.chart.marks if mark.is_plan] == ["32 · ±\xa010"]
    assert plan.words.startswith("to know each queue's accuracy to ±\xa010 points, and the")


def test_all_rejects_promise_no_accuracy(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&method=rejects")
    # 100 at the most, unless the form says otherwise.
    assert plan.drawn == 100
    assert dict(plan.facts)["Population"].startswith("120 rejected views")
    assert "say nothing of the accuracy" in plan.words
    plan = plan_of(client, "&method=disputed")
    assert (plan.drawn, plan.words) == (
        0,
        "There are no decisions on disputed videos in these dates.",
    )


def test_of_one_moderator(client, lea, work):
    client.force_login(lea)
    plan = plan_of(client, "&moderator=ben&points=5")
    assert dict(plan.facts)["Population"] == POPULATION.format(60)


def test_without_decisions_nothing_is_drawn(client, lea):
    client.force_login(lea)
    response = client.get("/quality/plan/?start=2026-05-01&end=2026-05-31")
    assert response.context["plan"].drawn == 0


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("&points=6", "points", "Select a valid choice. 6 is not one of the available choices."),
        ("&expected=100", "expected", "Ensure this value is less than or equal to 99."),
        ("&method=guess", "method", "Select a valid choice. guess is not one of"),
        ("&at_least=-1", "at_least", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, lea, work, query, field, words):
    client.force_login(lea)
    response = client.get(f"{ADDRESS}{query}")
    assert response.status_code == 400
    assert words in response.context["form"].errors[field][0]
    assert f'id="id_{field}_error"' in response.content.decode()


def test_dates_and_unknown_parameters_are_refused(client, lea):
    client.force_login(lea)
    response = client.get("/quality/plan/?start=2026-13-01")
    assert response.status_code == 400
    assert "id_start_error" in response.content.decode()
    assert client.get("/quality/plan/?colour=red").status_code == 400
    assert client.get("/quality/plan/?moderator=nobody").status_code == 404


def test_the_pages_of_quality_stand_beside_each_other(client, lea, work):
    client.force_login(lea)
    for address, open_one in (("/quality/", "Overview"), ("/quality/plan/", "Plan a sample")):
        tabs = client.get(address).context["tabs"]
        assert [tab.label for tab in tabs][:2] == ["Overview", "Plan a sample"]
        assert [tab.label for tab in tabs if tab.current] == [open_one]


@pytest.fixture
def checked(work, lea):
    """Of 240 views, 120 of ann's in six sessions, ann's and ben's: 24 are said to be wrong.

    A check takes lea 20 seconds; a break of an hour and what a program sends do not count.
    """
    design = SampleDesign("by-moderator", Scope(PORTAL), size=460)
    sample = draw_sample(design, by=lea, seed=1)
    at = datetime(2026, 4, 1, 9, tzinfo=UTC)
    checks = []
    for nth, view in enumerate(sample.views.order_by("session", "position")):
        person, session = view.session_id.split("-")
        # All of two sessions of ann's, and nothing else, is wrong.
        wrong = person == "ann" and session in ("0", "1")
        other = "accepted" if view.decision == "rejected" else "rejected"
        at += timedelta(hours=1) if nth == 100 else timedelta(seconds=20)
        checks.append(
            QualityCheck(
                sampled=view,
                session_id=view.session_id,
                position=view.position,
                video=view.video,
                decision=view.decision,
                verdict=other if wrong else view.decision,
                checked_by=lea,
                checked_at=at,
            )
        )
    QualityCheck.objects.bulk_create(checks)


def test_a_plan_rests_on_the_checks_that_there_are(client, lea, checked):
    client.force_login(lea)
    response = client.get(f"{ADDRESS}&points=5")
    plan, form = response.context["plan"], response.context["form"]
    facts = dict(plan.facts)
    # 420 of 460 are right.
    days = date_range(date(2026, 3, 1), date(2026, 3, 31))
    assert facts["Accuracy expected"] == f"91.3\xa0%: of 460\xa0checked decisions, {days}"
    assert facts["Seconds a check"] == "20\xa0s: the median of 458 times between two checks"
    # Mistakes fill whole sessions of 20: ann's vary as much as sessions can.
    assert "correlation 1.000: of 3,860\xa0pairs of checks in one session" in facts["Why not fewer"]
    assert form.fields["expected"].widget.attrs["placeholder"] == "91.3"
    assert form.fields["seconds"].help_text.startswith("Empty: 20, the median of 458 times")
    assert "at 20\xa0s a view" in plan.words


def test_what_somebody_chooses_stands_before_what_checks_say(client, lea, checked):
    client.force_login(lea)
    plan = plan_of(client, "&points=5&expected=90&likeness=0&seconds=60")
    assert plan.drawn == 107
    facts = dict(plan.facts)
    assert facts["Accuracy expected"].startswith(
        "90.0\xa0%: as chosen; otherwise 91.3\xa0%, of 460"
    )
    assert facts["Seconds a check"].startswith("60\xa0s: as chosen; otherwise 20\xa0s, the median")
    assert "correlation 0.000: as chosen; otherwise 1.000, of" in facts["Why not fewer"]


def test_checks_of_the_year_before_tell_where_the_days_have_none(client, lea, checked):
    client.force_login(lea)
    write_sessions([plain_session(n, "cem", "Spam", "aaaq" * 5, month=5) for n in range(20)])
    refresh()
    response = client.get("/quality/plan/?start=2026-05-01&end=2026-05-31&points=5")
    facts = dict(response.context["plan"].facts)
    assert facts["Accuracy expected"].startswith("91.3\xa0%: of 460\xa0checked decisions")
    assert "2025" in facts["Accuracy expected"]


def test_without_checks_a_plan_says_that_it_guesses(client, lea, work):
    client.force_login(lea)
    facts = dict(plan_of(client, "&points=5").facts)
    assert facts["Accuracy expected"] == (
        "90.0\xa0%: a guess: fewer than 100 decisions were checked"
    )
    assert facts["Seconds a check"] == "45\xa0s: a guess: too few checks tell"
    assert "as alike as rejects" in facts["Why not fewer"]


def test_what_is_drawn_is_what_was_planned(client, lea, checked):
    client.force_login(lea)
    plan = plan_of(client, "&points=7")
    page = client.get(f"{ADDRESS}&points=7")
    sent = dict(page.context["scope_params"]) | {
        field.name: field.value() or "" for field in page.context["form"]
    }
    response = client.post("/quality/samples/", sent | {"name": "Planned"})
    assert response.status_code == 302
    assert QualitySample.objects.get(name="Planned").views.count() == plan.drawn
