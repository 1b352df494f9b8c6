"""What people and programs do in the portal, at random: each by the portal's own way.

Left out is what no kept answer shows: passwords, second factors, tokens, single sign-on, the audit.
The import commands store as here, in transactions of their own.
"""

import importlib
import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from accounts.models import Role, User
from analytics.access import PORTAL, ScopeError
from analytics.admin.removal import remove_sessions
from analytics.display import DateFormat, NumberFormat
from analytics.imports.rows.fields import KINDS, validate
from analytics.imports.rows.store import store_records
from analytics.imports.sessions.store import store_documents
from analytics.models import (
    Annotation,
    Dispute,
    DisputeOutcome,
    FirstPage,
    Moderator,
    Note,
    QualityCheck,
    SampledView,
    SampleMethod,
    SavedView,
    Session,
    Target,
)
from analytics.notes import NoteWords, reply_to, settle, write_note
from analytics.personal_data.erasure import erase
from analytics.personal_data.subjects import PersonalSubject
from analytics.quality.checking import Opinion, check_sampled, check_view, correct_check
from analytics.quality.disputes import decide_dispute, open_dispute, withdraw_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.retention import delete_before
from analytics.scope import Scope
from analytics.summaries import writing

ZONES = ("UTC", "Asia/Tokyo", "America/New_York")

merging = importlib.import_module("analytics.migrations.0007_normalise_names")


class Clock:
    """The time that it is."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        """As ``django.utils.timezone.now``."""
        return self.moment


class PortalSteps:
    """One history of what people do. ``users`` are those who look on; their accounts stay."""

    def __init__(
        self, rng: random.Random, users: Mapping[str, User], settings: Any, clock: Clock
    ) -> None:
        self.rng = rng
        self.users = users
        self.settings = settings
        self.clock = clock
        self.made = 0

    def step(self) -> str:
        """Do something; returns what. What is refused is no step."""
        chosen = self.rng.choice(self.steps())
        try:
            with transaction.atomic():
                chosen()
        except (ScopeError, DatabaseError, ProtectedError) as error:
            return f"refused {chosen.__name__}: {error}"
        return chosen.__name__

    def steps(self) -> list[Callable[[], None]]:
        """All that people do, what is common more than once."""
        return [
            *(self.send_documents, self.send_documents, self.send_documents, self.send_rows),
            *(self.send_rows, self.check, self.check, self.correct, self.dispute, self.settle),
            *(self.draw, self.write_on_person, self.set_target, self.assign, self.change_role),
            *(self.erase_somebody, self.forget_old_months, self.change_time_zone, self.rebuild),
            *(self.annotate, self.save_view, self.change_settings, self.take_sessions_away),
            *(self.add_or_remove_person, self.merge_people, self.let_time_pass),
        ]

    def any_of(self, rows: Any) -> Any:
        """One of these rows, or None."""
        return self.rng.choice(list(rows.order_by("pk")) or [None])

    def send_documents(self) -> None:
        """A program sends new sessions, some that are there, and one under another name."""
        known = list(Session.objects.order_by("pk").values_list("public_id", "moderator__username"))
        documents = []
        for _ in range(self.rng.randint(1, 3)):
            self.made += 1
            public_id, name = f"d{self.made}", self.rng.choice(("amy", "bob", "Zoë", "gus", "new"))
            if known and self.rng.random() < 0.4:
                public_id, name = self.rng.choice(known)
            documents.append({"username": name, "sessions": [self.document(public_id)]})
        store_documents(documents, partial=self.rng.random() < 0.7)

    def document(self, public_id: str) -> dict[str, Any]:
        """A session, near midnight now and then."""
        rng = self.rng
        begin = datetime(2026, 3, 12, tzinfo=UTC)
        start = begin + timedelta(days=rng.randint(0, 75), hours=rng.randint(0, 23))
        return {
            "_id": public_id,
            "starttime": start.isoformat(),
            "duration": rng.choice((None, 31, 600, 90_000)),
            "videos": [
                {
                    "videoId": rng.choice((None, "", "v1", "v2", f"w{rng.randint(0, 9)}")),
                    "status": rng.choice(("Completed", "SKIPPED ", None)),
                    "keys": rng.choice((["a"], ["q"], ["x"], [])),
                    "soundMuted": rng.choice(("yes", "maybe", None)),
                    "queue": rng.choice((None, "Spam", "Appeals")),
                    "reason": rng.choice((None, "Policy 4")),
                    "speeds": rng.choice(([], [1, 2])),
                }
                for _ in range(rng.randint(0, 6))
            ],
            "inactivity": [{"type": "pause", "duration": rng.randint(0, 900)}],
            "queues": [{"name": "Spam", "count": rng.randint(0, 9)}],
        }

    def send_rows(self) -> None:
        """A program sends rows of a table of the report."""
        rng = self.rng
        day = f"{date(2026, 3, 20) + timedelta(days=rng.randint(0, 60))}"
        slug, record = rng.choice(
            (
                (
                    "user-activity",
                    {
                        "user_id": f"u{rng.randint(0, 9)}", "session_id": f"c{rng.randint(0, 60)}",
                        "date": day, "session_length": rng.randint(1, 99),
                        "messages_sent": rng.randint(0, 9),
                        "feedback_rating": rng.choice((None, 1, 6)), "resources_clicked": None,
                    },
                ),
                (
                    "moderator-performance",
                    {
                        "moderator": rng.choice(("amy", "bob", "Zoë", "new")), "date": day,
                        "sessions_moderated": rng.randint(0, 30),
                        "average_response_time": rng.random() * 20,
                        "satisfaction_score": rng.choice((None, 1, 6)),
                    },
                ),
                (
                    "recommendations",
                    {
                        "recommendation_id": f"r{rng.randint(0, 60)}",
                        "user_id": rng.choice((None, f"u{rng.randint(0, 9)}")), "date": day,
                        "recommendation_type": rng.choice(("a", "b", f"type {rng.randint(0, 9)}")),
                        "click_through_rate": rng.random(),
                        "feedback_score": rng.choice((None, 2)),
                    },
                ),
                (
                    "annotations",
                    {
                        "start": day, "end": day, "text": f"Sent {rng.randint(0, 9)}",
                        "queue": rng.choice((None, "Spam")),
                    },
                ),
            )
        )  # fmt: skip
        store_records(KINDS[slug], [validate(KINDS[slug], record)])

    def check(self) -> None:
        """A lead checks a view that was drawn, or any."""
        verdict = Opinion(self.rng.choice(("accepted", "rejected", "unsure")), note="So it is")
        drawn = self.any_of(SampledView.objects.all())
        if drawn and self.rng.random() < 0.6:
            check_sampled(drawn, verdict, by=self.users["lead"])
        elif session := self.any_of(Session.objects.all()):
            check_view(session.public_id, self.rng.randint(0, 3), verdict, by=self.users["admin"])

    def correct(self) -> None:
        """A check is corrected by who made it."""
        if check := self.any_of(QualityCheck.objects.filter(checked_by=self.users["lead"])):
            opinion = Opinion(self.rng.choice(("accepted", "rejected")))
            correct_check(check, opinion, by=check.checked_by)

    def dispute(self) -> None:
        """Somebody disputes a check of their own view."""
        who = User.objects.get(pk=self.users[self.rng.choice(("amy", "bob"))].pk)
        own = Session.objects.filter(moderator=who.moderator).values("public_id")
        if check := self.any_of(QualityCheck.objects.filter(session_id__in=own)):
            open_dispute(check, "It is not", by=who)

    def settle(self) -> None:
        """A dispute is decided, or withdrawn."""
        if dispute := self.any_of(Dispute.objects.filter(outcome=DisputeOutcome.OPEN)):
            if dispute.created_by and self.rng.random() < 0.3:
                withdraw_dispute(dispute, by=dispute.created_by)
            else:
                outcome = self.rng.choice((DisputeOutcome.UPHELD, DisputeOutcome.REVERSED))
                decide_dispute(dispute, outcome, "So", by=self.users["admin"])

    def draw(self) -> None:
        """A lead draws another sample."""
        method = self.rng.choice(SampleMethod.values)
        design = SampleDesign(method, Scope(PORTAL), size=self.rng.randint(5, 20))
        draw_sample(design, by=self.users["lead"], seed=self.rng.randint(0, 99))

    def write_on_person(self) -> None:
        """A lead writes a note on somebody, somebody answers one, or it is settled."""
        note, how = self.any_of(Note.objects.all()), self.rng.random()
        if note and how < 0.4:
            reply_to(note, "Yes", by=self.users["amy"])
        elif note and how < 0.6:
            settle(note, by=self.users["admin"])
        elif person := self.any_of(Moderator.objects.all()):
            measure = self.rng.choice(("", "reject_rate", "handle_seconds"))
            until = self.clock.now().date() + timedelta(days=7)
            write_note(
                person, NoteWords("Talk", measure, "Once more", until), by=self.users["admin"]
            )

    def set_target(self) -> None:
        """An admin sets a target, from today or a later day on now and then, or takes it away."""
        target, how = self.any_of(Target.objects.all()), self.rng.random()
        if target is None:
            return
        if how < 0.1 and target.valid_from:
            target.delete()
            return
        if how < 0.5:
            target.pk, target._state.adding = None, True
            target.valid_from = self.clock.now().date() + timedelta(days=self.rng.randint(-40, 9))
        target.value = self.rng.randint(1, 60)
        target.save()

    def annotate(self) -> None:
        """A lead annotates some days, changes an annotation or takes it away."""
        annotation, how = self.any_of(Annotation.objects.all()), self.rng.random()
        if annotation is None or how < 0.5:
            start = date(2026, 3, 20) + timedelta(days=self.rng.randint(0, 70))
            annotation = Annotation(start=start, created_by=self.users["lead"])
        elif how < 0.6:
            annotation.delete()
            return
        annotation.end = annotation.start + timedelta(days=self.rng.randint(0, 9))
        annotation.text = f"New policy {self.rng.randint(0, 9)}"
        annotation.queue = self.rng.choice(("", "Spam"))
        annotation.save()

    def save_view(self) -> None:
        """Somebody saves a view of a page, and begins with it."""
        owner = self.users[self.rng.choice(("lead", "amy"))]
        view = SavedView.objects.create(
            owner=owner, name=f"View {self.rng.randint(0, 99)}", address="/review/"
        )
        FirstPage.objects.update_or_create(user=owner, defaults={"view": view})

    def change_settings(self) -> None:
        """Somebody reads numbers, days and times in another way."""
        user = User.objects.get(pk=self.users[self.rng.choice(("lead", "amy"))].pk)
        user.number_format = self.rng.choice(NumberFormat.values)
        user.date_format = self.rng.choice(DateFormat.values)
        user.time_zone = self.rng.choice(("", *ZONES))
        user.save()

    def take_sessions_away(self) -> None:
        """An admin deletes sessions with all that is theirs."""
        keys = list(Session.objects.order_by("pk").values_list("pk", flat=True))
        remove_sessions(self.rng.sample(keys, min(len(keys), 2)))

    def add_or_remove_person(self) -> None:
        """An admin adds somebody, or deletes who has done nothing yet."""
        if self.rng.random() < 0.5:
            self.made += 1
            Moderator.objects.create(username=f"Person {self.made}")
        elif person := self.any_of(Moderator.objects.filter(account__isnull=True)):
            person.delete()

    def merge_people(self) -> None:
        """Two names turn out to be one person's, as the migration of names finds them."""
        people = list(Moderator.objects.order_by("pk"))
        kept, other = self.rng.sample(people, 2)
        if not merging.why_not(apps, kept, other):
            merging.merge(apps, kept, other)

    def let_time_pass(self) -> None:
        """Some minutes or days go by."""
        self.clock.moment += self.rng.choice(
            (timedelta(minutes=7), timedelta(hours=9), timedelta(days=1), timedelta(days=20))
        )

    def assign(self) -> None:
        """An account is given to another person, or to none."""
        keys = [self.users[who].pk for who in ("amy", "bob", "lead")]
        user = self.any_of(User.objects.filter(pk__in=keys))
        free = Moderator.objects.filter(account__isnull=True)
        user.moderator = self.any_of(free) if user.role == Role.MODERATOR else None
        user.save()

    def change_role(self) -> None:
        """Somebody becomes a lead, or is none any more."""
        user = User.objects.get(pk=self.users["bob"].pk)
        user.role = Role.LEAD if user.role == Role.MODERATOR else Role.MODERATOR
        user.save()

    def erase_somebody(self) -> None:
        """A person without an account is erased."""
        people = Moderator.objects.filter(account__isnull=True)
        if person := self.any_of(people.exclude(username__startswith="erased")):
            erase(PersonalSubject(person.username, person, []))

    def forget_old_months(self) -> None:
        """Retention; seldom, or little would be left."""
        if self.rng.random() < 0.1:
            first = Session.objects.order_by("started_at").values_list("started_at", flat=True)
            if first:
                following = (first[0].date().replace(day=1) + timedelta(days=32)).replace(day=1)
                list(delete_before(following))

    def change_time_zone(self) -> None:
        """Days begin at another hour; now and then the summaries follow."""
        self.settings.TIME_ZONE = self.rng.choice(ZONES)

    def rebuild(self) -> None:
        """The summaries are forgotten, and some of them made again."""
        writing.reset_summaries()
        writing.refresh_sessions()
        if self.rng.random() < 0.5:
            writing.refresh()
