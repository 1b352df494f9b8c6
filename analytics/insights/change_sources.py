"""What is compared with an earlier period: figures, queues, statuses, reasons, hours, people.

Everything comes from the summaries (or a few sums over rows), in a number of queries that does not
grow with the data.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from statistics import median

from django.db.models import Case, Count, TextField, Value, When
from django.db.models.functions import Cast, Concat

from analytics.access import OPEN_GROUPS
from analytics.comparison.changes import (
    Chance,
    ClusterSums,
    chances_of_ratio,
)
from analytics.comparison.contrasts import Group, contrast
from analytics.comparison.design_effect import design_effect_of_rates
from analytics.insights.change_counts import count_candidate, count_of, window
from analytics.insights.change_hours import hour_candidates
from analytics.insights.change_people import people_candidates
from analytics.insights.change_shares import (
    MIN_WHOLE,
    REASONS,
    STATUSES,
    TOO_FEW,
    are_enough,
    ratio_value,
    shares,
)
from analytics.insights.period_changes import Candidate, CandidateList, Kind
from analytics.insights.samples import clustered
from analytics.metrics.changes import MEASURES, in_dates
from analytics.metrics.coverage import Against, period_before
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.ratios import RATIOS, clusters_of
from analytics.metrics.recommendations import USER_OR_ROW, recommendations
from analytics.metrics.registry import METRICS
from analytics.metrics.results import number_or_none
from analytics.models import UNKNOWN_VALUE, Subject
from analytics.scope import Scope
from analytics.summaries.decided import DecisionCounts, decisions_by_name
from analytics.summaries.reading import read_summaries


def candidate_lists(now: Scope, against: Against) -> list[CandidateList]:
    """Everything that the scope and its viewer allow, by kind; what no period covers is left out.

    Inside a snapshot.
    """
    lists: list[CandidateList] = []
    for group, make_lists in SOURCES.items():
        if now.moderator is not None and group in OPEN_GROUPS:
            continue
        before = period_before(group, now, against).scope
        if before is not None:
            lists.extend(make_lists(now, before))
    return merge_figures(lists)


def merge_figures(lists: list[CandidateList]) -> list[CandidateList]:
    """The same with the figures of all kinds in one list, which comes first."""
    figures = [one for one in lists if one.slug == FIGURES]
    others = [one for one in lists if one.slug != FIGURES and one.candidates]
    together = tuple(candidate for one in figures for candidate in one.candidates)
    return [replace(figures[0], candidates=together), *others] if together else others


FIGURES = "figures"


def figures_list(candidates: Iterator[Candidate]) -> CandidateList:
    """The list of figures of one kind."""
    return CandidateList(
        FIGURES, "Figures", "Of all work in these dates", tuple(candidates)
    )  # fmt: skip


# Review work ----------------------------------------------------------------------------------

#: The figures of review work: name, metric and column of their records, kind.
REVIEW_FIGURES: tuple[tuple[str, str, str, str, Kind], ...] = (
    ("Reject rate", "reject_rate", "review-by-day", "reject_rate", "share"),
    ("Completion", "completion_rate", "moderator-review", "completion_rate", "share"),
    ("Handle time", "handle_seconds", "review-summary", "handle_seconds", "seconds"),
    ("Idle share", "idle_share", "review-summary", "idle_share", "share"),
)
HOUR_SECONDS = 3600


def review_lists(now: Scope, before: Scope) -> Iterator[CandidateList]:
    """Review work: its figures, queues, statuses, reasons, hours, and people."""
    yield figures_list(review_figures(now, before))
    yield CandidateList(
        "queues",
        "Queues",
        "Items beyond their day-to-day spread, and reject rates",
        (*queue_items(now, before), *queue_rates(now, before)),
    )
    completion = design_effect("completion_rate", now, before)
    yield CandidateList(
        "statuses",
        "Statuses",
        "Share of videos",
        tuple(shares(now, before, STATUSES, completion)),
    )
    rejects = design_effect("reject_rate", now, before)
    yield CandidateList(
        "reasons",
        "Reasons",
        "Share of decided videos whose decision names it",
        tuple(shares(now, before, REASONS, rejects)),
    )
    yield CandidateList(
        "hours",
        "Hours",
        "Share of videos by the hour in which their session started",
        tuple(hour_candidates(now, before)),
    )
    if now.moderator is None and now.viewer.sees_everyone:
        yield CandidateList(
            "people",
            "People",
            "Reject rate, completion and handle time, beyond what the same queues explain; only"
            " those beyond chance",
            tuple(people_candidates(now, before)),
            names_only_changed=True,
        )


def review_figures(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield sessions and videos, then the ratios of the sessions' counters."""
    days = window(now, before, "review")
    by_day = read_summaries(days).by_day
    sessions = sum(row["sessions"] for row in by_day.values())
    for name, column in (("Review sessions", "sessions"), ("Videos", "videos")):
        counts = {day: float(row[column]) for day, row in by_day.items()}
        yield count_candidate(
            name, "review-summary", column, counts, (now, before), days,
            least=sum(counts.values()) / max(sessions, 1),
        )  # fmt: skip
    for name, ratio, metric, column, kind in REVIEW_FIGURES:
        measure = MEASURES["review-summary"][ratio]
        then, here = (ratio_value(clusters_of(RATIOS[ratio], scope)[0]) for scope in (before, now))
        chances = measure.chances(now, before)
        reason = "" if chances else TOO_FEW
        yield Candidate(
            name, metric, column, kind, then, here,
            chances=chances, measure=ratio, better=measure.better, reason=reason,
        )  # fmt: skip
        if ratio == "handle_seconds":
            yield throughput(then, here, chances)


def throughput(
    seconds_before: float | None, seconds: float | None, chances: list[Chance]
) -> Candidate:
    """Decided videos an active hour: the same change as that of the handle time, upside down."""
    before, now = (HOUR_SECONDS / value if value else None for value in (seconds_before, seconds))
    scaled: list[Chance] = []
    if before is not None and now is not None:
        # The difference of two quotients is the difference of the seconds times this.
        factor = before * now / HOUR_SECONDS
        scaled = [Chance(each.error * factor, each.freedom) for each in chances]
    return Candidate(
        "Throughput an hour", "moderator-review", "throughput_per_hour", "number", before, now,
        chances=scaled, measure="throughput_per_hour", better="up",
        reason="" if scaled else TOO_FEW,
    )  # fmt: skip


def design_effect(name: str, now: Scope, before: Scope) -> float:
    """How much more a rate's sessions vary than those of independent videos would."""
    return design_effect_of_rates(clusters_of(RATIOS[name], scope)[0] for scope in (now, before))


def queue_items(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield the items of each queue that has some in either period."""
    days = window(now, before, "review")
    by_queue: dict[str, dict[date, float]] = defaultdict(dict)
    at_once: dict[str, list[float]] = defaultdict(list)
    for (day, queue), (assignments, items) in read_summaries(days).queues_by_day.items():
        by_queue[queue][day] = float(items)
        at_once[queue].append(items / max(assignments, 1))
    for queue, counts in sorted(by_queue.items()):
        if count_of(counts, now) or count_of(counts, before):
            yield count_candidate(
                f"{queue}: items", "queues", "items", counts, (now, before), days,
                keys={"queue": queue}, least=median(at_once[queue]),
            )  # fmt: skip


def queue_rates(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield the reject rate of each queue whose videos are known, by sessions."""
    periods = [
        decisions_by_name(read_summaries(scope), Subject.VIDEO_QUEUE) for scope in (before, now)
    ]
    names = sorted(set(periods[0]) & set(periods[1]) - {UNKNOWN_VALUE})
    for name in names:
        then, here = (decided_sums(period[name]) for period in periods)
        is_enough = are_enough(then, here)
        chances = chances_of_ratio([here], [then], is_share=True) if is_enough else []
        yield Candidate(
            f"{name}: reject rate", "decisions-by-queue", "reject_rate", "share",
            ratio_value(then), ratio_value(here), chances=chances, keys={"queue": name},
            reason="" if chances else TOO_FEW,
        )  # fmt: skip


def decided_sums(counts: DecisionCounts) -> ClusterSums:
    """The reject rate of some views, over their sessions."""
    return ClusterSums(
        counts.decided_sessions,
        counts.decided,
        counts.rejected,
        counts.decided_squares,
        counts.rejected_squares,
        counts.decided_rejected,
    )


# The engagement report ------------------------------------------------------------------------

ROW_FIGURES: Mapping[str, tuple[tuple[str, str, str, Kind], ...]] = {
    "engagement": (
        ("Chat length", "activity-summary", "average_length_minutes", "minutes"),
        ("Messages a chat", "activity-summary", "average_messages", "average"),
        ("Rating", "activity-summary", "average_rating", "average"),
    ),
    "recommendations": (("Click-through rate", "click-through-rate", "average", "share"),),
    "moderators": (
        ("Response time", "moderator-summary", "average_response_minutes", "minutes"),
        ("Satisfaction", "moderator-summary", "average_satisfaction", "average"),
    ),
}


def row_figures(group: str, now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield the means of a group's rows."""
    for name, slug, column, kind in ROW_FIGURES[group]:
        then, here = (
            number_or_none(METRICS[slug](scope).rows[0][column]) for scope in (before, now)
        )
        measure = MEASURES[slug][column]
        chances = [] if then is None or here is None else measure.chances(now, before)
        yield Candidate(
            name, slug, column, kind, then, here,
            chances=chances, better=measure.better, reason="" if chances else TOO_FEW,
        )  # fmt: skip


def chat_lists(now: Scope, before: Scope) -> Iterator[CandidateList]:
    """Chat sessions: how many, and their means."""
    days = window(now, before, "engagement")
    rows = chat_sessions(days).values_list("date").annotate(Count("pk")).order_by()
    counts = {day: float(n) for day, n in rows}
    yield figures_list(
        iter(
            [
                count_candidate(
                    "Chat sessions", "activity-summary", "sessions", counts, (now, before), days
                ),
                *row_figures("engagement", now, before),
            ]
        )
    )


def recommendation_lists(now: Scope, before: Scope) -> Iterator[CandidateList]:
    """Recommendations: their click-through rate, and that of each type."""
    yield figures_list(row_figures("recommendations", now, before))
    yield CandidateList(
        "types",
        "Recommendation types",
        "Click-through rate",
        tuple(type_candidates(now, before)),
    )


def type_candidates(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield the click-through rate of each type; a user's recommendations belong together."""
    both = replace(now, start=before.start)
    rows = recommendations(both).filter(in_dates(now) | in_dates(before))
    which = Case(
        When(in_dates(now), then=Value("now")),
        default=Value("before"),
        output_field=TextField(),
    )
    by_key = clustered(
        rows,
        "click_through_rate",
        USER_OR_ROW,
        groups=Concat(
            which,
            Value("\n", output_field=TextField()),
            Cast("recommendation_type", TextField()),
            output_field=TextField(),
        ),
    )
    groups: dict[str, dict[str, Group]] = defaultdict(dict)
    for key, group in by_key.items():
        period, _, name = str(key).partition("\n")
        groups[name][period] = group
    for name, of_type in sorted(groups.items()):
        here, then = of_type.get("now"), of_type.get("before")
        chances: list[Chance] = []
        if here and then and min(here.n, then.n) >= MIN_WHOLE:
            compared = contrast(here, then)
            if compared.is_known:
                chances = [Chance(compared.error, compared.freedom)]
        yield Candidate(
            name, "recommendation-effectiveness", "average_ctr", "share",
            then.mean if then else None, here.mean if here else None,
            chances=chances, keys={"type": name}, better="up", reason="" if chances else TOO_FEW,
        )  # fmt: skip


def performance_lists(now: Scope, before: Scope) -> Iterator[CandidateList]:
    """The performance rows' means."""
    yield figures_list(row_figures("moderators", now, before))


#: By the group of metrics: what is compared.
SOURCES: Mapping[str, Callable[[Scope, Scope], Iterator[CandidateList]]] = {
    "review": review_lists,
    "moderators": performance_lists,
    "engagement": chat_lists,
    "recommendations": recommendation_lists,
}
