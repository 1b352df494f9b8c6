"""The agreement metrics once more, by loops over people and pairs; see ``tests.brute``."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations
from typing import Any

from analytics.comparison.agreement import alpha_interval, quick_alpha_interval
from tests.brute import PlainSession

Rows = list[dict[str, Any]]
#: By video, then by person: the decision, and the session that it was made in.
Decided = dict[str, dict[str, tuple[str, str]]]


def last_decisions(sessions: list[PlainSession]) -> Decided:
    """Each person's last decision on each video that two people or more decided."""
    decided: Decided = defaultdict(dict)
    for session in sorted(sessions, key=lambda s: (s.started_at, s.public_id)):
        for view in session.views:
            if view.video is not None and view.decision != "none":
                decided[view.video][session.moderator] = (view.decision, session.public_id)
    return {video: people for video, people in decided.items() if len(people) >= 2}


def count(people: dict[str, tuple[str, str]]) -> tuple[int, int]:
    words = [word for word, _session in people.values()]
    return words.count("accepted"), words.count("rejected")


def alpha(decided: Decided) -> float | None:
    """Krippendorff's alpha from its matrix of coincidences."""
    coincidences: Counter[tuple[str, str]] = Counter()
    for people in decided.values():
        words = [word for word, _session in people.values()]
        for first, one in enumerate(words):
            for second, other in enumerate(words):
                if first != second:
                    coincidences[one, other] += Fraction(1, len(words) - 1)
    totals: Counter[str] = Counter()
    for (one, _other), n in coincidences.items():
        totals[one] += n
    n = sum(totals.values())
    chance = sum(totals[one] * totals[other] for one in totals for other in totals if one != other)
    if len(decided) < 2 or not chance:
        return None
    observed = sum(n for (one, other), n in coincidences.items() if one != other)
    return float(1 - (n - 1) * observed / chance)


def agreement(decided: Decided) -> dict[str, Any]:
    pairs = [
        one[0] == other[0]
        for people in decided.values()
        for one, other in combinations(people.values(), 2)
    ]
    return {
        "videos": len(decided),
        "pairs": len(pairs),
        "agreement": sum(pairs) / len(pairs) if pairs else None,
        "alpha": alpha(decided),
    }


def by_month(sessions: list[PlainSession]) -> Rows:
    rows = []
    for month in sorted({session.started_at.strftime("%Y-%m") for session in sessions}):
        of_month = [s for s in sessions if s.started_at.strftime("%Y-%m") == month]
        decided = last_decisions(of_month)
        found = agreement(decided)
        if found["videos"]:
            del found["pairs"]
            low, high = quick_alpha_interval(Counter(map(count, decided.values())))
            rows.append({"month": month, **found, "alpha_low": low, "alpha_high": high})
    return rows


def by_moderator(decided: Decided) -> Rows:
    """Without the interval: D is tested by hand."""
    compared: dict[str, list[bool]] = defaultdict(list)
    for people in decided.values():
        for name, (word, _session) in people.items():
            others = [other for who, (other, _) in people.items() if who != name]
            rejects = others.count("rejected")
            if 2 * rejects != len(others):
                majority = "rejected" if 2 * rejects > len(others) else "accepted"
                compared[name].append(word == majority)
    return [
        {"moderator": name, "videos": len(alike), "agreement": sum(alike) / len(alike)}
        for name, alike in sorted(compared.items())
    ]


def disputed(decided: Decided, moderator: str | None) -> Rows:
    rows = []
    for video, people in decided.items():
        accepted, rejected = count(people)
        if accepted and rejected and (moderator is None or moderator in people):
            rows.append(
                {
                    "video": video,
                    "accepted": accepted,
                    "rejected": rejected,
                    "moderators": len(people),
                }
            )

    def rank(row: dict[str, Any]) -> tuple[Fraction, int, str]:
        fewer = min(row["accepted"], row["rejected"])
        return (-Fraction(fewer, row["moderators"]), -row["moderators"], row["video"])

    return sorted(rows, key=rank)


def expected_agreement(everybody: list[PlainSession], moderator: str | None) -> dict[str, Rows]:
    """The metrics of the group ``quality``; intervals of alpha are tested where they are made."""
    decided = last_decisions(everybody)
    low, high = alpha_interval(Counter(map(count, decided.values())))
    people = by_moderator(decided)
    return {
        "agreement-summary": [{**agreement(decided), "alpha_low": low, "alpha_high": high}],
        "agreement-by-month": by_month(everybody),
        "agreement-by-moderator": [
            row for row in people if moderator is None or row["moderator"] == moderator
        ],
        "disputed-videos": disputed(decided, moderator),
    }
