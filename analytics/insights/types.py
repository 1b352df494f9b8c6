"""Findings about the types of recommendations: feedback, click-through, how common they are."""

from django.db.models import Avg, Count, StdDev

from analytics.formatting import join_names, number, share, share_interval
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.statistics import Difference, Sample, corrected_words, difference, pairs
from analytics.metrics.formulas import wilson
from analytics.metrics.recommendations import recommendations


def samples_by_type(data: FindingData, column: str) -> dict[str, Sample]:
    """Return n, mean and spread of a column for each type that has a value, by type."""
    rows = (
        recommendations(data.scope)
        .filter(**{f"{column}__isnull": False})
        .values("recommendation_type")
        .annotate(n=Count("pk"), mean=Avg(column), sd=StdDev(column, sample=True))
        .order_by("recommendation_type")
    )
    return {
        row["recommendation_type"]: sample for row in rows if (sample := Sample.of(row)) is not None
    }


def comparable(samples: dict[str, Sample]) -> dict[str, Sample]:
    """The types about which something may be claimed."""
    return {name: sample for name, sample in samples.items() if sample.enough}


def too_few_types(samples: dict[str, Sample], what: str) -> Finding:
    """Return that the types can't be compared."""
    n = sum(sample.n for sample in samples.values())
    return too_few(n, "recommendations", what=what, needs="two types with 10 each are needed")


def shown(name: str) -> str:
    """A type at the beginning of a sentence."""
    return name[:1].upper() + name[1:]


@finding(title="Type with the best feedback", metric="recommendation-effectiveness")
def best_feedback(data: FindingData) -> Finding:
    """The type of recommendation with the best feedback score, and whether it clearly leads.

    Among the types with 10 scores or more. The best is compared with the runner-up by Welch's
    test, corrected (Bonferroni) for all pairs of types, since it was chosen for being the best.
    """
    samples = samples_by_type(data, "feedback_score")
    known = comparable(samples)
    if len(known) < 2:
        return too_few_types(samples, "on the types' feedback")
    order = sorted(known, key=lambda name: (-known[name].mean, name))
    best, second = order[0], order[1]
    lead = difference(known[best], known[second], compared=len(pairs(order)))
    if lead.clear:
        sentence = f"{shown(best)} has the best feedback of {len(known)} types."
    else:
        sentence = (
            f"{shown(best)} has the best feedback of {len(known)} types, but chance explains its"
            f" lead over {second}."
        )
    n = sum(sample.n for sample in known.values())
    return Finding(
        level="good" if lead.clear else "watch",
        sentence=sentence,
        n=n,
        counted="recommendations with feedback",
        evidence=(
            f"{number(lead.a.mean, 2)} against {number(lead.b.mean, 2)} for {second}, difference"
            f" {number(lead.value, 2)} (95 % {number(lead.low, 2)} to {number(lead.high, 2)}),"
            f" {n_words(lead.a.n, best, best)} and {lead.b.n:,} {second}"
        ),
        interval=Interval(lead.low, lead.high, of="the lead over the runner-up"),
        numbers={
            "best": best,
            "feedback": lead.a.mean,
            "second": second,
            "second_feedback": lead.b.mean,
            "difference": lead.value,
            "p": lead.p,
        },
        details=tuple(
            f"{name}: {number(known[name].mean, 2)}, {n_words(known[name].n, 'recommendation')}"
            for name in order
        ),
    )


@finding(title="Click-through by type", metric="recommendation-effectiveness")
def click_through_by_type(data: FindingData) -> Finding:
    """Whether the types' click-through rates really differ.

    Every pair of types with 10 recommendations or more is compared by Welch's test, corrected
    (Bonferroni) for the number of pairs. Balanced where chance explains every difference.
    """
    samples = samples_by_type(data, "click_through_rate")
    known = comparable(samples)
    if len(known) < 2:
        return too_few_types(samples, "on the types' click-through")
    order = sorted(known, key=lambda name: (-known[name].mean, name))
    couples = pairs(order)
    compared: dict[tuple[str, str], Difference] = {
        (a, b): difference(known[a], known[b], compared=len(couples)) for a, b in couples
    }
    clear = [couple for couple in couples if compared[couple].clear]
    # The clearest difference, or else the largest one, to show that it is none.
    high, low = (
        min(clear, key=lambda couple: compared[couple].p)
        if clear
        else (
            order[0],
            order[-1],
        )
    )
    widest = compared[high, low]
    rates = [f"{name} {share(known[name].mean)}" for name in order]
    if clear:
        sentence = (
            f"Click-through differs by type: {share(widest.a.mean)} for {high} against"
            f" {share(widest.b.mean)} for {low}."
        )
    else:
        sentence = (
            f"Click-through is balanced: {join_names(rates, most=4)} differ by no more than chance"
            " explains."
        )
    n = sum(sample.n for sample in known.values())
    return Finding(
        level="watch" if clear else "good",
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{high} above {low} by {number(widest.value * 100)} pts (95 %"
            f" {number(widest.low * 100)} to {number(widest.high * 100)}"
            f"{corrected_words(len(couples))}), {n_words(n, 'recommendation')}"
        ),
        interval=Interval(widest.low, widest.high, of=f"{high} minus {low}"),
        numbers={"high": high, "low": low, "difference": widest.value, "p": widest.p},
        details=tuple(
            f"{name}: {share(known[name].mean)}, {n_words(known[name].n, 'recommendation')}"
            for name in order
        ),
    )


@finding(title="Commonest type", metric="recommendation-mix")
def commonest_type(data: FindingData) -> Finding:
    """The type recommended most often, and its share with Wilson's 95 % interval.

    Share = recommendations of the type / all recommendations in scope.
    """
    rows = data.result("recommendation-mix").rows
    amounts = {str(row["type"]): int(str(row["recommendations"])) for row in rows}
    n = sum(amounts.values())
    if n < MIN_N:
        return too_few(n, "recommendations", what="on the mix of types")
    most = max(amounts.values())
    leaders = sorted(name for name, amount in amounts.items() if amount == most)
    low, high = wilson(most, n)
    assert low is not None
    assert high is not None
    if len(amounts) == 1:
        sentence = f"Every recommendation is of one type, {leaders[0]}."
    elif len(leaders) > 1:
        sentence = f"{shown(join_names(leaders, most=4))} are equally the commonest types."
    else:
        sentence = f"{shown(leaders[0])} is the commonest type: {share(most / n)} of all."
    return Finding(
        level="good",
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{most:,} of {n:,}: {share(most / n)} (95 % {share_interval(low, high)}),"
            f" {n_words(n, 'recommendation')}"
        ),
        interval=Interval(low, high, of="the share of the commonest type"),
        numbers={"type": leaders[0], "share": most / n, "recommendations": most},
        details=tuple(
            f"{name}: {amounts[name]:,}, {share(amounts[name] / n)}"
            for name in sorted(amounts, key=lambda name: (-amounts[name], name))
        ),
    )
