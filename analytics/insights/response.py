"""Whether response time goes with how many sessions somebody moderates."""

import math
import statistics

from analytics.comparison.correlation import difference
from analytics.formatting import minutes
from analytics.insights.activity import cannot_tell, is_none_that_matters, r_words, strength
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.metrics.moderators import RESPONSE


def fisher_power(n: int) -> float:
    """The least r that four of five looks at so many moderators would have shown."""
    return math.tanh((1.96 + 0.8416) / math.sqrt(n - 3))


@finding(
    title="Response time and sessions moderated",
    metric="moderator-performance",
    about_people=True,
)
def response_and_sessions(data: FindingData) -> Finding:
    """Whether those who moderate more sessions answer sooner or later.

    Pearson's r of sessions moderated and response time over the moderators, its 95 % interval
    by Fisher's z, as in the metric. "Equally fast" is said only where all of it lies between -0.1
    and 0.1; else what difference would have been seen between moderators with a standard
    deviation fewer and more sessions than the average. A relation is no cause.
    """
    result = data.result("moderator-performance")
    summary = result.summary or {}
    n, r = int(str(summary["n"])), summary["r"]
    low, high = summary["r_low"], summary["r_high"]
    about = "on response time and sessions moderated"
    if n < MIN_N:
        return too_few(n, "moderators", about=about)
    if not (isinstance(r, float) and isinstance(low, float) and isinstance(high, float)):
        needs = "all response times or all numbers of sessions are equal"
        return too_few(n, "moderators", about=about, needs=needs)
    would_show = difference(
        fisher_power(n), statistics.stdev(float(str(row[RESPONSE.name])) for row in result.rows)
    )
    if low > 0:
        sentence = f"Those who moderate more sessions answer later, {strength(r)}."
    elif high < 0:
        sentence = f"Those who moderate more sessions answer sooner, {strength(r)}."
    elif is_none_that_matters(low, high):
        sentence = (
            "Those who moderate few and many sessions answer equally fast, but for what is too"
            " small to matter."
        )
    else:
        sentence = cannot_tell(
            "those who moderate more sessions answer sooner or later",
            "those who moderate few and many",
            minutes(would_show),
        )
    return Finding(
        level="watch" if low > 0 else "good" if high < 0 else "note",
        sentence=sentence,
        n=n,
        counted="moderators",
        evidence=f"{r_words(r, low, high)}, {n_words(n, 'moderator')}; not a cause",
        interval=Interval(low, high, of="Pearson's r"),
        numbers={"r": r, "detectable_difference": would_show},
    )
