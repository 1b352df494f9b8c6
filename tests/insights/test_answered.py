"""Notes that answer findings: said beside them, quietly, until settled or past."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.access import PORTAL
from analytics.formatting import day
from analytics.insights.answered import with_notes
from analytics.insights.findings import AnsweringNote, Finding, NamedPerson
from analytics.models import Note
from analytics.notes import NoteWords, settle, write_note
from analytics.presentation.findings import ShownFinding, most_important, render_finding
from analytics.presentation.people import answers_by_name, people_who_stand_out
from analytics.presentation.team import person_mark
from analytics.scope import Scope
from tests.conftest import make_user

TODAY = date(2026, 11, 14)
WRITTEN = datetime(2026, 11, 12, 10, tzinfo=UTC)
DISCUSSED = AnsweringNote(1, WRITTEN, WRITTEN.date())
AGREED = AnsweringNote(2, WRITTEN, WRITTEN.date(), TODAY)
PAST = AnsweringNote(3, WRITTEN, WRITTEN.date(), TODAY - timedelta(days=1))


def named(name, measure="reject_rate", note=None):
    return NamedPerson(name, measure, 0.5, 0.3, 0.2, 0.4, 100, 10, f"{name}!", note=note)


def finding(*people, level="watch"):
    return Finding(
        level=level,
        sentence="",
        n=1,
        counted="videos",
        people=people,
        slug="f",
        metric="moderator-review",
        about_people=True,
    )


def shown(*people, level="watch") -> ShownFinding:
    return render_finding(finding(*people, level=level), Scope(PORTAL), "", TODAY)


@pytest.mark.parametrize(
    ("note", "words", "is_quiet"),
    [
        (DISCUSSED, "discussed on 12 Nov 2026", True),
        (AGREED, "agreed until 14 Nov 2026", True),
        (PAST, "agreed until 13 Nov 2026, now past", False),
    ],
)
def test_what_is_said_of_a_note(note, words, is_quiet):
    assert note.words(TODAY).replace("\u00a0", " ") == words
    assert finding(named("ann", note=note)).is_quiet(TODAY) is is_quiet


def test_a_finding_is_quiet_when_everybody_in_it_is_answered():
    assert not finding(named("ann", note=DISCUSSED), named("bob")).is_quiet(TODAY)
    assert finding(named("ann", note=DISCUSSED), named("bob", note=AGREED)).is_quiet(TODAY)
    assert not finding().is_quiet(TODAY)


def test_the_api_has_the_note_of_an_answered_person_alone():
    assert "note" not in named("ann").as_dict()
    assert named("ann", note=AGREED).as_dict()["note"] == {
        "id": 2,
        "at": "2026-11-12T10:00:00+00:00",
        "until": "2026-11-14",
    }


def test_what_is_answered_comes_after_what_is_not():
    quiet, loud = shown(named("ann", note=DISCUSSED), level="act"), shown(named("bob"))
    assert quiet.answers == ["ann, reject rate: discussed on 12\u00a0Nov\u00a02026"]
    assert most_important([quiet, loud]) == [loud, quiet]


def test_the_mark_of_somebody_is_what_is_not_answered():
    speed = named("ann", "completion_rate", AGREED)
    rejects = named("ann")
    both = [shown(speed, level="act"), shown(rejects)]
    assert person_mark("ann", both, TODAY) == ("watch", "Look together", "reject rate")
    assert person_mark("ann", both[:1], TODAY) == (
        "note",
        "Coach",
        "completion: agreed until 14\u00a0Nov\u00a02026",
    )


def test_who_stands_out_unanswered_comes_first():
    findings = [finding(named("ann", note=DISCUSSED), level="act"), finding(named("bob"))]
    people = people_who_stand_out(findings, lambda name: f"/{name}/", TODAY)
    assert [(each.href, each.is_quiet) for each in people] == [("/bob/", False), ("/ann/", True)]
    assert answers_by_name(findings, TODAY) == {"ann": "discussed 12\u00a0Nov"}


@pytest.mark.django_db
class TestWhichNote:
    """The newest that is not settled, of this person and this measure."""

    def answer(self, *people):
        [found] = with_notes([finding(*(people or (named("alice"),)))])
        return [each.note and each.note.key for each in found.people]

    def test_the_newest_of_the_person_and_measure(self, alice, bob, lea):
        for user, measure in (
            (alice, "reject_rate"),
            (alice, "completion_rate"),
            (alice, ""),
            (bob, "reject_rate"),
        ):
            write_note(user.moderator, NoteWords("a", measure), by=lea)
        newest = write_note(alice.moderator, NoteWords("b", "reject_rate"), by=lea)
        of_bob = Note.objects.get(moderator=bob.moderator)
        assert self.answer(named("alice"), named("bob"), named("zoe")) == [
            newest.pk,
            of_bob.pk,
            None,
        ]

    def test_not_one_that_is_settled(self, alice, lea):
        older = write_note(alice.moderator, NoteWords("a", "reject_rate"), by=lea)
        newer = write_note(alice.moderator, NoteWords("b", "reject_rate"), by=lea)
        assert self.answer() == [newer.pk]
        settle(newer, by=lea)
        assert self.answer() == [older.pk]
        settle(older, by=lea)
        assert self.answer() == [None]

    def test_one_query_for_all(self, alice, lea, django_assert_num_queries):
        write_note(alice.moderator, NoteWords("a", "reject_rate"), by=lea)
        with django_assert_num_queries(1):
            with_notes([finding(named("alice"), named("bob")), finding(named("zoe"))])
        with django_assert_num_queries(0):
            with_notes([finding()])


@pytest.mark.django_db
def test_a_finding_on_every_page_and_in_the_api_shows_its_note(report, alice):
    """Nine others are paid attention by 4.5 of 5, alice by 2.0: named on every page."""
    lea = make_user("lea", "lead")
    first = date(2026, 3, 2)
    for nth in range(9):
        for week in range(6):
            report.performed(f"m{nth}", 5, 5.0, 4.4 + 0.1 * (week % 3), first + timedelta(week * 7))
    for week in range(6):
        report.performed("alice", 5, 5.0, 1.9 + 0.1 * (week % 3), first + timedelta(week * 7))
    dates = {"start": "2026-03-01", "end": "2026-04-30"}
    reader = Client()
    reader.force_login(lea)
    until = timezone.localdate() + timedelta(days=5)
    pages = [
        reverse("portal:home"),
        reverse("portal:insights"),
        reverse("portal:moderators"),
        reverse("portal:person", args=["alice"]),
    ]
    before = {page: reader.get(page, dates) for page in pages}
    words = NoteWords("We talked", "average_satisfaction", "Look at ten", until)
    note = write_note(alice.moderator, words, by=lea)
    said = f"agreed until {day(until)}".lower()
    for page in pages:
        assert said not in before[page].content.decode().lower(), page
        etag = before[page].headers["ETag"]
        after = reader.get(page, dates, headers={"If-None-Match": etag})
        assert after.status_code == 200, page
        assert said in after.content.decode().lower(), page

    def answered(viewer):
        reader.force_login(viewer)
        body = reader.get("/api/v1/insights/", {"moderator": "alice", **dates}).json()
        return [
            (person["measure"], person.get("note", {}).get("id"))
            for each in body["findings"]
            for person in each["people"]
        ]

    for viewer in (lea, alice):
        assert ("average_satisfaction", note.pk) in answered(viewer)
    settle(note, by=lea)
    assert ("average_satisfaction", None) in answered(alice)
