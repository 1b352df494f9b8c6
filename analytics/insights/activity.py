"""Whether longer chat sessions go with better ratings."""

import numpy as np
from django.db.models import Count, F, FloatField, Sum
from django.db.models.functions import Cast

from analytics.comparison.correlation import correlation, difference
from analytics.comparison.work import Floats
from analytics.formatting import count, number
from analytics.insights.findings import MIN_N, Finding, FindingLevel, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.metrics.engagement import chat_sessions

#: A relation weaker than this is none that matters (J. Cohen's "small", 1988).
NO_RELATION = 0.1


def strength(r: float) -> str:
    """How strong a correlation is (J. Cohen's bounds, 1988)."""
    size = abs(r)
    return "weakly" if size < 0.3 else "moderately" if size < 0.5 else "strongly"


def r_words(r: float, low: float, high: float) -> str:
    """``r = 0.13 (95 % 0.07 to 0.19)``."""
    return f"r = {number(r, 2)} (95 % {number(low, 2)} to {number(high, 2)})"


def cannot_tell(question: str, groups: str, would_show: str) -> str:
    """The sentence where the data can't tell of a relation, with what would have been seen.

    ``groups``: those with a low and with a high value, which differ by ``would_show`` or less.
    """
    return (
        f"Cannot tell whether {question}. A difference of {would_show} or more between {groups}"
        " would have been seen."
    )


def is_none_that_matters(low: float, high: float) -> bool:
    """Whether all of an interval of r is nearer to 0 than a relation that matters."""
    return max(-low, high) < NO_RELATION


def sums_by_user(data: FindingData) -> Floats:
    """Of the rated sessions, a row a user: n, Σx, Σy, Σx², Σy², Σxy of length x and rating y."""
    length, rating = F("length_minutes"), Cast(F("feedback_rating"), FloatField())
    rows = (
        chat_sessions(data.scope)
        .filter(feedback_rating__isnull=False)
        .order_by()
        .values_list("user_id")
        .annotate(
            n=Count("pk"),
            x=Sum(length),
            y=Sum(rating),
            xx=Sum(length * length),
            yy=Sum(rating * rating),
            xy=Sum(length * rating),
        )
        .values_list("n", "x", "y", "xx", "yy", "xy")
    )
    return np.array(rows, np.float64).reshape(-1, 6)


@finding(title="Session length and rating", metric="activity-by-rating")
def length_and_rating(data: FindingData) -> Finding:
    """Whether longer sessions go with better ratings.

    Pearson's r of length and rating over the rated sessions, its 95 % interval by Fisher's z,
    widened where the sessions of one user are alike. "The same" is said only where all of it
    lies between -0.1 and 0.1; else what difference would have been seen between sessions a
    standard deviation shorter and longer than the average. A relation is no cause: people who
    like a session may stay longer.
    """
    by_user = sums_by_user(data)
    n = int(by_user[:, 0].sum())
    about = "on session length and rating"
    if n < MIN_N:
        return too_few(n, "rated sessions", about=about)
    relation = correlation(by_user[:, 0], by_user[:, 1], by_user[:, 2], by_user[:, 3:])
    if relation is None:
        needs = "all lengths or all ratings are equal"
        return too_few(n, "rated sessions", about=about, needs=needs)
    would_show = difference(relation.would_show, relation.deviation)
    level: FindingLevel = "watch"
    if relation.low > 0:
        sentence = f"Longer sessions go with better ratings, {strength(relation.r)}."
    elif relation.high < 0:
        sentence = f"Longer sessions go with worse ratings, {strength(relation.r)}."
    elif is_none_that_matters(relation.low, relation.high):
        level = "note"
        sentence = (
            "Short and long sessions get the same ratings, but for what is too small to matter."
        )
    else:
        level = "note"
        sentence = cannot_tell(
            "longer sessions go with better ratings",
            "short and long sessions",
            number(would_show),
        )
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted="rated sessions",
        evidence=(
            f"{r_words(relation.r, relation.low, relation.high)}, {n_words(n, 'rated session')} of"
            f" {count(len(by_user))} users; not a cause"
        ),
        interval=Interval(relation.low, relation.high, of="Pearson's r"),
        numbers={"r": relation.r, "detectable_difference": would_show},
    )
