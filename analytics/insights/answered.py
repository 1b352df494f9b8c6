"""Notes that answer findings: what was talked about is said quietly until it is settled."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from analytics.insights.findings import AnsweringNote, Finding, NamedPerson
from analytics.models import Note

#: Whom a note is about, and the measure that it answers.
Answered = dict[tuple[str, str], AnsweringNote]


def with_notes(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each person in them with the note that answers it; one query."""
    findings = list(findings)
    answered = notes_on({person.moderator for each in findings for person in each.people})
    if not answered:
        return findings
    return [
        replace(each, people=tuple(with_note(person, answered) for person in each.people))
        for each in findings
    ]


def notes_on(moderators: Iterable[str]) -> Answered:
    """The newest notes on these moderators that are not settled, by moderator and measure."""
    names = list(moderators)
    rows = Note.objects.answering(names).select_related("moderator") if names else ()
    return {
        (row.moderator.username, row.measure): AnsweringNote(
            row.pk, row.created_at, timezone.localdate(row.created_at), row.until
        )
        for row in rows
    }


def with_note(person: NamedPerson, answered: Answered) -> NamedPerson:
    """The person with the note that answers what is said of them."""
    return replace(person, note=answered.get((person.moderator, person.measure)))
