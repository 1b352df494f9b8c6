"""Whether longer chat sessions go with better ratings."""

import numpy as np
from django.db.models import Count, F, FloatField, Sum
from django.db.models.functions import Cast
from django.utils.text import capfirst

from analytics.comparison.correlation import correlation
from analytics.comparison.work import Floats
from analytics.formatting import number
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


def no_relation(pair: str, low: float, high: float, would_show: float) -> str:
    """The sentence where the interval holds 0: there is no relation, or the data can't tell.

    ``pair``: the two figures in words.
    """
    if max(-low, high) < NO_RELATION:
        return f"{capfirst(pair)}: no relation stronger than r = {NO_RELATION}."
    return (
        f"Cannot tell whether {pair} are related: a relation of r = {number(would_show, 2)} or"
        " stronger would have been seen."
    )


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
    widened where the sessions of one user are alike. "No relation" is said only where all of it
    lies between -0.1 and 0.1. A relation is no cause: people who like a session may stay longer.
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
    level: FindingLevel = "watch"
    if relation.low > 0:
        sentence = f"Longer sessions go with better ratings, {strength(relation.r)}."
    elif relation.high < 0:
        sentence = f"Longer sessions go with worse ratings, {strength(relation.r)}."
    else:
        level = "note"
        sentence = no_relation(
            "session length and rating", relation.low, relation.high, relation.would_show
        )
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted="rated sessions",
        evidence=(
            f"{r_words(relation.r, relation.low, relation.high)}, {n_words(n, 'rated session')} of"
            f" {len(by_user):,} users; not a cause"
        ),
        interval=Interval(relation.low, relation.high, of="Pearson's r"),
        numbers={"r": relation.r},
    )
