"""What pages have beyond their figures: who stands out, and distances from the targets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Role
from analytics.access import PORTAL
from analytics.models import Moderator, Target
from analytics.presentation import page_extras
from analytics.presentation.cells import Cell, Heading
from analytics.presentation.page_extras import (
    distance_cell,
    distance_rows,
    freshness,
    headings,
)
from analytics.presentation.people import StandingOut
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import NOON, write_session

MINUTES = Target(figure="average_response_minutes", unit="min", value=10.0, direction="lower")
SCORE = Target(figure="average_satisfaction", unit="", value=4.0, direction="higher")


def row(name, sessions, response, satisfaction):
    return {
        "moderator": name,
        "sessions_moderated": sessions,
        "average_response_minutes": response,
        "average_satisfaction": satisfaction,
    }


@pytest.mark.parametrize(
    ("value", "target", "text", "sort"),
    [
        (14.84, MINUTES, "▲ 4.8", "4.84"),
        (9.5, MINUTES, "▼ 0.5", "-0.5"),
        (10.04, MINUTES, "± 0", "0.03999999999999915"),
        (3.5, SCORE, "▼ 0.50", "-0.5"),
        (4.04, SCORE, "▲ 0.04", "0.040000000000000036"),
        (4, SCORE, "± 0", "0.0"),
    ],
)
def test_minutes_have_one_decimal_and_scores_two(value, target, text, sort):
    assert distance_cell(value, target) == Cell(text, numeric=True, sort=sort)


def test_what_is_unknown_has_no_distance():
    assert distance_cell(None, MINUTES) == Cell("—", numeric=True, sort="")


def test_only_a_column_with_a_target_is_followed_by_its_distance():
    targets = {"average_satisfaction": SCORE, "average_response_minutes": MINUTES}
    assert list(headings(targets)) == [
        Heading("Moderator"),
        Heading("Sessions moderated", numeric=True, barred=True),
        Heading("Response time", numeric=True),
        Heading("Against target 10\N{NO-BREAK SPACE}min", numeric=True),
        Heading("Satisfaction", numeric=True),
        Heading("Against target 4", numeric=True),
    ]
    assert [heading.label for heading in headings({"average_satisfaction": SCORE})] == [
        "Moderator", "Sessions moderated", "Response time", "Satisfaction", "Against target 4",
    ]  # fmt: skip


def test_a_row_has_a_distance_behind_each_value_with_a_target():
    rows = [row("ann", 20, 14.8, 3.5), row("ben", 5, 9.0, None)]

    def rows_of(name, column):
        address = f"/rows/moderator-performance/?moderator={name}&column={column}"
        return {"href": address, "opens": True}

    cells = list(distance_rows(rows, {"average_satisfaction": SCORE}, Scope(PORTAL)))

    assert cells == [
        [
            Cell("ann", href="/moderators/ann/?start="),
            Cell(
                "20",
                numeric=True,
                barred=True,
                sort="20",
                bar=1.0,
                **rows_of("ann", "sessions_moderated"),
            ),
            Cell(
                "14.8\N{NO-BREAK SPACE}min",
                numeric=True,
                sort="14.8",
                **rows_of("ann", "average_response_minutes"),
            ),
            Cell("3.50", numeric=True, sort="3.5", **rows_of("ann", "average_satisfaction")),
            Cell(
                "▼ 0.50",
                numeric=True,
                sort="-0.5",
                href="/passport/moderator-performance/?moderator=ann&column=average_satisfaction",
                opens=True,
            ),
        ],
        [
            Cell("ben", href="/moderators/ben/?start="),
            Cell(
                "5",
                numeric=True,
                barred=True,
                sort="5",
                bar=0.25,
                **rows_of("ben", "sessions_moderated"),
            ),
            Cell(
                "9.0\N{NO-BREAK SPACE}min",
                numeric=True,
                sort="9.0",
                **rows_of("ben", "average_response_minutes"),
            ),
            Cell("—", numeric=True, sort=""),
            Cell("—", numeric=True, sort=""),
        ],
    ]


def at(moderator, started_at, seconds):
    write_session(
        PlainSession(
            public_id=f"{moderator}-{started_at:%d}",
            moderator=moderator,
            started_at=started_at,
            duration_us=None if seconds is None else seconds * 1_000_000,
            views=[],
            idle=[],
            queues=[],
        )
    )


@pytest.mark.django_db
def test_the_age_of_the_data_counts_from_the_end_of_the_last_session_of_its_person():
    at("ann", NOON, 600)
    at("ben", NOON + timedelta(days=1), None)
    now = datetime(2026, 3, 11, 15, tzinfo=UTC)
    ann, ben = Moderator.objects.order_by("username")

    ages = [freshness(Scope(PORTAL, moderator), now) for moderator in (None, ann, ben)]

    assert [age.replace("\N{NO-BREAK SPACE}", " ") for age in ages] == [
        "last session 3 hours ago",
        "last session 26 hours ago",
        "last session 3 hours ago",
    ]


@pytest.mark.django_db
def test_the_age_is_empty_without_a_session_and_of_a_teams_totals():
    now = datetime(2026, 3, 11, 15, tzinfo=UTC)
    assert freshness(Scope(PORTAL), now) == ""

    at("alice", NOON, 600)
    alice = make_user("alice", Role.MODERATOR, moderates=True)
    assert freshness(Scope(alice, team=True), now) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("there", "shown", "more"), [(0, 0, 0), (6, 6, 0), (7, 6, 1)])
def test_six_who_stand_out_are_told_and_the_others_counted(monkeypatch, there, shown, more):
    people = [StandingOut("act", f"Coach m{place}.", f"/m{place}/") for place in range(there)]
    monkeypatch.setattr(page_extras, "people_who_stand_out", lambda findings, link, today: people)
    scope = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 31))

    extra = page_extras.moderators(scope, "/moderators/", datetime(2026, 4, 1, tzinfo=UTC))

    assert (extra["standing_out"], extra["standing_out_more"]) == (people[:shown], more)


@pytest.mark.django_db
def test_the_review_leads_with_what_changed_over_its_days(monkeypatch):
    monkeypatch.setattr(page_extras, "changes_over_time", lambda scope: ["rose", "doubles"])
    now, scope = datetime(2026, 4, 1, tzinfo=UTC), Scope(PORTAL)

    assert page_extras.review(scope, "/review/", now) == {
        "lead": "2\N{NO-BREAK SPACE}findings over time.",
        "over_time": ["rose", "doubles"],
    }
    monkeypatch.setattr(page_extras, "changes_over_time", lambda scope: [])
    assert page_extras.review(scope, "/review/", now) == {"lead": "", "over_time": []}
    alice = make_user("alice", Role.MODERATOR, moderates=True)
    assert page_extras.review(Scope(alice, team=True), "/review/", now) == {}
