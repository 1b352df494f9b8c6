"""All that is kept about one person, as one ZIP file.

The account without its secrets, the session documents and weekly rows of their work as they came
in, who looked at them, and what they did themselves.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from accounts.models import User
from analytics.access import PORTAL
from analytics.exports import csv_lines, iso_datetime
from analytics.imports.rows.export import exported_rows
from analytics.imports.rows.fields import MODERATOR_PERFORMANCE
from analytics.imports.sessions.export import exported_lines
from analytics.models import (
    Annotation,
    Moderator,
    ModeratorPerformance,
    Note,
    NoteReply,
    QualityCheck,
    QualitySample,
    SavedView,
    Session,
    UploadedFile,
)
from analytics.personal_data.subjects import PersonalSubject
from analytics.presentation.who_looked import COLUMNS, deed_rows, entries_about
from analytics.scope import Scope
from audit.models import Entry, Person

#: Of a token its secret is not known, and its digest is no one's business.
TOKEN_FIELDS = ("name", "scope", "created_at", "expires_at", "revoked_at", "last_used_at")
ACCOUNT_FIELDS = (
    *("username", "email", "first_name", "last_name", "role", "is_active"),
    *("date_joined", "last_login", "display_name", "time_zone", "number_format", "date_format"),
    "wants_dispute_mail",
)
LOGIN_FIELDS = ("begun_at", "last_used_at", "expire_date", "address", "browser")
#: What a factor holds is a secret, or a key that says nothing of anybody.
FACTOR_FIELDS = ("type", "created_at", "last_used_at")
COMPANY_FIELDS = ("issuer", "subject", "linked_at", "last_used_at")
VIEW_FIELDS = ("name", "address", "shared_with", "created_at")
OWN_DEED_FIELDS = ("at", "action", "source", "place", "object_kind", "object_key", "address")
ANNOTATION_FIELDS = ("start", "end", "text", "queue", "created_at")
#: Whom the notes that somebody wrote are about is those people's own data.
WRITTEN_NOTE_FIELDS = ("created_at", "text", "measure", "step", "until", "settled_at")
NOTE_FIELDS = ("id", "created_by__username", *WRITTEN_NOTE_FIELDS)
ANSWER_FIELDS = ("note_id", "created_by__username", "created_at", "text")
UPLOAD_FIELDS = ("kind", "name", "uploaded_at")
#: Checks of the person's decisions: nobody learns whose they are.
CHECK_FIELDS = (
    *("checked_at", "session_id", "position", "video", "decision", "verdict", "reason", "note"),
    *("dispute__created_at", "dispute__reason", "dispute__outcome", "dispute__reply"),
)
OWN_CHECK_FIELDS = CHECK_FIELDS[:8]
SAMPLE_FIELDS = ("name", "method", "start", "end", "created_at")
ATTEMPT_FIELDS = ("attempt_time", "ip_address", "user_agent", "failures_since_start")
ADMIN_FIELDS = ("action_time", "action_flag", "content_type__model", "object_id")
README = """\
What the moderation portal keeps about {name}.

account.json               the accounts, with their API tokens, logins, second factors and
                           company accounts, without passwords and secrets
session-documents.jsonl    the review sessions, as documents
moderator-performance.csv  the rows of response times and satisfaction
notes.csv                  the notes on {name}
note-answers.csv           the answers to them
who-looked.csv             who opened, exported or changed what about {name}
checks.csv                 what was said of decisions of {name}, and disputes
samples.csv                samples of decisions that were drawn of {name} alone
saved-views.csv            the views of pages that {name} saved
annotations.csv            the notes on days that {name} wrote
notes-written.csv          the notes on others that {name} wrote
note-answers-written.csv   the answers to notes on others that {name} wrote
checks-made.csv            what {name} said of decisions of others
uploads.csv                files that {name} uploaded and has not confirmed
failed-logins.csv          wrong passwords for {name}, with the network address
admin-log.csv              what {name} changed in the admin
own-deeds.csv              what {name} did in the portal, with the network address

Findings, figures and charts are computed from these, and kept nowhere else. Times are ISO 8601.
"""


def write_personal_data(subject: PersonalSubject, file: IO[bytes]) -> list[tuple[str, int]]:
    """Write the ZIP file; return its parts with their sizes in bytes, unpacked."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, pieces in parts(subject):
            with archive.open(name, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece.encode())
        return [(each.filename, each.file_size) for each in archive.infolist()]


def parts(subject: PersonalSubject) -> Iterator[tuple[str, Iterable[str]]]:
    """The files of the archive, each in pieces."""
    yield "README.txt", [README.format(name=subject.name)]
    accounts = [account_data(account) for account in subject.accounts]
    yield "account.json", [json.dumps(accounts, ensure_ascii=False, indent=2)]
    if subject.moderator is not None:
        yield from parts_of_work(subject.moderator)
    yield from parts_of_accounts(subject.accounts)


def parts_of_work(moderator: Moderator) -> Iterator[tuple[str, Iterable[str]]]:
    """What is kept about a moderator."""
    scope = Scope(PORTAL, moderator=moderator)
    yield "session-documents.jsonl", exported_lines(scope)
    rows = ModeratorPerformance.objects.filter(moderator=moderator)
    names = [column.name for column in MODERATOR_PERFORMANCE.columns]
    exported = exported_rows(MODERATOR_PERFORMANCE, rows.order_by("pk"))
    yield "moderator-performance.csv", csv_lines(names, exported)
    yield "notes.csv", table(Note.objects.filter(moderator=moderator), NOTE_FIELDS)
    answers = NoteReply.objects.filter(note__moderator=moderator)
    yield "note-answers.csv", table(answers, ANSWER_FIELDS)
    yield "who-looked.csv", csv_lines(COLUMNS, deed_rows(entries_about(moderator)))
    own = Session.objects.filter(moderator=moderator).values("public_id")
    checks = QualityCheck.objects.filter(session__in=own)
    yield "checks.csv", table(checks, CHECK_FIELDS)
    yield "samples.csv", table(QualitySample.objects.filter(moderator=moderator), SAMPLE_FIELDS)


def parts_of_accounts(accounts: list[User]) -> Iterator[tuple[str, Iterable[str]]]:
    """What accounts have, made and did."""
    attempts = AccessAttempt.objects.filter(username__in=[each.username for each in accounts])
    uploads = UploadedFile.objects.filter(uploaded_by__in=accounts)
    yield "saved-views.csv", table(SavedView.objects.filter(owner__in=accounts), VIEW_FIELDS)
    annotations = Annotation.objects.filter(created_by__in=accounts)
    yield "annotations.csv", table(annotations, ANNOTATION_FIELDS)
    own = [account.moderator_id for account in accounts if account.moderator_id is not None]
    notes = Note.objects.filter(created_by__in=accounts)
    yield "notes-written.csv", table(notes, WRITTEN_NOTE_FIELDS)
    answers = NoteReply.objects.filter(created_by__in=accounts).exclude(note__moderator__in=own)
    yield "note-answers-written.csv", table(answers, ANSWER_FIELDS)
    checks = QualityCheck.objects.filter(checked_by__in=accounts)
    yield "checks-made.csv", table(checks, OWN_CHECK_FIELDS)
    yield "uploads.csv", table(uploads, UPLOAD_FIELDS)
    yield "failed-logins.csv", table(attempts, ATTEMPT_FIELDS)
    yield "admin-log.csv", table(LogEntry.objects.filter(user__in=accounts), ADMIN_FIELDS)
    yield "own-deeds.csv", csv_lines(OWN_DEED_FIELDS, own_deeds(accounts))


def table(rows: QuerySet[Any], fields: Sequence[str]) -> Iterator[str]:
    """Some fields of rows as CSV, in the order they came in."""
    values = rows.order_by("pk").values_list(*fields)
    return csv_lines(fields, (tuple(map(as_text, row)) for row in values.iterator(chunk_size=2000)))


def account_data(account: User) -> dict[str, Any]:
    """An account, its tokens, what it logs in with and where it is logged in."""
    tokens = account.api_tokens.order_by("pk").values(*TOKEN_FIELDS)
    factors = Authenticator.objects.filter(user=account).order_by("pk").values(*FACTOR_FIELDS)
    companies = account.company_accounts.order_by("pk").values(*COMPANY_FIELDS)
    # Not the key, with which anybody could go on with the session.
    logins = account.login_sessions.order_by("begun_at").values(*LOGIN_FIELDS)
    return {
        **{name: as_text(getattr(account, name)) for name in ACCOUNT_FIELDS},
        "logins": texts_of(logins),
        "tokens": texts_of(tokens),
        "second_factors": texts_of(factors),
        "company_accounts": texts_of(companies),
    }


def texts_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their times as ISO 8601."""
    return [{name: as_text(value) for name, value in row.items()} for row in rows]


def as_text(value: Any) -> Any:
    """A time as ISO 8601; anything else as it is."""
    return iso_datetime(value) if hasattr(value, "astimezone") else value


def own_deeds(accounts: Iterable[User]) -> Iterator[tuple[Any, ...]]:
    """Yield what the accounts did, newest first."""
    numbers = [account.pk for account in accounts]
    actors = list(
        Person.objects.filter(kind=Person.Kind.ACCOUNT, number__in=numbers).values_list(
            "pk", flat=True
        )
    )
    entries = Entry.objects.filter(actor__in=actors).order_by("-at", "-id")
    yield from entries.values_list(*OWN_DEED_FIELDS).iterator(chunk_size=2000)
