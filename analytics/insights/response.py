"""Whether response time goes with how many sessions somebody moderates."""

from analytics.insights.activity import r_words, strength
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words


@finding(
    title="Response time and sessions moderated",
    metric="moderator-performance",
    about_people=True,
)
def response_and_sessions(data: FindingData) -> Finding:
    """Whether those who moderate more sessions answer sooner or later.

    Pearson's r of sessions moderated and response time over the moderators, its 95 % interval
    by Fisher's z, as in the metric. An interval that holds 0 shows no clear relation; and a
    relation is no cause.
    """
    result = data.result("moderator-performance")
    summary = result.summary or {}
    n, r = int(str(summary["n"])), summary["r"]
    low, high = summary["r_low"], summary["r_high"]
    about = "on response time and sessions moderated"
    if n < MIN_N:
        return too_few(n, "moderators", what=about)
    if not (isinstance(r, float) and isinstance(low, float) and isinstance(high, float)):
        needs = "all response times or all numbers of sessions are equal"
        return too_few(n, "moderators", what=about, needs=needs)
    if low > 0:
        sentence = f"Those who moderate more sessions answer later, {strength(r)}."
    elif high < 0:
        sentence = f"Those who moderate more sessions answer sooner, {strength(r)}."
    else:
        sentence = "There is no clear relation between response time and sessions moderated."
    return Finding(
        level="watch" if low > 0 else "good",
        sentence=sentence,
        n=n,
        counted="moderators",
        evidence=f"{r_words(r, low, high)}, {n_words(n, 'moderator')}; not a cause",
        interval=Interval(low, high, of="Pearson's r"),
        numbers={"r": r},
    )
