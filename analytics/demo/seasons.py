"""What happens to the whole team over the demo's days: staffing, the policy, the queues."""

import math

from analytics.demo.world import APPEALS, HARD, HOLIDAYS, POLICY, QUEUES, SPAM, WAVE

#: Days in which the items of Appeals double.
DOUBLING_DAYS = 45
#: Everybody's sessions are now and then on the hard queue; specialists' mostly.
HARD_WEIGHT, SPECIALIST_WEIGHT = 0.06, 12.0
#: In a wave an assignment to Spam has so many times the items, and is so much more likely.
WAVE_ITEMS, WAVE_WEIGHT = 2.6, 3.0


def reject_logit(day: int) -> float:
    """The logit of an ordinary queue's reject rate: about 23 % before the policy, 33 % after."""
    learned = min(1.0, max(0.0, (day - POLICY.first + 1) / 4))
    return -1.2 + 0.5 * learned


def presence(day: int, weekday: int) -> float:
    """The share of the people due who really come."""
    if any(holiday.first <= day <= holiday.last for holiday in HOLIDAYS):
        return 0.2
    return 0.8 if weekday >= 5 else 0.94


def is_wave(day: int) -> bool:
    """Whether the wave of spam is on."""
    return WAVE.first <= day <= WAVE.last


def queues_on(day: int, queues: tuple[str, ...]) -> tuple[str, ...]:
    """The queues that somebody may be given on a day: in a wave everybody gets Spam."""
    return (*queues, SPAM) if is_wave(day) and SPAM not in queues else queues


def queue_items(queue: str, day: int) -> float:
    """The items that an assignment to a queue usually has on a day."""
    items = QUEUES[queue].items
    if queue == APPEALS:
        return items * float(2 ** (day / DOUBLING_DAYS))
    return items * WAVE_ITEMS if queue == SPAM and is_wave(day) else items


def queue_weight(queue: str, day: int, *, is_specialist: bool) -> float:
    """How likely a session is given a queue, against 1 for an ordinary one."""
    if queue == HARD:
        return SPECIALIST_WEIGHT if is_specialist else HARD_WEIGHT
    return WAVE_WEIGHT if queue == SPAM and is_wave(day) else 1.0


def reject_rate(queue: str | None, day: int, logit: float) -> float:
    """The probability that a video of a queue is rejected by somebody with this logit."""
    own = 0.0 if queue is None else QUEUES[queue].logit
    return 1 / (1 + math.exp(-reject_logit(day) - own - logit))
