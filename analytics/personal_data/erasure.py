"""Erasing somebody: names, account and originals go; their work stays, of a pseudonym.

First the originals, session by session in short transactions; then everything that names the
person, in one. Stopped in between, it is run again: until the last transaction the name is there.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import F, Func, IntegerField, Model, Q, Value

from accounts.login_sessions import end_sessions
from accounts.models import ApiToken, ResetRequest, User
from analytics.imports.refused import refuse_ids
from analytics.models import (
    Annotation,
    Dispute,
    Inactivity,
    Moderator,
    Note,
    NoteReply,
    PendingDay,
    PlaybackSpeed,
    QualityCheck,
    QualitySample,
    QueueAssignment,
    RefusedKind,
    RefusedReason,
    SampledView,
    SavedView,
    Session,
    SessionTotals,
    UploadedFile,
    VideoView,
)
from analytics.personal_data.names import Names, find_names
from analytics.personal_data.subjects import PersonalSubject
from analytics.summaries.writing import SESSION_BATCH, build_rollups, write_lock
from audit import changes
from audit.context import Who
from audit.erasure import erase_person, replace_names
from audit.models import Action, Person
from audit.recording import record

#: What people write themselves, in which a name may stand.
FREE_TEXTS: Mapping[type[Model], tuple[str, ...]] = {
    Annotation: ("text",),
    ApiToken: ("name",),
    LogEntry: ("object_repr", "change_message"),
    SavedView: ("name", "address"),
    Note: ("text", "step"),
    NoteReply: ("text",),
    QualitySample: ("name",),
    QualityCheck: ("reason", "note"),
    Dispute: ("reason", "reply"),
    AccessAttempt: ("path_info", "get_data", "post_data"),
    AccessFailureLog: ("path_info",),
    AccessLog: ("path_info",),
}
#: From a row to its session, where a document's originals are kept with it.
ORIGINALS: Mapping[type[Model], str] = {
    Session: "pk__in",
    VideoView: "session__in",
    PlaybackSpeed: "view__session__in",
    Inactivity: "session__in",
    QueueAssignment: "session__in",
}


#: What stands for a dispute's reason, which can't be empty.
ERASED_TEXT = "(erased)"


@dataclass(frozen=True)
class Erasure:
    """What was done: counts by what they count, and where a name stands still."""

    pseudonym: str
    counts: Mapping[str, int]
    still_named: Mapping[str, int]


def erase(subject: PersonalSubject) -> Erasure:
    """Erase somebody; the audit has it, with counts and the pseudonym."""
    names = Names(tuple(subject.names), new_pseudonym())
    whose = [Who("account", account.pk, names.pseudonym) for account in subject.accounts]
    counts: dict[str, int] = {}
    last = forget_originals(subject.moderator) if subject.moderator is not None else 0
    # The audit has the whole, not each row with the values that are to go.
    with write_lock(), changes.summarised():
        if subject.moderator is not None:
            whose.append(Who("moderator", subject.moderator.pk, names.pseudonym))
            counts |= erase_moderator(subject.moderator, names, after=last)
        for account in subject.accounts:
            counts |= erase_account(account, names)
        counts["texts of others"] = sum(
            names.replace_in(model, *fields) for model, fields in FREE_TEXTS.items()
        )
        counts["unconfirmed uploads"] = delete_uploads(names)
        counts["entries of the audit"] = replace_names(names.forms, names.replace)
        for who in whose:
            record(Action.ERASE, subject=who, details=dict(counts))
    transaction.on_commit(build_rollups)
    return Erasure(names.pseudonym, counts, find_names(names.names))


def new_pseudonym() -> str:
    """A name that nobody has: random, so that it tells nothing of the one it stands for."""
    while True:
        pseudonym = f"erased-{secrets.token_hex(4)}"
        if not Moderator.objects.filter(username=pseudonym).exists():
            return pseudonym


def forget_originals(moderator: Moderator) -> int:
    """Delete the originals of all sessions in short transactions; returns the last one's key."""
    last = 0
    while True:
        with write_lock(bulk=True):
            ids = forget_some_originals(moderator, after=last)
        if not ids:
            return last
        last = ids[-1]


def forget_some_originals(moderator: Moderator, *, after: int) -> list[int]:
    """Delete what documents said of some sessions beyond the columns, and refuse their ids."""
    rows = Session.objects.filter(moderator=moderator, pk__gt=after).order_by("pk")
    sessions = list(rows.values_list("pk", "public_id")[:SESSION_BATCH])
    ids = [pk for pk, _public_id in sessions]
    refuse_ids(RefusedKind.SESSION, (name for _pk, name in sessions), RefusedReason.ERASURE)
    if ids:
        for model, path in ORIGINALS.items():
            kept = model._default_manager.filter(**{path: ids}, extra__isnull=False)
            kept.update(extra=None)
    return ids


def erase_moderator(moderator: Moderator, names: Names, *, after: int) -> dict[str, int]:
    """Give the pseudonym to a moderator, and to what of their sessions' ids is their name."""
    while ids := forget_some_originals(moderator, after=after):
        after = ids[-1]
    counts = {
        "review sessions": Session.objects.filter(moderator=moderator).count(),
        "notes": Note.objects.filter(moderator=moderator).delete()[1].get(Note._meta.label, 0),
        "notes on checks": forget_notes(moderator),
        "ids of sessions": rename_sessions(moderator, names),
    }
    Moderator.objects.filter(pk=moderator.pk).update(username=names.pseudonym, extra=None)
    erase_person(Person.Kind.MODERATOR, moderator.pk, names.pseudonym)
    return counts


def forget_notes(moderator: Moderator) -> int:
    """Empty what was written on checks of somebody's decisions; verdicts and outcomes stay."""
    own = Session.objects.filter(moderator=moderator).values("public_id")
    disputes = Dispute.objects.filter(quality_check__session__in=own)
    checks = QualityCheck.objects.filter(session__in=own).exclude(note="")
    return checks.update(note="") + disputes.update(reason=ERASED_TEXT, reply="")


def rename_sessions(moderator: Moderator, names: Names) -> int:
    """Take the person's names out of the ids of their sessions; returns how many changed."""
    own = Session.objects.filter(moderator=moderator).only("public_id")
    new_ids = {}
    changed = []
    for session in names.find_in(own, "public_id"):
        new_id = names.replace_parts(session.public_id)
        if new_id != session.public_id:
            new_ids[session.public_id] = session.public_id = new_id
            changed.append(session)
    Session.objects.bulk_update(changed, ["public_id"], batch_size=SESSION_BATCH)
    for model in (SampledView, QualityCheck):
        rows: list[Any] = list(model._default_manager.filter(session__in=list(new_ids)))
        for row in rows:
            row.session_id = new_ids[row.session_id]
        model._default_manager.bulk_update(rows, ["session"], batch_size=SESSION_BATCH)
    if changed:
        rebuild_days(moderator)
    return len(changed)


def rebuild_days(moderator: Moderator) -> None:
    """Have the roll-ups of all days with sessions of a moderator built anew, by other ids.

    Processes keep the ids of sessions with the versions of these roll-ups; and of two sessions
    that began at the same moment the later id counts as later.
    """
    days = SessionTotals.objects.filter(moderator=moderator).values_list("day", flat=True)
    PendingDay.objects.bulk_create(
        (PendingDay(day=day) for day in days.distinct().order_by()), ignore_conflicts=True
    )


def erase_account(account: User, names: Names) -> dict[str, int]:
    """Delete an account with all that is its own: tokens, views, uploads, logins, factors."""
    attempts = Q(username__iexact=account.username)
    counts = {
        "accounts": 1,
        "API tokens": account.api_tokens.count(),
        "saved views": SavedView.objects.filter(owner=account).count(),
        "logins": end_sessions(account),
        "second factors": Authenticator.objects.filter(user=account).count(),
        "company accounts": account.company_accounts.count(),
    }
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempts).delete()
    ResetRequest.objects.filter(email__iexact=account.email).exclude(email="").delete()
    erase_person(Person.Kind.ACCOUNT, account.pk, names.pseudonym)
    account.delete()
    return counts


def delete_uploads(names: Names) -> int:
    """Delete files that wait for their confirmation and name the person: they are sent again."""
    places = {f"place_{i}": position_in_content(form) for i, form in enumerate(names.forms)}
    condition = Q(pk__in=names.find_in(UploadedFile.objects.all(), "name").values("pk"))
    for place in places:
        condition |= Q(**{f"{place}__gt": 0})
    found = UploadedFile.objects.alias(**places).filter(condition)
    return found.delete()[0]


def position_in_content(text: str) -> Func:
    """Where a text begins in a file's bytes, from 1; 0: nowhere."""
    return Func(
        Value(text.encode()),
        F("content"),
        template="position(%(expressions)s)",
        arg_joiner=" IN ",
        output_field=IntegerField(),
    )
