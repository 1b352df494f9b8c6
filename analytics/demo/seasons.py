"""What happens to the whole team over the demo's days: staffing, the policy, the queues."""

import math

DAYS = 120

# Days counted from the demo's first, 0.
POLICY_DAY = DAYS - 42
"""From here on a stricter policy holds: more is rejected."""
WAVE_DAYS = range(DAYS - 78, DAYS - 73)
"""A wave of spam: longer queues for a few days."""
HOLIDAYS = frozenset((DAYS - 96, DAYS - 22))
"""Days on which few people work."""

APPEALS = "Appeals"
SPAM = "Spam"

# Queue -> its subqueues and the items that an assignment usually has.
QUEUES: dict[str, tuple[tuple[str, ...], float]] = {
    SPAM: (("Links", "Bots", "Scams"), 58.0),
    "Harassment": (("Comments", "Profiles"), 40.0),
    "Copyright": (("Music", "Film", "Live streams"), 36.0),
    "Hate speech": (("Comments", "Usernames"), 31.0),
    "Violence": (("Graphic", "Threats"), 28.0),
    "Nudity": (("Videos", "Thumbnails"), 26.0),
    "Minors": ((), 19.0),
    "Self-harm": (("Urgent",), 13.0),
    APPEALS: (("Accounts", "Videos"), 7.0),
}


def reject_logit(day: int) -> float:
    """The logit of the team's reject rate: about 23 % before the policy, 33 % after."""
    learned = min(1.0, max(0.0, (day - POLICY_DAY + 1) / 4))
    return -1.2 + 0.5 * learned


def presence(day: int, weekday: int) -> float:
    """The share of the people due who really come."""
    if day in HOLIDAYS:
        return 0.2
    return 0.8 if weekday >= 5 else 0.94


def queue_items(queue: str, day: int) -> float:
    """The items that an assignment to a queue usually has on a day."""
    items = QUEUES[queue][1]
    if queue == APPEALS:
        return items * growth(day)
    if queue == SPAM and day in WAVE_DAYS:
        return items * 2.6
    return items


def queue_weight(queue: str, day: int) -> float:
    """How likely a session is given a queue, against 1 for an ordinary one."""
    return 0.4 + 0.1 * growth(day) if queue == APPEALS else 1.0


def growth(day: int) -> float:
    """The growth of the appeals since the first day: doubling about every 45 days."""
    return math.exp(day * math.log(2) / 45)
