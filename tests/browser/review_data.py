"""Two weeks of review work up to yesterday, for the browser tests."""

from datetime import timedelta

from django.utils import timezone

from tests.brute import PlainSession, PlainView
from tests.factory import write_session

STATUSES = ("completed", "completed", "partial", "not_started", "skipped")
KEYS = (["a"], ["q"], [], ["a"])
SOUNDS = ("muted", "unmuted", "unknown")


def write_two_weeks(*moderators: str) -> None:
    """Write a session a day and moderator, the newest of yesterday: pages open with whole days."""
    # At noon: a minute earlier is the same day.
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    newest = noon - timedelta(days=1)
    for nth, moderator in enumerate(moderators):
        for day in range(14):
            started = newest - timedelta(days=day, minutes=nth)
            views = [
                PlainView(
                    video=f"video-{(day * 5 + place) % 40}",
                    status=STATUSES[place % 5],
                    keys=KEYS[(place + nth) % 4],
                    sound=SOUNDS[place % 3],
                    speeds=[1.0 + place % 3 / 2] if place % 2 else [],
                )
                for place in range(6 + nth)
            ]
            idle = [
                ("pause", 45_000_000, started + timedelta(seconds=200)),
                ("inactivity", 10_000_000 * (day + 1), None),
            ]
            write_session(
                PlainSession(
                    public_id=f"{moderator}-{day}",
                    moderator=moderator,
                    started_at=started,
                    duration_us=(600 + day * 60) * 1_000_000,
                    views=views,
                    idle=idle,
                    queues=[("Spam", 10 + day, True, {"Links": 4}), ("Minors", 3, True, {})],
                )
            )
