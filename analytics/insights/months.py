"""The best and the worst month."""

from django.db.models.functions import TruncMonth

from analytics.comparison.contrasts import Contrast, Group, widest
from analytics.formatting import count, number, score
from analytics.formatting import month as month_words
from analytics.insights.findings import MIN_N, Finding, FindingLevel, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.samples import clustered
from analytics.insights.types import cannot_tell, limits, limits_words
from analytics.metrics.engagement import chat_sessions, iso_month


def months_sentence(
    best: str, worst: str, compared: Contrast, margin: float
) -> tuple[FindingLevel, str]:
    """How urgent the difference of two months is, and the sentence about it."""
    if compared.is_clear:
        sentence = f"{month_words(best)} was the best month and {month_words(worst)} the worst."
        return "note" if compared.within(margin) else "watch", sentence
    if compared.within(margin):
        return "good", f"All months are rated alike: they differ by less than {number(margin, 1)}."
    return "note", cannot_tell(compared, "the months are rated differently", score)


@finding(title="Best and worst month", metric="rating-by-month")
def best_and_worst_month(data: FindingData) -> Finding:
    """The months with the best and the worst average rating, and whether they really differ.

    Among the months with 10 rated sessions or more. The two are compared by an interval over the
    users, which holds for all pairs of months at once (Games and Howell 1976), since they were
    chosen for being extreme. Alike is said only where it lies within the rating target's margin.
    """
    rated = chat_sessions(data.scope)
    by_day = clustered(rated, "feedback_rating", "user_id", groups=TruncMonth("date"))
    months = {iso_month(day): group for day, group in by_day.items()}
    known = {name: group for name, group in months.items() if group.n >= MIN_N}
    n = sum(group.n for group in months.values())
    if len(known) < 2:
        needs = "two months with 10 each are needed"
        return too_few(n, "rated sessions", about="to compare months", needs=needs)
    # Of equally good months the later is named, of equally bad ones the earlier.
    best = max(known, key=lambda name: (known[name].mean, name))
    worst = min(known, key=lambda name: (known[name].mean, name))
    compared = widest(known[best], known[worst], groups=len(known))
    level, sentence = months_sentence(best, worst, compared, data.margin("average_rating"))
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted="rated sessions",
        evidence=(
            f"{month_words(best)} {mean_words(known[best])} against {month_words(worst)}"
            f" {mean_words(known[worst])}, difference {number(compared.value, 2)}"
            f"{limits_words(compared, score)}, of {len(known)} months,"
            f" {n_words(n, 'rated session')}"
        ),
        interval=limits(compared, "the difference of the two months"),
        numbers={
            "best_month": best,
            "best_rating": known[best].mean,
            "worst_month": worst,
            "worst_rating": known[worst].mean,
            "difference": compared.value,
            "p": compared.p,
        },
    )


def mean_words(group: Group) -> str:
    """``3.38 (n = 120, 80 users)``."""
    return f"{number(group.mean, 2)} (n = {count(group.n)}, {count(group.clusters)} users)"
