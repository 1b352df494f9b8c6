"""When work is done: the share of each hour of the day in both periods, judged by days."""

from collections.abc import Iterator

from analytics.comparison.changes import Chance, chances_of_ratio, cluster_sums
from analytics.insights.change_shares import TOO_FEW, are_enough, ratio_value
from analytics.insights.period_changes import Candidate
from analytics.metrics.ratios import MIN_DAYS, RATIOS, clusters_of
from analytics.scope import Scope
from analytics.summaries.by_hour import videos_by_hour_and_day
from analytics.summaries.reading import read_summaries


def hour_candidates(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield the share of each hour that has videos in either period.

    Of all weekdays together: a weekday alone has too few days to tell how much they vary.
    """
    readers = [read_summaries(scope) for scope in (before, now)]
    wholes = [
        {day: float(row["videos"]) for day, row in reader.by_day.items()} for reader in readers
    ]
    by_hour = [videos_by_hour_and_day(reader) for reader in readers]
    effect = session_effect(now, before)
    for hour in sorted({*by_hour[0], *by_hour[1]}):
        then, here = (
            cluster_sums([(n, float(hours.get(hour, {}).get(day, 0))) for day, n in whole.items()])
            for hours, whole in zip(by_hour, wholes, strict=True)
        )
        chances: list[Chance] = []
        if are_enough(then, here) and min(then.clusters, here.clusters) >= MIN_DAYS:
            chances = chances_of_ratio([here], [then], is_share=True, design_effect=effect)
        yield Candidate(
            hour_words(hour), "review-by-hour", "videos", "share",
            ratio_value(then), ratio_value(here), chances=chances, keys={"hour": str(hour)},
            reason="" if chances else TOO_FEW,
        )  # fmt: skip


def hour_words(hour: int) -> str:
    """``09:00 to 10:00``."""
    return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"


def session_effect(now: Scope, before: Scope) -> float:
    """How much more shares vary where all videos of a session fall into one hour.

    The mean number of videos that share a video's session (L. Kish, Survey Sampling, 1965, 8.2).
    """
    sums = [clusters_of(RATIOS["completion_rate"], scope)[0] for scope in (now, before)]
    whole = sum(each.whole for each in sums)
    return max(sum(each.whole_squares for each in sums) / whole, 1.0) if whole else 1.0
