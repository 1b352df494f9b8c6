"""The overview: the team's table with what the findings say, and the parts around it."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.insights.findings import NamedPerson
from analytics.presentation import periods, team
from analytics.presentation.cells import Cell, decisions_cell
from analytics.presentation.findings import ShownFinding, most_important
from analytics.presentation.kpis import drop_trailing_zeros
from analytics.presentation.team import merge_people, person_mark, team_card
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions

DAY = date(2026, 11, 20)


def finding(level, people=(), kind="finding", slug="f"):
    return ShownFinding(
        slug=slug,
        title="",
        level=level,
        text="",
        evidence="",
        details=(),
        action="",
        definition="",
        kind=kind,
        href="",
        link="",
        people=people,
    )


def test_the_team_is_everyone_of_either_table_most_sessions_first():
    reviewed = [{"moderator": "ann", "sessions": 2}, {"moderator": "bob", "sessions": 3}]
    performed = [
        {"moderator": "cleo", "average_satisfaction": 4.5},
        {"moderator": "ann", "average_satisfaction": 3.0},
    ]
    assert merge_people(reviewed, performed) == [
        {"moderator": "bob", "sessions": 3},
        {"moderator": "ann", "sessions": 2, "average_satisfaction": 3.0},
        {"moderator": "cleo", "average_satisfaction": 4.5},
    ]


def named(name, measure):
    return NamedPerson(name, measure, 0.5, 0.3, 0.2, 0.4, 100, 10, "")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ann", ("act", "Coach", "handle time")),
        ("bob", ("watch", "Look together", "reject rate")),
        ("cleo", ("note", "Note", "completion")),
        ("dora", ("", "", "")),
    ],
)
def test_the_mark_of_a_person_is_the_most_urgent_that_names_them(name, told):
    findings = [
        finding("note", [named("cleo", "completion_rate")]),
        finding("watch", [named("ann", "reject_rate"), named("bob", "reject_rate")]),
        finding("act", [named("ann", "handle_seconds")] * 2, kind="action"),
    ]
    assert person_mark(name, findings, DAY) == told


def test_decisions_have_their_numbers_in_words():
    cell = decisions_cell(videos=4, accepted=2, rejected=1)
    assert cell.text == "2 accepted, 1 rejected, 1 without a decision"
    assert list(cell.segments) == [("accepted", 0.5), ("rejected", 0.25), ("none", 0.25)]
    assert decisions_cell(videos=0, accepted=0, rejected=0) == Cell("—")


def test_the_overview_tells_three_findings_and_three_actions():
    findings = [finding("act", slug=str(n)) for n in range(4)]
    actions = [finding("good", kind="action", slug="a"), finding("few", kind="action", slug="b")]
    assert [f.slug for f in most_important([*findings, *actions])] == ["0", "1", "2"]
    assert [f.slug for f in most_important([*findings, *actions], kind="action")] == ["a"]


@pytest.mark.parametrize(
    ("start", "end", "widened"),
    [
        (date(2026, 11, 1), date(2026, 11, 22), date(2025, 12, 1)),
        (date(2026, 12, 1), date(2026, 12, 31), date(2026, 1, 1)),
        (date(2024, 5, 5), date(2026, 1, 31), date(2024, 5, 5)),
        (None, date(2026, 1, 31), None),
    ],
)
def test_a_card_by_month_shows_twelve_months_at_least(start, end, widened):
    wider = periods.at_least_a_year(Scope(PORTAL, start=start, end=end))
    assert (wider.start, wider.end) == (widened, end)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("10.0\u00a0min", "10\u00a0min"),
        ("4.00", "4"),
        ("62.5\u00a0%", "62.5\u00a0%"),
        ("1,000", "1,000"),
        ("100", "100"),
    ],
)
def test_targets_are_written_without_decimals_that_say_nothing(text, shorter):
    assert drop_trailing_zeros(text) == shorter


@pytest.mark.django_db
@pytest.mark.parametrize(("people", "rows"), [(2, 2), (3, 2)])
def test_the_table_of_the_team_has_a_bound(monkeypatch, people, rows):
    monkeypatch.setattr(team, "MAX_ROWS", 2)
    write_sessions([PlainSession(f"s{n}", f"m{n}", NOON, None, [], [], []) for n in range(people)])
    assert team_card(Scope(PORTAL), "/", [], DAY).body.count("<tr") == rows
