"""What to do: what sessions with a low rating have in common against the others."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Avg, Case, Count, F, FloatField, Q, QuerySet, StdDev, Value, When
from django.db.models.expressions import Combinable

from analytics.formatting import join_names, minutes, number, points, share
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.statistics import Difference, Sample, difference
from analytics.metrics.engagement import chat_sessions
from analytics.models import ChatSession

#: A rating of this or less is low.
LOW_RATING = 2


@dataclass(frozen=True)
class Trait:
    """Something about a session that may differ between low-rated ones and the others.

    ``more`` and ``less`` say what the low-rated ones do, with the ``{gap}``; ``size`` words a
    mean and ``gap`` a difference.
    """

    name: str
    expression: Combinable
    more: str
    less: str
    size: Callable[[float], str]
    gap: Callable[[float], str]


TRAITS = (
    Trait(
        "session length",
        F("length_minutes"),
        "are {gap} longer",
        "are {gap} shorter",
        minutes,
        minutes,
    ),
    Trait(
        "messages",
        F("messages_sent"),
        "have {gap} more messages",
        "have {gap} fewer messages",
        number,
        number,
    ),
    Trait(
        "resources clicked",
        F("resources_clicked"),
        "have {gap} more clicks on resources",
        "have {gap} fewer clicks on resources",
        number,
        number,
    ),
    Trait(
        "weekend",
        Case(
            When(date__iso_week_day__gte=6, then=Value(1.0)),
            default=Value(0.0),
            output_field=FloatField(),
        ),
        "are {gap} more often at a weekend",
        "are {gap} less often at a weekend",
        share,
        points,
    ),
)


def trait_sample(rows: QuerySet[ChatSession], trait: Trait) -> Sample | None:
    """Return n, mean and spread of a trait over the sessions where it is known."""
    known = rows.annotate(trait=trait.expression).filter(trait__isnull=False)
    return Sample.of(
        known.aggregate(n=Count("pk"), mean=Avg("trait"), sd=StdDev("trait", sample=True))
    )


def gap_words(trait: Trait, compared: Difference) -> str:
    """What the low-rated sessions do: ``are 5.1 min shorter``."""
    words = trait.more if compared.value > 0 else trait.less
    return words.format(gap=trait.gap(abs(compared.value)))


def trait_words(trait: Trait, compared: Difference) -> str:
    """``session length 54.9 min against 60.0 min, difference −5.1 min (95 % ...)``."""
    return (
        f"{trait.name} {trait.size(compared.a.mean)} against {trait.size(compared.b.mean)},"
        f" difference {trait.gap(compared.value)} (95 % {trait.gap(compared.low)} to"
        f" {trait.gap(compared.high)})"
    )


@finding(title="What low-rated sessions have in common", metric="activity-by-rating", kind="action")
def low_rated_sessions(data: FindingData) -> Finding:
    """What sessions rated 1 or 2 have in common against the other rated ones.

    Length, messages, resources clicked and the share at the weekend are compared by Welch's
    test, corrected (Bonferroni) for their number; only differences larger than chance explains
    are told. What goes with a low rating need not be its cause.
    """
    rated = chat_sessions(data.scope).filter(feedback_rating__isnull=False)
    low, rest = Q(feedback_rating__lte=LOW_RATING), Q(feedback_rating__gt=LOW_RATING)
    counts = rated.aggregate(low=Count("pk", filter=low), rest=Count("pk", filter=rest))
    n = counts["low"] + counts["rest"]
    if min(counts["low"], counts["rest"]) < MIN_N:
        return too_few(
            n,
            "rated sessions",
            what="on low-rated sessions",
            needs=f"10 rated low and 10 others are needed, there are {counts['low']:,} and"
            f" {counts['rest']:,}",
        )
    found: dict[Trait, Difference] = {}
    for trait in TRAITS:
        a = trait_sample(rated.filter(low), trait)
        b = trait_sample(rated.filter(rest), trait)
        if a is not None and b is not None and a.enough and b.enough:
            found[trait] = difference(a, b, compared=len(TRAITS))
    clear = [trait for trait in found if found[trait].clear]
    ends = f"{n_words(counts['low'], 'session')} rated 1 or 2 and {counts['rest']:,} others"
    details = tuple(trait_words(trait, found[trait]) for trait in found)
    if not clear:
        first = min(found, key=lambda trait: found[trait].p)
        return Finding(
            level="good",
            sentence="Low-rated sessions differ from the others by no more than chance explains.",
            n=n,
            counted="rated sessions",
            evidence=f"{trait_words(first, found[first])}, {ends}",
            interval=Interval(found[first].low, found[first].high, of=f"{first.name}, difference"),
            details=details,
        )
    clear.sort(key=lambda trait: found[trait].p)
    first = clear[0]
    gaps = [gap_words(trait, found[trait]) for trait in clear]
    return Finding(
        level="watch",
        sentence=f"Low-rated sessions {join_names(gaps, most=4)}.",
        n=n,
        counted="rated sessions",
        evidence=f"{trait_words(first, found[first])}, {ends}; not a cause",
        interval=Interval(found[first].low, found[first].high, of=f"{first.name}, difference"),
        numbers={
            **{f"{trait.name}, difference": found[trait].value for trait in clear},
            "p": found[first].p,
        },
        details=details,
        action="Read some of them: what was missing, and would the user have stayed for it?",
    )
