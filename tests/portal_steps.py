"""What people and programs do in the portal, at random: each by the portal's own way."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction

from accounts.models import Role, User
from analytics.access import PORTAL, ScopeError
from analytics.imports.rows.fields import KINDS, validate
from analytics.imports.rows.store import store_records
from analytics.imports.sessions.store import store_documents
from analytics.models import (
    Dispute,
    DisputeOutcome,
    Moderator,
    Note,
    NoteReply,
    QualityCheck,
    SampledView,
    SampleMethod,
    Session,
    Target,
)
from analytics.personal_data.erasure import erase
from analytics.personal_data.subjects import PersonalSubject
from analytics.quality.checking import Opinion, check_sampled, check_view, correct_check
from analytics.quality.disputes import decide_dispute, open_dispute, withdraw_dispute
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.retention import delete_before
from analytics.scope import Scope
from analytics.summaries import writing

ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


class PortalSteps:
    """One history of what people do. ``users`` are those who look on; their accounts stay."""

    def __init__(self, rng: random.Random, users: Mapping[str, User], settings: Any) -> None:
        self.rng = rng
        self.users = users
        self.settings = settings
        self.made = 0

    def step(self) -> str:
        """Do something; returns what. What is refused is no step."""
        chosen = self.rng.choice(self.steps())
        try:
            with transaction.atomic():
                chosen()
        except (ScopeError, DatabaseError) as error:
            return f"refused {chosen.__name__}: {error}"
        return chosen.__name__

    def steps(self) -> list[Callable[[], None]]:
        """All that people do, what is common more than once."""
        return [
            *(self.send_documents, self.send_documents, self.send_documents, self.send_rows),
            *(self.send_rows, self.check, self.check, self.correct, self.dispute, self.settle),
            *(self.draw, self.write_note, self.set_target, self.assign, self.change_role),
            *(self.erase_somebody, self.forget_old_months, self.change_time_zone, self.rebuild),
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

    def write_note(self) -> None:
        """A lead writes a note on somebody, or the person answers one."""
        note = self.any_of(Note.objects.all())
        if note and self.rng.random() < 0.5:
            NoteReply.objects.create(note=note, text="Yes", created_by=self.users["amy"])
        elif person := self.any_of(Moderator.objects.all()):
            measure = self.rng.choice(("", "reject_rate", "handle_time"))
            Note.objects.create(
                moderator=person, text="Talk", created_by=self.users["lead"], measure=measure
            )

    def set_target(self) -> None:
        """An admin sets a target."""
        if target := self.any_of(Target.objects.all()):
            target.value = self.rng.randint(1, 60)
            target.save()

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
