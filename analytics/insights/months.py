"""The best and the worst month."""

from django.db.models import Avg, Count, StdDev
from django.db.models.functions import TruncMonth

from analytics.formatting import interval as interval_words
from analytics.formatting import month as month_words
from analytics.formatting import number
from analytics.insights.findings import Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.statistics import Sample, corrected_words, difference, pairs
from analytics.metrics.engagement import chat_sessions, iso_month


@finding(title="Best and worst month", metric="rating-by-month")
def best_and_worst_month(data: FindingData) -> Finding:
    """The months with the best and the worst average rating, and whether they really differ.

    Among the months with 10 rated sessions or more. The two are compared by Welch's test,
    corrected (Bonferroni) for all pairs of months, since they were chosen for being extreme.
    """
    months = (
        chat_sessions(data.scope)
        .filter(feedback_rating__isnull=False)
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(
            n=Count("pk"), mean=Avg("feedback_rating"), sd=StdDev("feedback_rating", sample=True)
        )
        .order_by("month")
    )
    samples = {iso_month(row["month"]): Sample.of(row) for row in months}
    known = {name: sample for name, sample in samples.items() if sample and sample.enough}
    n = sum(sample.n for sample in samples.values() if sample)
    if len(known) < 2:
        return too_few(
            n,
            "rated sessions",
            what="to compare months",
            needs="two months with 10 each are needed",
        )
    # Of equally good months the later is named, of equally bad ones the earlier.
    best = max(known, key=lambda name: (known[name].mean, name))
    worst = min(known, key=lambda name: (known[name].mean, name))
    compared = difference(known[best], known[worst], compared=len(pairs(list(known))))
    averages = {name: f"{number(known[name].mean, 2)} (n = {known[name].n:,})" for name in known}
    sentence = (
        f"{month_words(best)} was the best month and {month_words(worst)} the worst"
        if best != worst and compared.value
        else "All months are rated alike"
    )
    sentence += "." if compared.clear else "; chance explains the difference."
    return Finding(
        level="watch" if compared.clear else "good",
        sentence=sentence,
        n=n,
        counted="rated sessions",
        evidence=(
            f"{averages[best]} against {averages[worst]}, difference {number(compared.value, 2)}"
            f" (95 % {interval_words(compared.low, compared.high, 2)}"
            f"{corrected_words(compared.compared)}), {n_words(n, 'rated session')}"
        ),
        interval=Interval(compared.low, compared.high, of="the difference of the two months"),
        numbers={
            "best_month": best,
            "best_rating": known[best].mean,
            "worst_month": worst,
            "worst_rating": known[worst].mean,
            "difference": compared.value,
            "p": compared.p,
        },
    )
