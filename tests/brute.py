"""The review metrics once more, by loops over all rows: slow, plain, and written apart.

What the contract says, read literally, against which the metrics are compared. Takes sessions as
plain dictionaries; knows nothing of the ORM.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any

BUCKETS = [
    ("0-30s", 30),
    ("31-60s", 60),
    ("61-120s", 120),
    ("121-300s", 300),
    ("301-600s", 600),
    ("601-1800s", 1800),
    ("1801-3600s", 3600),
    ("3601-7200s", 7200),
]
US = timedelta(microseconds=1)


@dataclass
class PlainView:
    video: str | None
    status: str
    keys: list[str]
    sound: str
    speeds: list[float] = field(default_factory=list)
    queue: str | None = None
    reason: str | None = None

    @property
    def decision(self) -> str:
        if any(key in ("a", "A") for key in self.keys):
            return "accepted"
        if any(key in ("q", "Q") for key in self.keys):
            return "rejected"
        return "none"


@dataclass
class PlainSession:
    public_id: str
    moderator: str
    started_at: datetime
    duration_us: int | None
    views: list[PlainView]
    # Each: kind, length in microseconds if known, start if known.
    idle: list[tuple[str, int | None, datetime | None]]
    # Each: name, items if known, whether active, subqueues.
    queues: list[tuple[str, int | None, bool, dict[str, int]]]

    def idle_us(self) -> int:
        """The union of the placed intervals, minute pieces counted one by one by their edges."""
        assert self.duration_us is not None
        end = self.started_at + self.duration_us * US
        placed = []
        total = 0
        for _kind, length, start in self.idle:
            if length is None:
                continue
            if start is None:
                total += length
                continue
            low, high = max(start, self.started_at), min(start + length * US, end)
            if low < high:
                placed.append((low, high))
        edges = sorted({edge for interval in placed for edge in interval})
        for low, high in pairwise(edges):
            if any(start <= low and high <= stop for start, stop in placed):
                total += (high - low) // US
        return min(self.duration_us, total)


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def wilson(k: int, n: float, effect: float) -> tuple[float | None, float | None]:
    if n == 0:
        return None, None
    z = 1.959963984540054
    p, n = k / n, n / effect
    half = z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    low = (p + z * z / (2 * n) - half) / (1 + z * z / n)
    high = (p + z * z / (2 * n) + half) / (1 + z * z / n)
    return max(low, 0.0), min(high, 1.0)


def design_effect(groups: list[list[list[PlainView]]]) -> float:
    """D: each group the views of its sessions; as the definition has it, without any sums."""
    above = below = 0.0
    for sessions in groups:
        pairs = [
            (sum(v.decision != "none" for v in views), sum(v.decision == "rejected" for v in views))
            for views in sessions
        ]
        pairs = [(n, r) for n, r in pairs if n > 0]
        m, whole = len(pairs), sum(n for n, _ in pairs)
        if m < 2:
            continue
        p = sum(r for _, r in pairs) / whole
        if 0 < p < 1:
            variance = m / (m - 1) * sum((r - p * n) ** 2 for n, r in pairs) / whole**2
            above += whole * variance
            below += p * (1 - p)
    return max(1.0, above / below) if below else 1.0


def timed(sessions: list[PlainSession]) -> dict[str, Any]:
    """Active seconds, handle seconds, throughput, occupancy over sessions of known duration."""
    known = [s for s in sessions if s.duration_us is not None]
    logged = sum(s.duration_us for s in known)
    idle = sum(s.idle_us() for s in known)
    decided = sum(v.decision != "none" for s in known for v in s.views)
    active = logged - idle
    return {
        "logged_seconds": logged / 1e6,
        "idle_seconds": idle / 1e6,
        "active_seconds": active / 1e6,
        "handle_seconds": share(active / 1e6, decided),
        "throughput_per_hour": share(decided, active / 3.6e9),
        "occupancy": share(active, logged),
    }


def counted(sessions: list[PlainSession]) -> dict[str, int]:
    views = [v for s in sessions for v in s.views]
    return {
        "sessions": len(sessions),
        "moderators": len({s.moderator for s in sessions}),
        "videos": len(views),
        "unique_videos": len({v.video for v in views if v.video is not None}),
        **{
            name: sum(v.decision == name for v in views)
            for name in ("accepted", "rejected", "none")
        },
    }


def expected(
    sessions: list[PlainSession], everybody: list[PlainSession] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Every metric's rows over these sessions (queue-details left out: it needs one session).

    ``everybody``: everyone's sessions of the same dates.
    """
    everybody = sessions if everybody is None else everybody
    sessions = sorted(sessions, key=lambda s: (s.started_at, s.public_id))
    views = [v for s in sessions for v in s.views]
    total, times = counted(sessions), timed(sessions)
    rows: dict[str, list[dict[str, Any]]] = {}
    counts = ("sessions", "moderators", "videos", "unique_videos", "accepted", "rejected")
    lasting = (
        "logged_seconds",
        "idle_seconds",
        "active_seconds",
        "handle_seconds",
    )
    rows["review-summary"] = [
        {**{name: total[name] for name in counts}, **{name: times[name] for name in lasting}}
    ]
    rows["unique-videos"] = [{"unique_videos": total["unique_videos"]}]
    rows["decisions"] = [
        {"decision": name, "videos": total[name], "share": share(total[name], len(views))}
        for name in ("accepted", "rejected", "none")
    ]
    statuses: dict[str, int] = defaultdict(int)
    sounds: dict[str, int] = defaultdict(int)
    for view in views:
        statuses[view.status] += 1
        sounds[view.sound] += 1
    first = ["completed", "partial", "not_started"]
    order = first + sorted(set(statuses) - set(first) - {"unknown"})
    order += ["unknown"] if "unknown" in statuses else []
    rows["video-status"] = [
        {"status": s, "videos": statuses[s], "share": share(statuses[s], len(views))} for s in order
    ]
    known = sounds["muted"] + sounds["unmuted"]
    rows["sound-status"] = [
        {"sound": s, "videos": sounds[s], "share": share(sounds[s], known)}
        for s in ("muted", "unmuted")
    ]
    if sounds["unknown"]:
        rows["sound-status"].append(
            {"sound": "unknown", "videos": sounds["unknown"], "share": None}
        )
    lengths: dict[str, int] = defaultdict(int)
    for session in sessions:
        lengths[bucket(session.duration_us)] += 1
    names = [name for name, _ in BUCKETS] + [">7200s"]
    names += ["unknown"] if lengths["unknown"] else []
    rows["session-duration"] = [{"bucket": n, "sessions": lengths[n]} for n in names]
    rows["idle-time"], rows["idle-summary"] = idle(sessions)
    rows["unique-videos-per-session"] = [
        {
            "session": s.public_id,
            "moderator": s.moderator,
            "started_at": s.started_at,
            "unique_videos": len({v.video for v in s.views if v.video is not None}),
        }
        for s in sessions
    ]
    rows["playback-speeds"], rows["playback-speed-per-session"] = speeds(sessions)
    rows["queues"], rows["queue-by-day"] = queues(sessions)
    rows["review-by-day"] = by_day(sessions)
    rows["review-by-hour"] = by_hour(sessions)
    rows["moderator-review"] = by_moderator(sessions, everybody)
    for name in ("queue", "reason"):
        rows[f"decisions-by-{name}"] = by_name(sessions, everybody, name)
    rows["moderator-comparison"] = [unjudged(row) for row in rows["moderator-review"]]
    rows["speed-and-care"] = [unplaced(row) for row in rows["moderator-review"]]
    return rows


def bucket(duration_us: int | None) -> str:
    if duration_us is None:
        return "unknown"
    for name, limit in BUCKETS:
        if duration_us <= limit * 1_000_000:
            return name
    return ">7200s"


def idle(sessions: list[PlainSession]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for session in sessions:
        for kind, length, _start in session.idle:
            if length is not None:
                by_kind[kind].append(length)
    if not by_kind:
        return [], []
    longest = Fraction(max(max(lengths) for lengths in by_kind.values()), 1_000_000)
    widths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]
    widths += [3600 * 2**n for n in range(1, 40)]
    width = next(w for w in widths if longest // w + 1 <= 20)
    histogram = [
        {
            "kind": kind,
            "from_seconds": n * width,
            "to_seconds": (n + 1) * width,
            "intervals": sum(
                n * width <= Fraction(us, 1_000_000) < (n + 1) * width for us in by_kind[kind]
            ),
        }
        for kind in sorted(by_kind)
        for n in range(longest // width + 1)
    ]
    summary = [
        {
            "kind": kind,
            "intervals": len(by_kind[kind]),
            "seconds": sum(by_kind[kind]) / 1e6,
            "median_seconds": median(by_kind[kind]) / 1e6,
        }
        for kind in sorted(by_kind)
    ]
    return histogram, summary


def speeds(sessions: list[PlainSession]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    chosen: dict[float, int] = defaultdict(int)
    lines = []
    for session in sessions:
        mine = [speed for view in session.views for speed in view.speeds]
        for speed in mine:
            chosen[speed] += 1
        if mine:
            lines.append(
                {
                    "session": session.public_id,
                    "moderator": session.moderator,
                    "started_at": session.started_at,
                    "average_speed": sum(mine) / len(mine),
                }
            )
    return [{"speed": s, "changes": chosen[s]} for s in sorted(chosen)], lines


def queues(sessions: list[PlainSession]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    days: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    for session in sessions:
        for name, items, active, _subqueues in session.queues:
            if active:
                for count in (totals[name], days[session.started_at.date(), name]):
                    count[0] += 1
                    count[1] += items or 0
    rows = [
        {"queue": name, "assignments": n, "items": items}
        for name, (n, items) in sorted(totals.items(), key=lambda kv: (-kv[1][1], kv[0]))
    ]
    by_day = [
        {"day": day, "queue": name, "assignments": n, "items": items}
        for (day, name), (n, items) in sorted(days.items())
    ]
    return rows, by_day


def by_day(sessions: list[PlainSession]) -> list[dict[str, Any]]:
    if not sessions:
        return []
    rows = []
    day, last = sessions[0].started_at.date(), sessions[-1].started_at.date()
    while day <= last:
        mine = [s for s in sessions if s.started_at.date() == day]
        total, times = counted(mine), timed(mine)
        rows.append(
            {
                "day": day,
                **{
                    name: total[name]
                    for name in ["sessions", "moderators", "videos", "accepted", "rejected", "none"]
                },
                "reject_rate": share(total["rejected"], total["accepted"] + total["rejected"]),
                "active_seconds": times["active_seconds"],
                "handle_seconds": times["handle_seconds"],
            }
        )
        day += timedelta(days=1)
    return rows


def by_hour(sessions: list[PlainSession]) -> list[dict[str, Any]]:
    """By the hour of the week in UTC."""
    hours: dict[tuple[int, int], list[PlainSession]] = defaultdict(list)
    for session in sessions:
        hours[session.started_at.isoweekday(), session.started_at.hour].append(session)
    rows = []
    for (weekday, hour), mine in sorted(hours.items()):
        total = counted(mine)
        counts = {name: total[name] for name in ("sessions", "videos", "accepted", "rejected")}
        rate = share(total["rejected"], total["accepted"] + total["rejected"])
        rows.append(
            {"weekday": weekday, "hour": hour, **counts, "reject_rate": rate}
            | {"handle_seconds": timed(mine)["handle_seconds"]}
        )
    return rows


def by_name(
    sessions: list[PlainSession], everybody: list[PlainSession], name: str
) -> list[dict[str, Any]]:
    """Decisions by the queue or the reason of views."""
    names = {getattr(v, name) for s in everybody for v in s.views}
    effect = design_effect(
        [[[v for v in s.views if getattr(v, name) == each] for s in everybody] for each in names]
    )
    rows = []
    for each in names:
        views = [v for s in sessions for v in s.views if getattr(v, name) == each]
        counts = {d: sum(v.decision == d for v in views) for d in ("accepted", "rejected", "none")}
        decided = counts["accepted"] + counts["rejected"]
        low, high = wilson(counts["rejected"], decided, effect)
        rate = {"reject_rate": share(counts["rejected"], decided)}
        if views:
            rows.append(
                {name: each, "videos": len(views), **counts, **rate}
                | {"reject_low": low, "reject_high": high}
            )
    return sorted(rows, key=lambda row: (row[name] is None, -row["videos"], row[name] or ""))


def by_moderator(
    sessions: list[PlainSession], everybody: list[PlainSession]
) -> list[dict[str, Any]]:
    people = {s.moderator for s in everybody}
    effect = design_effect(
        [[s.views for s in everybody if s.moderator == person] for person in people]
    )
    rows = []
    for name in sorted({s.moderator for s in sessions}):
        mine = [s for s in sessions if s.moderator == name]
        total, times = counted(mine), timed(mine)
        decided = total["accepted"] + total["rejected"]
        low, high = wilson(total["rejected"], decided, effect)
        completed = sum(v.status == "completed" for s in mine for v in s.views)
        rows.append(
            {
                "moderator": name,
                "sessions": total["sessions"],
                "videos": total["videos"],
                "accepted": total["accepted"],
                "rejected": total["rejected"],
                "reject_rate": share(total["rejected"], decided),
                "reject_low": low,
                "reject_high": high,
                "completion_rate": share(completed, total["videos"]),
                "handle_seconds": times["handle_seconds"],
                "throughput_per_hour": times["throughput_per_hour"],
                "occupancy": times["occupancy"],
            }
        )
    return rows


def unjudged(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``moderator-comparison`` of fewer than five people: nobody is judged."""
    found = {name: row[name] for name in ("moderator", "sessions", "videos")}
    for measure in ("reject_rate", "completion_rate", "handle_seconds"):
        found[measure] = row[measure]
        for part in ("expected", "low", "high", "outside"):
            found[f"{measure}_{part}"] = None
    return found


def unplaced(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``speed-and-care`` of fewer than five people: nothing is expected of anybody."""
    return {
        "moderator": row["moderator"],
        "videos": row["videos"],
        "handle_seconds": row["handle_seconds"],
        "time_difference": None,
        "completion_rate": row["completion_rate"],
        "completion_difference": None,
        "fast_without_care": None,
    }
