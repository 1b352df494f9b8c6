"""The page "What changed": lists of comparisons, each drawn as a dot with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from analytics import formatting
from analytics.formatting import NBSP, Number, plural
from analytics.insights.period_changes import ChangeList, Comparison, Kind, PeriodChanges
from analytics.insights.since import Since, since_words
from analytics.metrics.coverage import Against, read_against
from analytics.metrics.registry import METRICS
from analytics.metrics.row_keys import row_key_names
from analytics.presentation import periods
from analytics.presentation.findings import chart_address
from analytics.presentation.row_links import link_to_rows, passport_address
from analytics.scope import Scope

#: The picture's size, and what its ends stand away from its edge.
WIDTH, HEIGHT, EDGE = 220, 22, 8
#: How a value, and the size of a change with its unit, are written by kind.
Write = Callable[[Number | None], str]
WRITE: dict[Kind, Write] = {
    "count": formatting.count,
    "share": formatting.share,
    "seconds": formatting.duration,
    "minutes": formatting.minutes,
    "average": formatting.score,
    "number": formatting.number,
}
#: How a change is written: the factor, decimals and unit.
CHANGE_UNITS: dict[Kind, tuple[int, int, str]] = {
    "count": (100, 0, "%"),
    "share": (100, 1, "pts"),
    "seconds": (1, 1, "s"),
    "minutes": (1, 1, "min"),
    "average": (1, 2, ""),
    "number": (1, 1, ""),
}
#: What may be chosen to compare with.
AGAINST_LABELS: dict[Against, str] = {
    "previous": "The period before",
    "month": "4 weeks before",
    "year": "A year before",
}
#: What a rise and a fall are called, by the figure of a person; else by kind.
PERSON_WORDS = {
    "reject_rate": ("rejects more", "rejects fewer"),
    "completion_rate": ("completes more", "completes fewer"),
    "handle_seconds": ("slower", "faster"),
}


@dataclass(frozen=True)
class Whisker:
    """Where the parts of the picture lie, from its left."""

    zero: float
    low: float
    high: float
    dot: float


@dataclass(frozen=True)
class ChangedRow:
    """A comparison as the template shows it."""

    name: str
    before: str
    now: str
    before_url: str
    now_url: str
    change: str = ""
    interval: str = ""
    verdict: str = ""
    level: str = "none"
    passport_url: str = ""
    whisker: Whisker | None = None
    would_show: str = ""
    chart_url: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether it changed beyond chance."""
        return self.level != "none"


@dataclass(frozen=True)
class ChangedCard:
    """A list of comparisons: those beyond chance, and the others folded."""

    slug: str
    title: str
    subtitle: str
    compared: int
    changed: list[ChangedRow]
    within: list[ChangedRow]
    left_out: list[ChangedRow] = field(default_factory=list)

    @property
    def fold_words(self) -> str:
        """What is folded: ``12 within chance, 3 with too little data``."""
        parts = []
        if self.within:
            parts.append(f"{len(self.within)} within chance")
        if self.left_out:
            parts.append(f"{len(self.left_out)} not compared")
        return ", ".join(parts)


def split_against(params: QueryDict) -> tuple[QueryDict, Against]:
    """The parameters of the scope, and what it is compared with; raises ``ScopeError``."""
    others = params.copy()
    chosen = others.pop("against", [""])
    return others, read_against(str(chosen[-1]))


def against_query(against: Against) -> dict[str, str]:
    """The parameter that an address goes on with; none for what is compared without it."""
    return {} if against == "previous" else {"against": against}


def against_field(against: Against) -> forms.ChoiceField:
    """The choice of what to compare with."""
    return forms.ChoiceField(
        label="Against", required=False, initial=against, choices=list(AGAINST_LABELS.items())
    )


def changed_context(changes: PeriodChanges) -> dict[str, Any]:
    """What the template needs besides the head and the filters."""
    if changes.before is None:
        return {"no_comparison": f"No comparison: {changes.reason}."}
    since = since_words(changes)
    cards = [card(one, changes, since) for one in changes.lists]
    return {
        "lists": [one for one in cards if one.compared or one.left_out],
        "before_dates": short_range(changes.before),
        "now_dates": short_range(changes.scope),
        "summary_sentence": summary_sentence(changes, since),
        "evidence": evidence(changes),
        "has_changed": bool(changes.changed),
        "not_covered": f"Not compared: {changes.reason}." if changes.reason else "",
    }


def short_range(scope: Scope) -> str:
    """A scope's dates without the year: ``29 Oct – 25 Nov``."""
    if scope.start == scope.end:
        return formatting.short_day(scope.start)
    return f"{formatting.short_day(scope.start)} – {formatting.short_day(scope.end)}"


def summary_sentence(changes: PeriodChanges, since: Since) -> str:
    """``Since 1–28 October, 7 things changed beyond chance. The largest: …``."""
    assert changes.before is not None
    before = formatting.date_range(changes.before.start, changes.before.end)
    found = changes.changed
    if not changes.compared:
        return f"Too little data to compare with {before}."
    if not found:
        return f"Nothing changed beyond chance since {before}."
    largest = []
    for each in headline(found)[:3]:
        details = ", ".join(filter(None, (signed(each), since.get(key_of(each)))))
        largest.append(f"{each.candidate.name} ({details})")
    things = plural(len(found), "thing")
    lead = "The largest" if len(found) > 1 else "It is"
    return (
        f"Since {before}, {things} changed beyond chance. {lead}: {formatting.join_names(largest)}."
    )


def headline(found: Sequence[Comparison]) -> list[Comparison]:
    """The changes without the parts of one that changed as a whole: the reject rates of queues."""
    figures = {each.candidate.column for each in found if each.candidate.keys is None}
    return [
        each
        for each in found
        if each.candidate.keys is None or each.candidate.column not in figures
    ]


def evidence(changes: PeriodChanges) -> str:
    """How many things were compared, and what that is allowed for."""
    if not changes.compared:
        return "Nothing was compared"
    return (
        f"{plural(changes.compared, 'thing')} compared at once · allowing for that many, at most 7"
        " of 100 such lists would name anything if nothing had changed"
    )


def key_of(comparison: Comparison) -> tuple[str, str]:
    """What names a comparison among all."""
    return comparison.candidate.metric, comparison.candidate.name


def card(one: ChangeList, changes: PeriodChanges, since: Since) -> ChangedCard:
    """A list with its rows; each kind of number has one scale."""
    scales = {
        kind: scale([each for each in one.shown if each.candidate.kind == kind])
        for kind in {each.candidate.kind for each in one.shown}
    }

    def rows(comparisons: Sequence[Comparison]) -> list[ChangedRow]:
        return [row(each, changes, scales[each.candidate.kind], since) for each in comparisons]

    hidden = one.names_only_changed
    return ChangedCard(
        one.slug,
        one.title,
        one.subtitle,
        one.compared,
        rows(one.changed),
        [] if hidden else rows(one.within_chance),
        [] if hidden else rows(one.not_compared),
    )


Scaled = tuple[float, float]


def scale(comparisons: Sequence[Comparison]) -> Scaled:
    """The least and greatest value that the pictures show, 0 among them."""
    ends = [end for each in comparisons for end in (each.low, each.high) if end is not None]
    return min([0.0, *ends]), max([0.0, *ends])


def whisker(comparison: Comparison, ends: Scaled) -> Whisker | None:
    """The picture of a comparison; None without an interval."""
    low, high, change = comparison.low, comparison.high, comparison.change
    if low is None or high is None or change is None or ends[0] == ends[1]:
        return None

    def at(value: float) -> float:
        return round(EDGE + (value - ends[0]) / (ends[1] - ends[0]) * (WIDTH - 2 * EDGE), 1)

    return Whisker(at(0.0), at(low), at(high), at(change))


def row(comparison: Comparison, changes: PeriodChanges, ends: Scaled, since: Since) -> ChangedRow:
    """A comparison in words, with links to the records of both periods."""
    candidate = comparison.candidate
    write = WRITE[candidate.kind]
    would_show = ""
    if comparison.beyond_chance is False and comparison.would_show is not None:
        size = written(comparison.would_show, candidate.kind)
        would_show = f"a change of {size} or more would have been seen"
    return ChangedRow(
        candidate.name,
        write(candidate.before),
        write(candidate.now),
        rows_url(comparison, changes.before),
        rows_url(comparison, changes.scope),
        change=arrow_words(comparison),
        interval=interval_words(comparison),
        verdict=verdict(comparison, since),
        level="plain" if comparison.beyond_chance else "none",
        passport_url=passport_address(rows_url(comparison, changes.scope)),
        whisker=whisker(comparison, ends),
        would_show=would_show,
        chart_url="" if has_row(comparison) else chart_address(candidate.metric, changes.scope),
    )


def has_row(comparison: Comparison) -> bool:
    """Whether it is one row of its metric, and not several: those of an hour, by weekday."""
    candidate = comparison.candidate
    return not candidate.keys or set(row_key_names(METRICS[candidate.metric])) <= {*candidate.keys}


def rows_url(comparison: Comparison, scope: Scope | None) -> str:
    """The records behind a value; empty where nothing opens."""
    if scope is None or not has_row(comparison):
        return ""
    candidate = comparison.candidate
    return link_to_rows(
        candidate.metric, candidate.column, scope, row=comparison.row if candidate.keys else None
    )


def written(value: float, kind: Kind) -> str:
    """A change's size with its unit: ``5.4 pts``."""
    factor, places, unit = CHANGE_UNITS[kind]
    return formatting.with_unit(formatting.number(value * factor, places), unit)


def signed(comparison: Comparison) -> str:
    """``+5.4 pts``."""
    if comparison.change is None:
        return ""
    text = written(comparison.change, comparison.candidate.kind)
    return f"+{text}" if comparison.change > 0 else text


def arrow_words(comparison: Comparison) -> str:
    """``▲ 5.4 pts``; nothing of what has no change."""
    if comparison.change is None:
        return formatting.MISSING
    arrow = "▲" if comparison.change > 0 else "▼"
    return f"{arrow}{NBSP}{written(abs(comparison.change), comparison.candidate.kind)}"


def interval_words(comparison: Comparison) -> str:
    """``(4.5 to 6.3)``, in the change's unit."""
    if comparison.low is None or comparison.high is None:
        return ""
    factor, places, _unit = CHANGE_UNITS[comparison.candidate.kind]
    low, high = (
        formatting.number(end * factor, places) for end in (comparison.low, comparison.high)
    )
    return f"({low} to {high})"


def verdict(comparison: Comparison, since: Since) -> str:
    """``rose, from 17 Oct``, ``fell, better``, ``within chance``, or why it was not compared."""
    candidate = comparison.candidate
    if comparison.beyond_chance is None:
        return candidate.reason
    if not comparison.beyond_chance:
        return "within chance"
    assert comparison.change is not None
    words = ("grew", "fell") if candidate.kind == "count" else ("rose", "fell")
    if candidate.keys and "moderator" in candidate.keys:
        words = PERSON_WORDS.get(candidate.measure, words)
    parts = [words[comparison.change < 0]]
    if comparison.is_better is not None:
        parts.append("better" if comparison.is_better else "worse")
    if key_of(comparison) in since:
        parts.append(since[key_of(comparison)])
    return ", ".join(parts)


def changed_subtitle(changes: PeriodChanges) -> str:
    """``Everyone · 29 Oct – 25 Nov 2026 (28 days), against 1 – 28 Oct · same weekdays``."""
    words = periods.describe_scope(changes.scope)
    if changes.before is None:
        return words
    before = formatting.date_range(changes.before.start, changes.before.end)
    return f"{words}, against {before} · same weekdays"
