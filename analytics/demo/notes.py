"""What the demo's lead noted on people, and what they answered."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from analytics.demo.world import SKIPPER, STRICT
from analytics.models import Moderator, Note, NoteReply
from audit import changes

#: Days ago, whom, the text, the measure, the agreed step, and in how many days from now.
NOTES = (
    (
        *(12, STRICT, "We looked at 20 of the rejected videos together: 18 fit the policy."),
        *("reject_rate", "Read the section on quotes, then look at 10 more together.", 5),
    ),
    (
        *(20, SKIPPER, "You skip most videos before their end. Is the player slow?"),
        *("completion_rate", "Watch ten videos whole, then say what takes the time.", -6),
    ),
)
ANSWER = (SKIPPER, "The player stops at 10 %. I have asked for another computer.", 18)


def load_notes(now: datetime, users: dict[str, User]) -> None:
    """Store the notes of the demo's lead as of ``now`` (aware), and one person's answer."""
    people = {row.username: row for row in Moderator.objects.filter(username__in=(SKIPPER, STRICT))}
    today = timezone.localdate(now)
    with changes.summarised():
        for ago, name, text, measure, step, ahead in NOTES:
            note = Note.objects.create(
                moderator=people[name],
                text=text,
                measure=measure,
                step=step,
                until=today + timedelta(days=ahead),
                created_by=users["lead"],
                created_at=now - timedelta(days=ago),
            )
            if name == ANSWER[0]:
                NoteReply.objects.create(
                    note=note,
                    text=ANSWER[1],
                    created_by=users[name],
                    created_at=now - timedelta(days=ANSWER[2]),
                )
