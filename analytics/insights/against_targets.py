"""Findings that hold an average to the target an admin set for it."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from django.db.models import Sum

from analytics.comparison.changes import cluster_sums
from analytics.comparison.means import Mean
from analytics.formatting import interval as interval_words
from analytics.formatting import minutes, number, plural, score, seconds, share, share_interval
from analytics.insights.findings import MIN_N, Finding, FindingLevel, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.samples import RATING_BOUNDS, SHARE_BOUNDS, mean_of
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import performance_rows
from analytics.metrics.ratios import RATIOS
from analytics.metrics.recommendations import USER_OR_ROW, recommendations
from analytics.metrics.results import Value
from analytics.models import Target

Words = Callable[[float], str]


def in_minutes(value: float) -> str:
    """A length: two decimals, without zeros that say nothing."""
    return minutes(value, 2 if round(value, 1) != round(value, 2) else 1)


def as_number(value: float) -> str:
    """Messages: ``18.4``."""
    return number(value, 1)


def judged(
    target: Target,
    mean: Mean,
    *,
    write: Words,
    n: int,
    evidence: str,
    counted: str,
    numbers: dict[str, Value] | None = None,
) -> Finding:
    """The finding by a mean and its interval.

    Good where the mean meets the target; act where the whole interval lies on the worse side,
    watch where that is by less than the target's margin; note where it may be chance.
    """
    aim = f"its target of {write(target.value)}"
    side = "below" if mean.value < target.value else "above"
    gap = abs(mean.value - target.value)
    clear = not mean.low <= target.value <= mean.high
    small = f"but by less than its margin of {write(target.margin)}"
    level: FindingLevel = "act"
    end = f", {side} {aim}."
    is_near = target.direction == Target.Direction.NEAR
    if not target.is_missed_by(mean.value) or (is_near and gap < target.margin):
        level, end = "good", f" and meets {aim}."
    elif not clear:
        level, end = "note", f", {side} {aim}, but the difference may be chance."
    elif gap < target.margin:
        level, end = "watch", f", {side} {aim}, {small}."
    elif is_near:
        level = "watch"
    return Finding(
        level=level,
        sentence=f"{target.label} averages {write(mean.value)}{end}",
        n=n,
        counted=counted,
        evidence=evidence,
        interval=Interval(mean.low, mean.high, of=f"the mean of {target.figure}"),
        numbers={"mean": mean.value, "target": target.value, **(numbers or {})},
    )


def all_equal(target: Target, value: float, *, write: Words, n: int, counted: str) -> Finding:
    """The finding by equal values, which have no interval."""
    met = not target.is_missed_by(value)
    side = "below" if value < target.value else "above"
    aim = f"its target of {write(target.value)}"
    end = f" and meets {aim}" if met else f", {side} {aim}"
    return Finding(
        level="good" if met else "note",
        sentence=f"{target.label} averages {write(value)}{end}; all values are equal.",
        n=n,
        counted=counted,
        evidence=f"all values are equal, {n_words(n, counted, counted)}",
        numbers={"mean": value, "target": target.value},
    )


def held_to_target(
    data: FindingData,
    figure: str,
    mean: Callable[[], Mean],
    *,
    write: Words,
    counted: str,
    clusters: tuple[str, str],
    is_share: bool = False,
    n: int | None = None,
    numbers: dict[str, Value] | None = None,
    note: str = "",
) -> Finding | None:
    """The finding about one figure's mean; None without a target.

    ``clusters``: the words for what the interval rests on; ``is_share``: the interval is written
    in per cent; ``n`` counts the things averaged where the rows of the mean do not; ``note``
    follows the interval.
    """
    target = data.targets.get(figure)
    if target is None:
        return None
    average = mean()
    n = average.n if n is None else n
    about = f"on {target.label.lower()}"
    if n < MIN_N:
        return too_few(n, counted, about=about)
    if not np.isfinite(average.low):
        if average.clusters < 2:
            needs = "two rows are needed to know how much they vary"
            return too_few(n, counted, about=about, needs=needs)
        return all_equal(target, average.value, write=write, n=n, counted=counted)
    evidence = (
        f"{write(average.value)} (95 % {mean_interval_words(average, is_share)}){note},"
        f" target {write(target.value)},"
        f" {n_words(n, counted, counted)}{clusters_words(average, clusters)}"
    )
    return judged(
        target, average, write=write, n=n, counted=counted, evidence=evidence, numbers=numbers
    )


def mean_interval_words(mean: Mean, is_share: bool) -> str:
    """``3.21 to 3.55``, or a share's in per cent."""
    if is_share:
        return share_interval(mean.low, mean.high)
    return interval_words(mean.low, mean.high, 2)


def clusters_words(mean: Mean, clusters: tuple[str, str]) -> str:
    """What the interval rests on, where that is less than what was averaged."""
    return f" of {plural(mean.clusters, *clusters)}" if mean.clusters < mean.n else ""


USERS = ("user", "users")
MODERATORS = ("moderator", "moderators")


@finding(title="Feedback rating against its target", metric="activity-summary")
def rating_target(data: FindingData) -> Finding | None:
    """Whether the average feedback rating meets its target.

    Mean over the rated sessions, with a 95 % interval over users, on the scale from 1 to 6: act
    where all of it lies below the target, note where that may be chance, good otherwise.
    """
    return held_to_target(
        data,
        "average_rating",
        lambda: mean_of(
            chat_sessions(data.scope), "feedback_rating", "user_id", bounds=RATING_BOUNDS
        ),
        write=score,
        counted="rated sessions",
        clusters=USERS,
    )


@finding(title="Response time against its target", metric="moderator-summary")
def response_target(data: FindingData) -> Finding | None:
    """Whether moderators' average response time meets its target.

    Plain mean over the performance rows, with a 95 % interval over moderators; n is the number
    of sessions moderated. The mean by sessions moderated is given beside it.
    """
    return performance_target(
        data,
        figure="average_response_minutes",
        column="average_response_time",
        weighted="weighted_response_minutes",
        write=in_minutes,
    )


@finding(title="Satisfaction against its target", metric="moderator-summary")
def satisfaction_target(data: FindingData) -> Finding | None:
    """Whether the average satisfaction score of moderators meets its target.

    Plain mean over the performance rows with a score, with a 95 % interval over moderators; n is
    the number of sessions moderated. The mean by sessions is given beside it.
    """
    return performance_target(
        data,
        figure="average_satisfaction",
        column="satisfaction_score",
        weighted="weighted_satisfaction",
        write=score,
    )


def performance_target(
    data: FindingData, *, figure: str, column: str, weighted: str, write: Words
) -> Finding | None:
    """The finding about a mean of the performance rows; None without a target.

    Of one moderator the rows are what the interval rests on.
    """
    if figure not in data.targets:
        return None
    rows = performance_rows(data.scope).filter(**{f"{column}__isnull": False})
    is_of_one = data.scope.moderator is not None
    mean = mean_of(rows, column, "pk" if is_of_one else "moderator_id")
    by_sessions = data.row("moderator-summary")[weighted]
    assert by_sessions is None or isinstance(by_sessions, float)
    return held_to_target(
        data,
        figure,
        lambda: mean,
        write=write,
        counted="sessions moderated",
        clusters=("row", "rows") if is_of_one else MODERATORS,
        n=rows.aggregate(n=Sum("sessions_moderated", default=0))["n"],
        numbers={"rows": mean.n, "mean_by_sessions": by_sessions},
        note=f" over {plural(mean.n, 'row')}, {number(by_sessions, 2)} by sessions",
    )


@finding(title="Click-through against its target", metric="click-through-rate")
def click_through_target(data: FindingData) -> Finding | None:
    """Whether the average click-through rate meets its target.

    Unweighted mean over the recommendations, with a 95 % interval over the users they were made
    to.
    """
    return held_to_target(
        data,
        "average_ctr",
        lambda: mean_of(
            recommendations(data.scope), "click_through_rate", USER_OR_ROW, bounds=SHARE_BOUNDS
        ),
        write=share,
        counted="recommendations",
        clusters=USERS,
        is_share=True,
    )


@finding(title="Session length against its target", metric="activity-summary")
def length_target(data: FindingData) -> Finding | None:
    """Whether the average session length meets its target.

    Mean over the sessions with a 95 % interval over users.
    """
    return held_to_target(
        data,
        "average_length_minutes",
        lambda: mean_of(chat_sessions(data.scope), "length_minutes", "user_id"),
        write=in_minutes,
        counted="sessions",
        clusters=USERS,
    )


@finding(title="Messages against their target", metric="activity-summary")
def messages_target(data: FindingData) -> Finding | None:
    """Whether the average number of messages a session meets its target.

    Mean over the sessions with a 95 % interval over users.
    """
    return held_to_target(
        data,
        "average_messages",
        lambda: mean_of(chat_sessions(data.scope), "messages_sent", "user_id"),
        write=as_number,
        counted="sessions",
        clusters=USERS,
    )


def work_target(
    data: FindingData,
    figure: str,
    *,
    write: Words,
    counted: str,
    is_share: bool = False,
) -> Finding | None:
    """The finding about a ratio of sums over review sessions; None without a target."""

    def mean() -> Mean:
        sums = cluster_sums(np.column_stack(RATIOS[figure].of_row(data.work_by_session)))
        sessions = sums.clusters
        n = int(sums.whole) if counted != "review sessions" else sessions
        value = sums.ratio if sessions else float("nan")
        if sessions < 2:
            return Mean.unknown(value, n, sessions)
        return Mean.of_error(value, sqrt(sums.variance), sessions - 1, n=n, clusters=sessions)

    return held_to_target(
        data,
        figure,
        mean,
        write=write,
        counted=counted,
        clusters=("review session", "review sessions"),
        is_share=is_share,
    )


@finding(title="Reject rate against its target", metric="review-summary")
def reject_target(data: FindingData) -> Finding | None:
    """Whether the reject rate lies near its target, if one is set.

    Rejected / decided videos, with a 95 % interval over sessions.
    """
    return work_target(
        data,
        "reject_rate",
        write=share,
        counted="decided videos",
        is_share=True,
    )


@finding(title="Completion against its target", metric="review-summary")
def completion_target(data: FindingData) -> Finding | None:
    """Whether the share of completed videos meets its target, if one is set.

    Completed / videos, with a 95 % interval over sessions.
    """
    return work_target(
        data,
        "completion_rate",
        write=share,
        counted="videos",
        is_share=True,
    )


@finding(title="Handle time against its target", metric="review-summary")
def handle_target(data: FindingData) -> Finding | None:
    """Whether the handle time meets its target, if one is set.

    Active time / decided videos of sessions with a known duration, with a 95 % interval over
    sessions.
    """
    return work_target(
        data,
        "handle_seconds",
        write=seconds,
        counted="decided videos",
    )


@finding(title="Idle share against its target", metric="review-summary")
def idle_target(data: FindingData) -> Finding | None:
    """Whether the share of idle time meets its target, if one is set.

    Idle / logged time of sessions with a known duration, with a 95 % interval over sessions.
    """
    return work_target(
        data,
        "idle_share",
        write=share,
        counted="review sessions",
        is_share=True,
    )
