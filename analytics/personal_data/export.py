"""All that is kept about one person, as one ZIP file.

The account without its secrets, the session documents and weekly rows of their work as they came
in, who looked at them, and what they did themselves.
"""

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from accounts.models import User
from analytics.access import PORTAL
from analytics.exports import csv_lines, iso_datetime
from analytics.imports.rows.export import exported_rows
from analytics.imports.rows.fields import MODERATOR_PERFORMANCE
from analytics.imports.sessions.export import exported_lines
from analytics.models import ModeratorPerformance, SavedView
from analytics.personal_data.subjects import PersonalSubject
from analytics.presentation.who_looked import COLUMNS, deed_rows, entries_about
from analytics.scope import Scope
from audit.models import Entry, Person

#: Of a token its secret is not known, and its digest is no one's business.
TOKEN_FIELDS = ("name", "scope", "created_at", "expires_at", "revoked_at", "last_used_at")
ACCOUNT_FIELDS = (
    *("username", "email", "first_name", "last_name", "role", "is_active"),
    *("date_joined", "last_login"),
)
VIEW_FIELDS = ("name", "address", "shared_with", "created_at")
OWN_DEED_FIELDS = ("at", "action", "source", "place", "object_kind", "object_key", "address")
README = """\
What the moderation portal keeps about {name}.

account.json               the accounts, with their API tokens, without passwords and secrets
session-documents.jsonl    the review sessions, as documents
moderator-performance.csv  the rows of response times and satisfaction
who-looked.csv             who opened, exported or changed what about {name}
saved-views.csv            the views of pages that {name} saved
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
        scope = Scope(PORTAL, moderator=subject.moderator)
        yield "session-documents.jsonl", exported_lines(scope)
        rows = ModeratorPerformance.objects.filter(moderator=subject.moderator)
        names = [column.name for column in MODERATOR_PERFORMANCE.columns]
        yield (
            "moderator-performance.csv",
            csv_lines(names, exported_rows(MODERATOR_PERFORMANCE, rows.order_by("pk"))),
        )
        looked = deed_rows(entries_about(subject.moderator))
        yield "who-looked.csv", csv_lines(COLUMNS, looked)
    views = SavedView.objects.filter(owner__in=subject.accounts).order_by("pk")
    yield "saved-views.csv", csv_lines(VIEW_FIELDS, views.values_list(*VIEW_FIELDS))
    yield "own-deeds.csv", csv_lines(OWN_DEED_FIELDS, own_deeds(subject.accounts))


def account_data(account: User) -> dict[str, Any]:
    """An account and its tokens."""
    tokens = account.api_tokens.order_by("pk").values(*TOKEN_FIELDS)
    return {
        **{name: as_text(getattr(account, name)) for name in ACCOUNT_FIELDS},
        "tokens": [{name: as_text(value) for name, value in token.items()} for token in tokens],
    }


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
    entries = Entry.objects.filter(actor__in=actors).order_by("-id")
    yield from entries.values_list(*OWN_DEED_FIELDS).iterator(chunk_size=2000)
