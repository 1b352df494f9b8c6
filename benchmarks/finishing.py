"""From the values that plain SQL gives to the contract's rows, apart from the portal's code."""

import json
import math
import operator
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from analytics.comparison.agreement import LIMITS, RESAMPLES, SEED

Rows = list[dict[str, Any]]
Values = Sequence[Any]

BUCKETS = "0-30s 31-60s 61-120s 121-300s 301-600s 601-1800s 1801-3600s 3601-7200s >7200s"
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def over(numerator: float, denominator: float) -> float | None:
    """A ratio, None over nothing."""
    return numerator / denominator if denominator else None


def summary(rows: Sequence[Values]) -> Rows:
    """Finish ``review-summary``."""
    sessions, people, videos, unique, accepted, rejected, *times = rows[0]
    logged_us, idle_us, decided = map(int, times)
    return [
        {
            "sessions": sessions,
            "moderators": people,
            "videos": videos,
            "unique_videos": unique,
            "accepted": accepted,
            "rejected": rejected,
            "logged_seconds": logged_us / 1e6,
            "idle_seconds": idle_us / 1e6,
            "active_seconds": (logged_us - idle_us) / 1e6,
            "handle_seconds": over((logged_us - idle_us) / 1e6, decided),
        }
    ]


def by_day(rows: Sequence[Values]) -> Rows:
    """Finish ``review-by-day``: days without sessions get a row too."""
    counts = {row[0]: [int(value) for value in row[1:]] for row in rows}
    rows_by_day: Rows = []
    day = min(counts, default=None)
    while day is not None and day <= max(counts):
        numbers = counts.get(day, [0] * 8)
        sessions, people, videos, accepted, rejected, logged_us, idle_us, decided = numbers
        rows_by_day.append(
            {
                "day": day,
                "sessions": sessions,
                "moderators": people,
                "videos": videos,
                "accepted": accepted,
                "rejected": rejected,
                "none": videos - accepted - rejected,
                "reject_rate": over(rejected, accepted + rejected),
                "active_seconds": (logged_us - idle_us) / 1e6,
                "handle_seconds": over((logged_us - idle_us) / 1e6, decided),
            }
        )
        day += timedelta(days=1)
    return rows_by_day


def shares(name: str, rows: Sequence[Values], always: tuple[str, ...]) -> Rows:
    """Counted values with their shares of all, the ones named first, ``unknown`` last."""
    counts: dict[str, int] = dict(map(tuple, rows))
    total = sum(counts.values())
    other_values = sorted(value for value in counts if value not in (*always, "unknown"))
    unknown = ["unknown"] if "unknown" in counts else []
    return [
        {name: value, "videos": counts.get(value, 0), "share": over(counts.get(value, 0), total)}
        for value in (*always, *other_values, *unknown)
    ]


def decisions(rows: Sequence[Values]) -> Rows:
    """Finish ``decisions``."""
    return shares("decision", rows, ("accepted", "rejected", "none"))


def statuses(rows: Sequence[Values]) -> Rows:
    """Finish ``video-status``."""
    return shares("status", rows, ("completed", "partial", "not_started"))


def sounds(rows: Sequence[Values]) -> Rows:
    """Finish ``sound-status``: shares are among the known."""
    counts: dict[str, int] = dict(map(tuple, rows))
    unknown = counts.pop("unknown", 0)
    known_shares = shares("sound", list(counts.items()), ("muted", "unmuted"))
    if not unknown:
        return known_shares
    return [*known_shares, {"sound": "unknown", "videos": unknown, "share": None}]


def lengths(rows: Sequence[Values]) -> Rows:
    """Finish ``session-duration``."""
    counts: dict[str, int] = dict(map(tuple, rows))
    names = [*BUCKETS.split(), *(["unknown"] if "unknown" in counts else [])]
    return [{"bucket": name, "sessions": counts.get(name, 0)} for name in names]


def histogram(rows: Sequence[Values]) -> Rows:
    """Finish ``idle-time``: bins of the least width that needs at most twenty."""
    if not rows:
        return []
    longest = max(int(bin_start) for _kind, bin_start, _n in rows)
    widths = [*WIDTHS, *(3600 * 2**power for power in range(1, 30))]
    width = next(width for width in widths if longest // width < 20)
    bins: Rows = []
    for kind in sorted({kind for kind, _second, _n in rows}):
        for start in range(0, longest + 1, width):
            inside = range(start, start + width)
            n = sum(
                n
                for row_kind, bin_start, n in rows
                if row_kind == kind and int(bin_start) in inside
            )
            bins.append(
                {"kind": kind, "from_seconds": start, "to_seconds": start + width, "intervals": n}
            )
    return bins


def idle(rows: Sequence[Values]) -> Rows:
    """Finish ``idle-summary``."""
    return [
        {"kind": kind, "intervals": n, "seconds": int(us) / 1e6, "median_seconds": median / 1e6}
        for kind, n, us, median in rows
    ]


def queue_details(rows: Sequence[Values]) -> Rows:
    """Finish ``queue-details``."""
    details: Rows = []
    for name, items, subqueues, _position in sorted(
        rows, key=lambda row: (-(row[1] or 0), row[0], row[3])
    ):
        parts: list[tuple[str | None, int | None]] = sorted(json.loads(subqueues).items())
        for part, n in parts or [(None, None)]:
            details.append({"queue": name, "items": items, "subqueue": part, "subqueue_items": n})
    return details


def moderators(rows: Sequence[Values]) -> Rows:
    """Finish ``moderator-review``."""
    summaries: Rows = []
    for username, *numbers, design_effect in rows:
        sessions, videos, accepted, rejected, completed, logged_us, idle_us, timed = map(
            int, numbers
        )
        decided, active_us = accepted + rejected, logged_us - idle_us
        low, high = wilson(rejected, decided, max(1.0, design_effect or 1.0))
        summaries.append(
            {
                "moderator": username,
                "sessions": sessions,
                "videos": videos,
                "accepted": accepted,
                "rejected": rejected,
                "reject_rate": over(rejected, decided),
                "reject_low": low,
                "reject_high": high,
                "completion_rate": over(completed, videos),
                "handle_seconds": over(active_us / 1e6, timed),
                "throughput_per_hour": over(timed, active_us / 3.6e9),
                "occupancy": over(active_us, logged_us),
            }
        )
    return summaries


def wilson(hits: int, n: float, design_effect: float) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval: the shares at which ``hits`` would be just 1.96 sigma off.

    The two roots p of (hits/n - p)^2 = z^2 p (1 - p) / n.
    """
    if not n:
        return None, None
    z = 1.959963984540054
    share, n = hits / n, n / design_effect
    a, b, c = 1 + z * z / n, -(2 * share + z * z / n), share * share
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def agreement(rows: Sequence[Values]) -> Rows:
    """Finish ``agreement-summary``: from (accepted, rejected, videos) of each pattern."""
    patterns = sorted((int(accepted), int(rejected), n) for accepted, rejected, n in rows)
    found = agreement_of(patterns)
    low, high = None, None
    if found["alpha"] is not None:
        low, high = alpha_limits(patterns)
    return [{**found, "alpha_low": low, "alpha_high": high}]


Patterns = list[tuple[int, int, int]]


def agreement_of(patterns: Patterns) -> dict[str, Any]:
    """Videos, pairs, the share of the pairs that agree, and Krippendorff's alpha."""
    pairs = sum(n * math.comb(a + r, 2) for a, r, n in patterns)
    alike = sum(n * (math.comb(a, 2) + math.comb(r, 2)) for a, r, n in patterns)
    return {
        "videos": sum(n for _, _, n in patterns),
        "pairs": pairs,
        "agreement": over(alike, pairs),
        "alpha": alpha(patterns),
    }


def alpha(patterns: Patterns) -> float | None:
    """1 less the disagreement within videos over that among all decisions drawn at random.

    A pair within a video of m decisions weighs 1 / (m - 1).
    """
    accepted = sum(n * a for a, _, n in patterns)
    rejected = sum(n * r for _, r, n in patterns)
    total = accepted + rejected
    if sum(n for _, _, n in patterns) < 2 or not accepted * rejected:
        return None
    within = sum(n * 2 * a * r / (a + r - 1) for a, r, n in patterns) / total
    return 1 - within / (2 * accepted * rejected / (total * (total - 1)))


def alpha_limits(patterns: Patterns) -> tuple[float, float]:
    """The percentiles of alpha over as many videos drawn again; draws without an alpha left out."""
    counts = np.array([n for _, _, n in patterns])
    draws = np.random.RandomState(SEED).multinomial(
        counts.sum(), counts / counts.sum(), size=RESAMPLES
    )
    drawn = (
        alpha([(a, r, n) for (a, r, _), n in zip(patterns, draw, strict=True)])
        for draw in draws.tolist()
    )
    low, high = np.quantile([value for value in drawn if value is not None], LIMITS)
    return float(low), float(high)


def agreement_by_month(rows: Sequence[Values]) -> Rows:
    """Finish ``agreement-by-month``."""
    by_month: dict[str, Patterns] = defaultdict(list)
    for month, accepted, rejected, n in rows:
        by_month[f"{month:%Y-%m}"].append((accepted, rejected, n))
    finished: Rows = []
    for month, patterns in sorted(by_month.items()):
        found = agreement_of(patterns)
        del found["pairs"]
        low, high = linearised_limits(patterns)
        finished.append({"month": month, **found, "alpha_low": low, "alpha_high": high})
    return finished


def linearised_limits(patterns: Patterns) -> tuple[float | None, float | None]:
    """Alpha less and plus 1.96 standard errors, from what each video adds to it.

    With D decisions less one, W their weighed disagreeing pairs, A and R those that accept and
    reject, alpha is 1 - D W / (2 A R); each video adds its derivative.
    """
    value = alpha(patterns)
    if value is None:
        return None, None
    accepted = sum(n * a for a, _, n in patterns)
    rejected = sum(n * r for _, r, n in patterns)
    within = sum(n * 2 * a * r / (a + r - 1) for a, r, n in patterns)
    decisions, chance = accepted + rejected - 1, 2 * accepted * rejected
    added = [
        decisions * within / chance * (a / accepted + r / rejected)
        - (within * (a + r) + decisions * 2 * a * r / (a + r - 1)) / chance
        for a, r, _ in patterns
    ]
    numbers = [n for _, _, n in patterns]
    mean = sum(map(operator.mul, numbers, added)) / sum(numbers)
    squares = sum(n * (one - mean) ** 2 for n, one in zip(numbers, added, strict=True))
    margin = 1.959963984540054 * math.sqrt(squares)
    return value - margin, min(1.0, value + margin)


def agreement_by_moderator(rows: Sequence[Values]) -> Rows:
    """Finish ``agreement-by-moderator``."""
    people: Rows = []
    for username, videos, agreeing, design_effect in rows:
        low, high = wilson(int(agreeing), int(videos), max(1.0, design_effect or 1.0))
        share = over(int(agreeing), int(videos))
        people.append(
            {
                "moderator": username,
                "videos": int(videos),
                "agreement": share,
                "low": low,
                "high": high,
            }
        )
    return people


def disputed(rows: Sequence[Values]) -> Rows:
    """Finish ``disputed-videos``: the most divided first."""
    ordered = sorted(rows, key=lambda row: (-min(row[1:]) / sum(row[1:]), -sum(row[1:]), row[0]))
    return [
        {"video": video, "accepted": accepted, "rejected": rejected, "moderators": people}
        for video, accepted, rejected in ordered
        for people in (accepted + rejected,)
    ]
