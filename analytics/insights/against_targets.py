"""Findings that hold an average to the target an admin set for it."""

from collections.abc import Callable
from typing import Any

from django.db.models import Avg, Count, QuerySet, StdDev, Sum

from analytics.formatting import interval as interval_words
from analytics.formatting import minutes, number, share, share_interval
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.statistics import Sample, mean_interval
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import performance_rows
from analytics.metrics.recommendations import recommendations
from analytics.models import Target

Words = Callable[[float], str]


def sample_of(rows: QuerySet[Any], column: str) -> Sample | None:
    """Return n, mean and standard deviation of a column where it is known; None of nothing."""
    return Sample.of(
        rows.aggregate(n=Count(column), mean=Avg(column), sd=StdDev(column, sample=True))
    )


def in_minutes(value: float) -> str:
    """A length: two decimals, without zeros that say nothing."""
    return minutes(value, 2 if round(value, 1) != round(value, 2) else 1)


def as_score(value: float) -> str:
    """A rating or score: ``3.38``."""
    return number(value, 2)


def judged(
    target: Target,
    sample: Sample,
    interval: tuple[float, float],
    *,
    size: Words,
    n: int,
    evidence: str,
    counted: str,
    numbers: dict[str, float | int | None] | None = None,
) -> Finding:
    """What a mean and its interval say about a target.

    Good where the mean meets the target; act where the whole interval lies on the worse side;
    watch in between, where chance explains the difference.
    """
    higher = target.direction == Target.Direction.HIGHER
    met = sample.mean >= target.value if higher else sample.mean <= target.value
    clearly = interval[1] < target.value if higher else interval[0] > target.value
    side = "below" if higher else "above"
    aim = f"its target of {size(target.value)}"
    sentence = f"{target.label} averages {size(sample.mean)}"
    if met:
        sentence += f" and meets {aim}."
    elif clearly:
        sentence += f", {side} {aim}."
    else:
        sentence += f", {side} {aim} by no more than chance explains."
    return Finding(
        level="good" if met else "act" if clearly else "watch",
        sentence=sentence,
        n=n,
        counted=counted,
        evidence=evidence,
        interval=Interval(*interval, of=f"the mean of {target.figure}"),
        numbers={"mean": sample.mean, "target": target.value, **(numbers or {})},
    )


def held_to_target(
    data: FindingData,
    figure: str,
    sample: Sample | None,
    *,
    size: Words,
    counted: str,
    scale: float = 1.0,
) -> Finding | None:
    """The finding about one figure's mean; None without a target.

    ``scale`` is what an interval is multiplied by in words: 100 for shares.
    """
    target = data.targets.get(figure)
    if target is None:
        return None
    n = sample.n if sample else 0
    interval = mean_interval(sample) if sample and n >= MIN_N else None
    if sample is None or interval is None:
        return too_few(n, counted, what=f"on {target.label.lower()}")
    words = share_interval(*interval) if scale == 100 else interval_words(*interval, 2)
    evidence = f"{size(sample.mean)} (95 % {words}), target {size(target.value)}"
    return judged(
        target,
        sample,
        interval,
        size=size,
        n=n,
        counted=counted,
        evidence=f"{evidence}, {n_words(n, counted, counted)}",
    )


@finding(title="Feedback rating against its target", metric="activity-summary")
def rating_target(data: FindingData) -> Finding | None:
    """Whether the average feedback rating meets its target.

    Mean over the rated sessions with Student's 95 % interval: act where all of it lies below
    the target, watch where the mean does but chance explains it, good otherwise.
    """
    sample = sample_of(chat_sessions(data.scope), "feedback_rating")
    return held_to_target(data, "average_rating", sample, size=as_score, counted="rated sessions")


@finding(title="Response time against its target", metric="moderator-summary")
def response_target(data: FindingData) -> Finding | None:
    """Whether moderators' average response time meets its target.

    Plain mean over the performance rows, with Student's 95 % interval over the rows; n is the
    number of sessions moderated. The mean by sessions moderated is given beside it.
    """
    return performance_target(
        data,
        figure="average_response_minutes",
        column="average_response_time",
        weighted="weighted_response_minutes",
        size=in_minutes,
    )


@finding(title="Satisfaction against its target", metric="moderator-summary")
def satisfaction_target(data: FindingData) -> Finding | None:
    """Whether the average satisfaction score of moderators meets its target.

    Plain mean over the performance rows with a score, with Student's 95 % interval over the
    rows; n is the number of sessions moderated. The mean by sessions is given beside it.
    """
    return performance_target(
        data,
        figure="average_satisfaction",
        column="satisfaction_score",
        weighted="weighted_satisfaction",
        size=as_score,
    )


def performance_target(
    data: FindingData, *, figure: str, column: str, weighted: str, size: Words
) -> Finding | None:
    """The finding about a mean of the performance rows; None without a target."""
    target = data.targets.get(figure)
    if target is None:
        return None
    rows = performance_rows(data.scope).filter(**{f"{column}__isnull": False})
    sample = sample_of(rows, column)
    n = rows.aggregate(n=Sum("sessions_moderated", default=0))["n"]
    interval = mean_interval(sample) if sample else None
    if sample is None or n < MIN_N or interval is None:
        needs = "" if n < MIN_N else "one row alone gives no interval"
        return too_few(n, "sessions moderated", what=f"on {target.label.lower()}", needs=needs)
    by_sessions = data.row("moderator-summary")[weighted]
    assert by_sessions is None or isinstance(by_sessions, float)
    evidence = (
        f"{size(sample.mean)} (95 % {interval_words(*interval, 2)}) over {sample.n:,} rows,"
        f" {number(by_sessions, 2)} by sessions, target {size(target.value)},"
        f" {n_words(n, 'session moderated', 'sessions moderated')}"
    )
    return judged(
        target,
        sample,
        interval,
        size=size,
        n=n,
        counted="sessions moderated",
        evidence=evidence,
        numbers={"rows": sample.n, "mean_by_sessions": by_sessions},
    )


@finding(title="Click-through against its target", metric="click-through-rate")
def click_through_target(data: FindingData) -> Finding | None:
    """Whether the average click-through rate meets its target.

    Unweighted mean over the recommendations with Student's 95 % interval.
    """
    sample = sample_of(recommendations(data.scope), "click_through_rate")
    return held_to_target(
        data, "average_ctr", sample, size=share, counted="recommendations", scale=100
    )


@finding(title="Session length against its target", metric="activity-summary")
def length_target(data: FindingData) -> Finding | None:
    """Whether the average session length meets its target.

    Mean over the sessions with Student's 95 % interval.
    """
    sample = sample_of(chat_sessions(data.scope), "length_minutes")
    return held_to_target(
        data, "average_length_minutes", sample, size=in_minutes, counted="sessions"
    )


@finding(title="Messages against their target", metric="activity-summary")
def messages_target(data: FindingData) -> Finding | None:
    """Whether the average number of messages a session meets its target.

    Mean over the sessions with Student's 95 % interval.
    """
    sample = sample_of(chat_sessions(data.scope), "messages_sent")
    return held_to_target(
        data, "average_messages", sample, size=lambda value: number(value, 1), counted="sessions"
    )
