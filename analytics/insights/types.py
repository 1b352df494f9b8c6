"""Findings about the types of recommendations: feedback, click-through, how common they are."""

from collections.abc import Callable

from django.utils.text import capfirst

from analytics.comparison.contrasts import Contrast, Group, widest
from analytics.formatting import (
    count,
    join_names,
    number,
    points,
    score,
    share,
    share_interval,
)
from analytics.insights.findings import MIN_N, Finding, FindingLevel, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.samples import clustered
from analytics.metrics.formulas import wilson
from analytics.metrics.recommendations import USER_OR_ROW, recommendations

#: Feedback has no scale of its own in the data: differences in a fifth of a point do not matter.
FEEDBACK_MARGIN = 0.2


def groups_by_type(data: FindingData, column: str) -> dict[str, Group]:
    """The values of a column by type, of the types about which something may be claimed."""
    groups = clustered(
        recommendations(data.scope), column, USER_OR_ROW, groups="recommendation_type"
    )
    return {name: group for name, group in groups.items() if group.n >= MIN_N}


def too_few_types(data: FindingData, column: str, about: str) -> Finding:
    """The finding where fewer than two types have enough values in a column."""
    n = recommendations(data.scope).filter(**{f"{column}__isnull": False}).count()
    return too_few(n, "recommendations", about=about, needs="two types with 10 each are needed")


def best_first(groups: dict[str, Group]) -> list[str]:
    """The names, the highest mean first."""
    return sorted(groups, key=lambda name: (-groups[name].mean, name))


def cannot_tell(compared: Contrast, question: str, write: Callable[[float], str]) -> str:
    """The sentence where it may be chance, with the difference that would have been seen."""
    if not compared.is_known:
        return f"Cannot tell whether {question}: the values do not vary."
    return (
        f"Cannot tell whether {question}: a difference of {write(compared.would_show)} or more"
        " would have been seen."
    )


def limits(compared: Contrast, of: str) -> Interval | None:
    """The interval of a difference, where there is one."""
    return Interval(compared.low, compared.high, of) if compared.is_known else None


def limits_words(compared: Contrast, write: Callable[[float], str]) -> str:
    """``(95 % −0.1 to 0.4, all 3 types at once)``; nothing where the interval is unknown."""
    if not compared.is_known:
        return ""
    return f" (95 % {write(compared.low)} to {write(compared.high)})"


def lead_sentence(
    best: str, second: str, lead: Contrast, *, types: int
) -> tuple[FindingLevel, str]:
    """How good the lead of the best type is, and the sentence about it."""
    if lead.is_clear:
        return "good", f"{capfirst(best)} has the best feedback of {types} types."
    if lead.within(FEEDBACK_MARGIN):
        return "note", (
            f"{capfirst(best)} and {second} have the best feedback: they differ by less than"
            f" {number(FEEDBACK_MARGIN, 1)}."
        )
    return "note", cannot_tell(lead, f"{best} or {second} has the best feedback", score)


@finding(title="Type with the best feedback", metric="recommendation-effectiveness")
def best_feedback(data: FindingData) -> Finding:
    """The type of recommendation with the best feedback score, and whether it really leads.

    Among the types with 10 scores or more. The best is compared with the runner-up by an
    interval over the users, which holds for all types at once (Games and Howell 1976), since it
    was chosen for being the best.
    """
    known = groups_by_type(data, "feedback_score")
    if len(known) < 2:
        return too_few_types(data, "feedback_score", "on the types' feedback")
    order = best_first(known)
    best, second = order[0], order[1]
    lead = widest(known[best], known[second], groups=len(order))
    level, sentence = lead_sentence(best, second, lead, types=len(known))
    n = sum(group.n for group in known.values())
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted="recommendations with feedback",
        evidence=(
            f"{number(known[best].mean, 2)} against {number(known[second].mean, 2)} for {second},"
            f" difference {number(lead.value, 2)}{limits_words(lead, score)},"
            f" {n_words(known[best].n, best, best)} and {count(known[second].n)} {second}, made to"
            f" {count(known[best].clusters)} and {count(known[second].clusters)} users"
        ),
        interval=limits(lead, "the lead over the runner-up"),
        numbers={
            "best": best,
            "feedback": known[best].mean,
            "second": second,
            "second_feedback": known[second].mean,
            "difference": lead.value,
            "p": lead.p,
        },
        details=tuple(
            f"{name}: {number(known[name].mean, 2)}, {n_words(known[name].n, 'recommendation')}"
            for name in order
        ),
    )


def gap_sentence(
    groups: dict[str, Group], gap: Contrast, margin: float
) -> tuple[FindingLevel, str]:
    """How urgent the gap of the highest and lowest rates is, and the sentence about it."""
    order = best_first(groups)
    rates = [f"{name} {share(groups[name].mean)}" for name in order]
    if gap.is_clear:
        high, low = order[0], order[-1]
        return "note" if gap.within(margin) else "watch", (
            f"Click-through differs by type: {share(groups[high].mean)} for {high} against"
            f" {share(groups[low].mean)} for {low}."
        )
    if gap.within(margin):
        return "good", (
            f"Click-through is balanced: {join_names(rates, max_names=4)} differ by less than"
            f" {points(margin)}."
        )
    return "note", cannot_tell(gap, "the types' click-through differs", points)


@finding(title="Click-through by type", metric="recommendation-effectiveness")
def click_through_by_type(data: FindingData) -> Finding:
    """Whether the types' click-through rates really differ.

    The highest and the lowest of the types with 10 recommendations or more are compared by an
    interval over the users, which holds for all pairs at once (Games and Howell 1976). Balanced is
    said only where it lies within the margin of the click-through's target.
    """
    known = groups_by_type(data, "click_through_rate")
    if len(known) < 2:
        return too_few_types(data, "click_through_rate", "on the types' click-through")
    order = best_first(known)
    high, low = order[0], order[-1]
    gap = widest(known[high], known[low], groups=len(order))
    level, sentence = gap_sentence(known, gap, data.margin("average_ctr"))
    n = sum(group.n for group in known.values())
    users = max(group.clusters for group in known.values())
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{high} above {low} by {points(gap.value)}{limits_words(gap, points)},"
            f" {n_words(n, 'recommendation')}, up to {count(users)} users a type"
        ),
        interval=limits(gap, f"{high} minus {low}"),
        numbers={"high": high, "low": low, "difference": gap.value, "p": gap.p},
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
        return too_few(n, "recommendations", about="on the mix of types")
    most = max(amounts.values())
    leaders = sorted(name for name, amount in amounts.items() if amount == most)
    low, high = wilson(most, n)
    assert low is not None
    assert high is not None
    if len(amounts) == 1:
        sentence = f"Every recommendation is of one type, {leaders[0]}."
    elif len(leaders) > 1:
        sentence = f"{capfirst(join_names(leaders, max_names=4))} are equally the commonest types."
    else:
        sentence = f"{capfirst(leaders[0])} is the commonest type: {share(most / n)} of all."
    return Finding(
        level="note",
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{count(most)} of {count(n)}: {share(most / n)} (95 % {share_interval(low, high)}),"
            f" {n_words(n, 'recommendation')}"
        ),
        interval=Interval(low, high, of="the share of the commonest type"),
        numbers={"type": leaders[0], "share": most / n, "recommendations": most},
        details=tuple(
            f"{name}: {count(amounts[name])}, {share(amounts[name] / n)}"
            for name in sorted(amounts, key=lambda name: (-amounts[name], name))
        ),
    )
