"""Who is erased is named nowhere any more, and no figure changes."""

import json
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, CompanyAccount, ResetRequest, Role, User
from analytics.access import PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.metrics.registry import METRICS
from analytics.models import (
    Annotation,
    Dispute,
    FirstPage,
    Moderator,
    ModeratorPerformance,
    Note,
    NoteReply,
    QualityCheck,
    QualitySample,
    SampledView,
    SampleStratum,
    SavedView,
    Session,
    UploadedFile,
    VideoView,
)
from analytics.personal_data import erasure
from analytics.personal_data.erasure import FREE_TEXTS, erase
from analytics.personal_data.names import find_names
from analytics.personal_data.subjects import find_subject
from analytics.scope import Scope
from analytics.summaries.checking import differences
from analytics.summaries.writing import refresh
from audit import looks
from audit.context import Who
from audit.models import Action, Entry, Person
from audit.recording import record
from tests.conftest import make_user

# No word of any column, and no part of a colleague's name.
NAME = "Zoë.Quarrel"
EMAIL = "zq.away@mail.example"


def document(name, *ids, **fields):
    """Sessions as the review tool sends them, with originals that name the person."""
    return {
        "username": f" {name}",
        "team": f"team of {name}",
        "sessions": [
            {
                "_id": public_id,
                "starttime": f"2026-03-0{1 + i % 3}T10:00:00Z",
                "endtime": f"2026-03-0{1 + i % 3}T10:30:00Z",
                "reviewer": name,
                "videos": [
                    {
                        "videoId": f"v{i}",
                        "status": "COMPLETED ",
                        "keys": ["a"],
                        "by": name,
                        "speeds": [{"value": 1.5, "by": name}],
                    },
                    {"videoId": "v9", "keys": ["q" if i % 2 else "a"]},
                ],
                "inactivity": [{"type": "pause", "duration": 45, "note": name}],
                "queues": [{"name": "Spam", "count": 4, "owner": name}],
                **fields,
            }
            for i, public_id in enumerate(ids)
        ],
    }


@pytest.fixture
def zoe(db) -> User:
    """Somebody who is named in everything that can name somebody; bob beside them."""
    user = make_user(NAME, Role.MODERATOR, moderates=True)
    User.objects.filter(pk=user.pk).update(email=EMAIL, first_name="Zoë", last_name="Quarrel")
    bob = make_user("bob", Role.MODERATOR, moderates=True)
    ada = make_user("ada", Role.ADMIN)
    sent = [document(NAME, f"s-{NAME}-1", "s2", f"x{NAME}3", "s4"), document("bob", "b1", "b2")]
    assert store_documents(sent).counts.created == 6
    for moderator in (user.moderator, bob.moderator):
        ModeratorPerformance.objects.create(
            moderator=moderator,
            date=date(2026, 3, 2),
            sessions_moderated=5,
            average_response_time=8.5,
        )
    ApiToken.objects.create_token(user, f"of {NAME}")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": f"{NAME}'s laptop"})
    CompanyAccount.objects.create(user=user, issuer="https://company.example", subject=NAME)
    ApiToken.objects.create_token(ada, f"for {NAME.upper()}'s reports")
    own = SavedView.objects.create(owner=user, name=NAME, address=f"/review/?moderator={NAME}")
    FirstPage.objects.create(user=user, view=own)
    SavedView.objects.create(
        owner=ada, name=f"{NAME}: rejects", address="/review/?moderator=Zo%C3%AB.Quarrel"
    )
    for creator in (user, ada):
        Annotation.objects.create(
            start="2026-03-01",
            end="2026-03-02",
            text=f"{creator.username}: asks {NAME}",
            created_by=creator,
        )
    for about, author, words in ((user, ada, "We talked"), (bob, user, f"Ask {NAME}")):
        note = Note.objects.create(
            moderator=about.moderator, text=words, step=words, until="2026-04-01", created_by=author
        )
        NoteReply.objects.create(note=note, text=f"{words}: yes", created_by=about)
    for owner in (user, ada):
        UploadedFile.objects.create(
            kind="analytics.session", name="a.json", content=NAME.encode(), uploaded_by=owner
        )
    for name in (NAME, "bob"):
        attempt = {"username": name, "path_info": f"/login/?next=/people/{NAME}/"}
        AccessAttempt.objects.create(**attempt, failures_since_start=1)
        AccessLog.objects.create(**attempt)
        AccessFailureLog.objects.create(**attempt)
    ResetRequest.objects.create(email=EMAIL)
    content_type = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=ada,
        content_type=content_type,
        object_id=user.pk,
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"name": NAME}}]),
    )
    check_decisions(user, ada)
    record(
        Action.DELETE,
        subject=Who("moderator", user.moderator.pk, NAME),
        about=("analytics.session", f"s-{NAME}-0"),
        details={"public_id": [f"s-{NAME}-0", None]},
    )
    for viewer in (user, ada):
        visitor = Client()
        visitor.force_login(viewer)
        assert visitor.get(reverse("portal:person", args=[NAME])).status_code == 200
    looks.flush()
    refresh()
    return user


def check_decisions(user, lead):
    """Draw a view of a session whose id names the person; check, dispute and decide it."""
    sample = QualitySample.objects.create(
        name=f"{NAME}, March",
        method="random",
        moderator=user.moderator,
        start="2026-03-01",
        end="2026-03-31",
        seed=1,
        population=1,
    )
    stratum = SampleStratum.objects.create(
        sample=sample, moderator=user.moderator, population=1, drawn=1
    )
    judged = {
        "session_id": f"s-{NAME}-1",
        "position": 0,
        "video": "v0",
        "decision": "accepted",
    }
    view = SampledView.objects.create(sample=sample, stratum=stratum, number=1, **judged)
    check = QualityCheck.objects.create(
        sampled=view, verdict="rejected", note=f"Talk to {NAME}", checked_by=lead, **judged
    )
    Dispute.objects.create(
        quality_check=check, reason=f"No. {NAME}", reply=f"Sorry, {NAME}", created_by=user
    )


def figures() -> dict:
    scope = Scope(viewer=PORTAL)
    found = {
        slug: metric(scope)
        for slug, metric in METRICS.items()
        if not metric.needs and metric.group in ("review", "moderators")
    }
    return {
        slug: [tuple(map(str, row.values())) for row in result.rows]
        for slug, result in found.items()
    }


def test_the_name_is_nowhere_in_the_database(zoe):
    found = find_names(find_subject(NAME).names)
    assert len(found) >= 20, found

    done = erase(find_subject(NAME))

    # Letter by letter too, whatever stands around it, in any spelling: no column is left out.
    assert find_names([NAME, EMAIL, "Zoë Quarrel", "Quarrel"]) == {}
    assert columns_with("quarrel") == []
    assert columns_with("zq.away") == []
    assert done.still_named == {}
    assert done.counts == {
        "review sessions": 4,
        "notes": 1,
        "notes on checks": 2,
        "ids of sessions": 2,
        "accounts": 1,
        "API tokens": 1,
        "saved views": 1,
        "logins": 1,
        "second factors": 1,
        "company accounts": 1,
        "texts of others": 11,
        "unconfirmed uploads": 1,
        "entries of the audit": done.counts["entries of the audit"],
    }
    assert done.counts["entries of the audit"] >= 3


def columns_with(letters: str) -> list[str]:
    """Every column of every table, of whatever type, in which these letters stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        found = []
        for table, column, data_type in cursor.fetchall():
            text = f'"{column}"::text'
            if data_type == "bytea":
                text = f"encode(\"{column}\", 'escape')"
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE strpos(lower({text}), %s) > 0', [letters]
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def test_figures_stay_exact_and_the_pseudonym_has_them(zoe):
    before = figures()

    pseudonym = erase(find_subject(NAME)).pseudonym

    assert list(differences()) == []
    after = figures()
    assert after.keys() == before.keys()
    assert any(pseudonym in str(rows) for rows in after.values())
    ids = {f"s-{NAME}-1": f"s-{pseudonym}-1", f"x{NAME}3": f"x{pseudonym}3", NAME: pseudonym}
    renamed = {
        slug: [tuple(ids.get(value, value) for value in row) for row in rows]
        for slug, rows in before.items()
    }
    # The order by name is that of the names there are now.
    assert {slug: sorted(rows) for slug, rows in after.items()} == {
        slug: sorted(rows) for slug, rows in renamed.items()
    }
    assert Moderator.objects.get(username=pseudonym).sessions.count() == 4
    assert Moderator.objects.get(username=pseudonym).performance.count() == 1


def test_ids_that_change_leave_the_last_of_two_decisions_at_one_moment_to_the_roll_ups(db):
    """The later id counts as later: a roll-up of the ids before would say something else."""
    start = "2026-03-01T10:00:00Z"

    def session(public_id, key):
        return {
            "_id": public_id,
            "starttime": start,
            "videos": [{"videoId": "v1", "keys": [key]}],
        }

    sent = {"username": "zulu", "sessions": [session("k", "a"), session("zulu", "q")]}
    other = {"username": "bob", "sessions": [session("b", "q")]}
    assert store_documents([sent, other]).counts.created == 3
    refresh()
    erase(find_subject("zulu"))
    assert list(differences()) == []


def test_originals_go_and_those_of_others_stay(zoe):
    erase(find_subject(NAME))
    own = Session.objects.exclude(moderator__username="bob")
    assert [session.extra for session in own] == [None] * 4
    assert not VideoView.objects.filter(session__in=own, extra__isnull=False).exists()
    others = Session.objects.filter(moderator__username="bob")
    assert {session.extra["reviewer"] for session in others} == {"bob"}
    assert VideoView.objects.filter(session__in=others, extra__by="bob").count() == 2


def test_checks_stay_without_what_was_written_about_the_person(zoe):
    pseudonym = erase(find_subject(NAME)).pseudonym
    [check] = QualityCheck.objects.current()
    assert (check.session_id, check.verdict, check.note) == (f"s-{pseudonym}-1", "rejected", "")
    dispute = Dispute.objects.get()
    assert (dispute.reason, dispute.reply, dispute.created_by) == ("(erased)", "", None)
    sample = QualitySample.objects.get()
    assert (sample.name, sample.moderator.username) == (f"{pseudonym}, March", pseudonym)


def test_notes_on_the_person_go_and_notes_on_others_stay_of_the_pseudonym(zoe):
    pseudonym = erase(find_subject(NAME)).pseudonym
    [note] = Note.objects.all()
    assert (note.moderator.username, note.created_by) == ("bob", None)
    assert (note.text, note.step) == (f"Ask {pseudonym}",) * 2
    [reply] = NoteReply.objects.all()
    assert reply.text == f"Ask {pseudonym}: yes"


def test_known_sessions_are_refused_and_the_name_is_somebody_new(zoe):
    erase(find_subject(NAME))
    known = (f"s-{NAME}-1", "s2", f"x{NAME}3", "s4")

    again = store_documents([document(NAME, *known), document("bob", "b1")], partial=True)
    assert (again.counts.rejected, again.counts.unchanged, again.counts.created) == (4, 1, 0)
    assert {rejection.message for rejection in again.rejections} == {
        "belongs to somebody whose data were erased, and is refused"
    }
    assert [rejection.path for rejection in again.rejections] == [
        f"sessions[{i}]._id" for i in range(4)
    ]
    # An old file alone brings nobody back.
    assert not Moderator.objects.filter(username=NAME).exists()
    # Nor under another's name.
    assert store_documents([document("bob", "s2")], partial=True).counts.rejected == 1

    new = store_documents([document(NAME, "s2", "s5")], partial=True)
    assert (new.counts.rejected, new.counts.created) == (1, 1)
    assert [str(each) for each in Moderator.objects.get(username=NAME).sessions.all()] == ["s5"]
    assert list(differences()) == []


def test_what_they_did_and_who_looked_stays_in_the_audit_under_the_pseudonym(zoe):
    count = Entry.objects.count()
    numbers = {"account": zoe.pk, "moderator": zoe.moderator.pk}

    pseudonym = erase(find_subject(NAME)).pseudonym

    people = Person.objects.filter(is_erased=True)
    assert {person.kind: person.number for person in people} == numbers
    assert {person.name for person in people} == {pseudonym}
    assert Entry.objects.filter(subject__name=pseudonym, action="login").count() == 1
    erased = Entry.objects.filter(action="erase").order_by("pk")
    assert [entry.subject.name for entry in erased] == [pseudonym] * 2
    assert erased[0].details["review sessions"] == 4
    assert Entry.objects.count() == count + 2


def test_a_look_that_is_written_later_does_not_bring_the_name_back(zoe):
    pseudonym = erase(find_subject(NAME)).pseudonym
    record(Action.LOOK, subject=Who("moderator", zoe.moderator.pk, NAME))
    assert Entry.objects.latest("pk").subject.name == pseudonym
    assert columns_with("quarrel") == []


def test_the_database_lets_an_erasure_change_texts_of_the_audit_alone(zoe):
    entry = Entry.objects.latest("pk")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(details={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.audit_erasure', 'on', true)")
    with pytest.raises(ProgrammingError, match="texts alone"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(place="elsewhere")


def test_an_erasure_that_was_stopped_is_run_again(zoe, monkeypatch):
    def fail(*_args, **_kwargs):
        raise IntegrityError

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "replace_names", fail)
        with pytest.raises(IntegrityError), transaction.atomic():
            erase(find_subject(NAME))
    assert Moderator.objects.filter(username=NAME).exists()
    assert erase(find_subject(NAME)).still_named == {}
    assert list(differences()) == []


def test_an_account_without_work(db):
    lea = make_user("lea.moss", Role.LEAD)
    Annotation.objects.create(start="2026-03-01", end="2026-03-01", text="x", created_by=lea)
    done = erase(find_subject("lea.moss"))
    assert (done.counts["accounts"], done.still_named) == (1, {})
    assert not User.objects.exists()
    assert Annotation.objects.get().created_by is None


def test_names_in_the_data_of_others_are_reported_not_changed(zoe):
    store_documents([document("bob", "b3", reviewer=NAME)])
    assert erase(find_subject(NAME)).still_named == {"analytics_session.extra": 1}


def test_the_command_asks_and_says_what_it_did(zoe, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _question: "bob")
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("person", "erase", NAME)
    assert User.objects.filter(username=NAME).exists()

    monkeypatch.setattr("builtins.input", lambda _question: NAME)
    call_command("person", "erase", NAME)
    lines = capsys.readouterr().out.splitlines()
    pseudonym = Moderator.objects.exclude(username="bob").get().username
    assert lines[:3] == ["review sessions: 4", "notes: 1", "notes on checks: 2"]
    assert lines[-1] == f"{NAME} is {pseudonym} from now on"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["erase", "nobody", "--noinput"], "name: there is no moderator and no account 'nobody'"),
        (["erase", "bob", "x.zip", "--noinput"], "file: an erasure writes none"),
        (["export", "bob"], "file: an export needs the name"),
    ],
)
def test_what_the_command_refuses(bob, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("person", *arguments)
    assert User.objects.filter(username="bob").exists()


#: Tables of the moderator's work: they stay, of the pseudonym. Summaries have numbers only.
STAYS = {
    *("Session", "ModeratorPerformance", "QualitySample"),
    *("SessionTotals", "SessionValue", "SessionVideos", "SessionDecisions", "PeriodTotals"),
    *("RawTotals", "RawValue", "RawDecisions"),
}


def test_everything_that_leads_to_a_person_goes_stays_or_is_emptied_by_decision():
    """A new table about people needs a line here, in the erasure and in the export."""
    found = {
        (relation.related_model.__name__, relation.field.name): relation.on_delete.__name__
        for model in (Moderator, User)
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created
    }
    assert {name for (name, _), action in found.items() if action in ("PROTECT", "DO_NOTHING")} == (
        STAYS
    )
    assert {key for key, action in found.items() if action == "SET_NULL"} == {
        ("User", "moderator"),
        ("Annotation", "created_by"),
        ("SampleStratum", "moderator"),
        ("QualitySample", "created_by"),
        ("SampledView", "taken_by"),
        ("QualityCheck", "checked_by"),
        ("Dispute", "created_by"),
        ("Dispute", "decided_by"),
        ("Note", "created_by"),
        ("Note", "settled_by"),
        ("NoteReply", "created_by"),
    }
    assert {name for (name, _), action in found.items() if action == "CASCADE"} == {
        *("ApiToken", "LoginSession", "SavedView", "FirstPage", "UploadedFile", "LogEntry", "Note"),
        *("Authenticator", "EmailAddress", "FailedCode", "CompanyAccount", "SecurityNotice"),
        *("User_groups", "User_user_permissions"),
    }


#: Texts in which nobody writes freely, by table: what they are instead.
NO_FREE_TEXT = {
    # Names that other programs give; the report of an erasure tells where one is the person's.
    *("Video", "Session", "VideoView", "PlaybackSpeed", "Inactivity", "QueueAssignment"),
    *(
        "SampledView",
        "SampleStratum",
        "SessionValue",
        "PeriodValue",
        "SeenValue",
        "ChatSession",
        "Recommendation",
    ),
    # Names of people, each their own row: renamed or deleted; the audit's entries by themselves.
    *("Moderator", "User", "Person", "Entry", "ResetRequest", "UploadedFile"),
    "LoginSession",
    # Who somebody is to the provider of single sign-on; what django-allauth has, and nobody uses.
    *("CompanyAccount", "EmailAddress", "EmailConfirmation"),
    # Words of the portal and of Django.
    *("Target", "EditVersion", "SummaryState", "PeriodTotals", "PeriodVideos", "PeriodAgreement"),
    *(
        "RefusedId",
        "SecurityNotice",
        "Permission",
        "Group",
        "ContentType",
        "Session",
        "DashApp",
        "StatelessApp",
    ),
}


def test_every_text_that_people_write_is_searched_for_names():
    written = {
        model.__name__
        for model in apps.get_models()
        if model._meta.managed
        and any(
            isinstance(field, models.CharField | models.TextField) and not field.choices
            for field in model._meta.concrete_fields
        )
    }
    assert written - NO_FREE_TEXT == {model.__name__ for model in FREE_TEXTS}
