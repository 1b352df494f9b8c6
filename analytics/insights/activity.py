"""Whether longer chat sessions go with better ratings."""

from django.contrib.postgres.aggregates import Corr
from django.db.models import Count

from analytics.formatting import number
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import fisher_interval


def strength(r: float) -> str:
    """How strong a correlation is (J. Cohen's bounds, 1988)."""
    size = abs(r)
    return "weakly" if size < 0.3 else "moderately" if size < 0.5 else "strongly"


def signed(value: float, places: int = 2) -> str:
    """A number that may be negative, for intervals around 0: ``−0.12``."""
    return number(value, places)


def r_words(r: float, low: float, high: float) -> str:
    """``r = 0.13 (95 % 0.07 to 0.19)``."""
    return f"r = {signed(r)} (95 % {signed(low)} to {signed(high)})"


@finding(title="Session length and rating", metric="activity-by-rating")
def length_and_rating(data: FindingData) -> Finding:
    """Whether longer sessions go with better ratings.

    Pearson's r of length and rating over the rated sessions, its 95 % interval by Fisher's z.
    An interval that holds 0 shows no clear relation. A relation is no cause: people who like a
    session may stay longer.
    """
    rated = chat_sessions(data.scope).filter(feedback_rating__isnull=False)
    row = rated.aggregate(n=Count("pk"), r=Corr(y="feedback_rating", x="length_minutes"))
    n, r = row["n"], row["r"]
    low, high = fisher_interval(r, n)
    about = "on session length and rating"
    if n < MIN_N:
        return too_few(n, "rated sessions", what=about)
    if r is None or low is None or high is None:
        needs = "all lengths or all ratings are equal"
        return too_few(n, "rated sessions", what=about, needs=needs)
    if low > 0:
        sentence = f"Longer sessions go with better ratings, {strength(r)}."
    elif high < 0:
        sentence = f"Longer sessions go with worse ratings, {strength(r)}."
    else:
        sentence = "There is no clear relation between session length and rating."
    return Finding(
        level="good" if low <= 0 <= high else "watch",
        sentence=sentence,
        n=n,
        counted="rated sessions",
        evidence=f"{r_words(r, low, high)}, {n_words(n, 'rated session')}; not a cause",
        interval=Interval(low, high, of="Pearson's r"),
        numbers={"r": r},
    )
