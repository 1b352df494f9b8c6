"""What to do: what sessions with a low rating have in common against the others."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import BooleanField, Case, Count, F, FloatField, Q, When
from django.db.models.expressions import Combinable

from analytics.comparison.contrasts import Contrast, Group, contrast
from analytics.formatting import count, join_names, minutes, number, points, share
from analytics.insights.findings import MIN_N, Finding, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.samples import clustered
from analytics.insights.types import cannot_tell, limits, limits_words
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.results import Value

#: A rating of this or less is low.
LOW_RATING = 2


@dataclass(frozen=True)
class Trait:
    """Something about a session that may differ between low-rated ones and the others.

    ``more`` and ``less`` say what the low-rated ones do, with the ``{gap}``; ``write`` words a
    mean and ``gap`` a difference.
    """

    name: str
    expression: Combinable
    more: str
    less: str
    write: Callable[[float], str]
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
            When(date__iso_week_day__gte=6, then=models.Value(1.0)),
            default=models.Value(0.0),
            output_field=FloatField(),
        ),
        "are {gap} more often at a weekend",
        "are {gap} less often at a weekend",
        share,
        points,
    ),
)


@dataclass(frozen=True)
class ComparedTrait:
    """A trait of the low-rated sessions against the others."""

    trait: Trait
    low: Group
    rest: Group
    difference: Contrast

    @property
    def gap_words(self) -> str:
        """What the low-rated sessions do: ``are 5.1 min shorter``."""
        words = self.trait.more if self.difference.value > 0 else self.trait.less
        return words.format(gap=self.trait.gap(abs(self.difference.value)))

    @property
    def words(self) -> str:
        """``session length 54.9 min against 60.0 min, difference −5.1 min (95 % ...)``."""
        trait = self.trait
        return (
            f"{trait.name} {trait.write(self.low.mean)} against {trait.write(self.rest.mean)},"
            f" difference {trait.gap(self.difference.value)}"
            f"{limits_words(self.difference, trait.gap)}"
        )


def compared_traits(data: FindingData) -> list[ComparedTrait]:
    """The traits for which both kinds of sessions have enough values."""
    rated = chat_sessions(data.scope).filter(feedback_rating__isnull=False)
    is_low = Case(
        When(feedback_rating__lte=LOW_RATING, then=models.Value(True)),
        default=models.Value(False),
        output_field=BooleanField(),
    )
    traits = []
    for trait in TRAITS:
        groups = clustered(rated, trait.expression, "user_id", groups=is_low)
        low, rest = groups.get(True), groups.get(False)
        if low is not None and rest is not None and min(low.n, rest.n) >= MIN_N:
            compared = contrast(low, rest, compared=len(TRAITS))
            traits.append(ComparedTrait(trait, low, rest, compared))
    return traits


@finding(title="What low-rated sessions have in common", metric="activity-by-rating", kind="action")
def low_rated_sessions(data: FindingData) -> Finding:
    """What sessions rated 1 or 2 have in common against the other rated ones.

    Length, messages, resources clicked and the share at the weekend are compared by intervals
    over the users, corrected (Bonferroni) for their number; only what is beyond chance is told.
    What goes with a low rating need not be its cause.
    """
    rated = chat_sessions(data.scope).filter(feedback_rating__isnull=False)
    is_low = Q(feedback_rating__lte=LOW_RATING)
    counts = rated.aggregate(low=Count("pk", filter=is_low), rest=Count("pk", filter=~is_low))
    n = counts["low"] + counts["rest"]
    if min(counts["low"], counts["rest"]) < MIN_N:
        return too_few(
            n,
            "rated sessions",
            about="on low-rated sessions",
            needs=f"10 rated low and 10 others are needed, there are {count(counts['low'])} and"
            f" {count(counts['rest'])}",
        )
    compared = sorted(compared_traits(data), key=lambda trait: trait.difference.p)
    clear = [trait for trait in compared if trait.difference.is_clear]
    first = compared[0]
    ends = f"{n_words(counts['low'], 'session')} rated 1 or 2 and {count(counts['rest'])} others"
    numbers: dict[str, Value] = {
        f"{trait.trait.name}, difference": trait.difference.value for trait in clear
    }
    return Finding(
        level="watch" if clear else "note",
        sentence=traits_sentence(clear, first),
        n=n,
        counted="rated sessions",
        evidence=f"{first.words}, {ends} of {count(first.rest.clusters)} users; not a cause",
        interval=limits(first.difference, f"{first.trait.name}, difference"),
        numbers=numbers | ({"p": first.difference.p} if clear else {}),
        details=tuple(trait.words for trait in compared_in_order(compared)),
        action=(
            "Read some of them: what was missing, and would the user have stayed for it?"
            if clear
            else ""
        ),
    )


def traits_sentence(clear: list[ComparedTrait], first: ComparedTrait) -> str:
    """What the low-rated sessions do beyond chance; ``first``: the trait that differs the most."""
    if clear:
        return (
            f"Low-rated sessions {join_names([trait.gap_words for trait in clear], max_names=4)}."
        )
    return cannot_tell(
        first.difference,
        f"low-rated sessions differ in {first.trait.name} or anything else",
        first.trait.gap,
    )


def compared_in_order(compared: list[ComparedTrait]) -> list[ComparedTrait]:
    """The traits as they are declared."""
    return sorted(compared, key=lambda trait: TRAITS.index(trait.trait))
