"""How large a sample of decided views has to be, where the views of one session are alike.

Of views drawn one by one only those are alike that come from the same session, and the fewer are
drawn, the fewer they are: so the design effect grows with the sample (L. Kish, Survey Sampling,
1965, 5.4). Knows no Django.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from analytics.comparison.changes import ClusterSums
from analytics.comparison.design_effect import design_effect_of_rates
from analytics.comparison.sampling import allocate, precision


@dataclass(frozen=True)
class Sessions:
    """The views that a sample is drawn from: how many, and their sessions' squares added up.

    ``likeness``: the correlation between two views of one session, 0-1.
    """

    views: int
    squares: int
    likeness: float

    def design_effect(self, checked: int) -> float:
        """How many times more ``checked`` views vary than independent ones would."""
        if checked < 1 or self.views < 2:
            return 1.0
        pairs_of_a_session = (self.squares - self.views) / (self.views * (self.views - 1))
        return 1 + self.likeness * (checked - 1) * pairs_of_a_session

    def precision(self, checked: int, *, expected: float) -> float | None:
        """The half width of the 95 % interval; None for no checks."""
        effect = self.design_effect(checked)
        return precision(checked, population=self.views, expected=expected, design_effect=effect)

    def sample_size(self, half_width: float, *, expected: float) -> int:
        """The least number of checks that gives ``half_width``; all of them where none does."""

        def is_enough(checked: int) -> bool:
            reached = self.precision(checked, expected=expected)
            # A size that is whole but for the last digit is that size.
            return reached is not None and reached <= half_width + 1e-12

        return least(self.views, is_enough)


def least(most: int, is_enough: Callable[[int], bool]) -> int:
    """The least of 1 to ``most`` that is enough, as are all above it; ``most`` where none is."""
    low, high = min(1, most), most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def likeness(groups: Iterable[ClusterSums]) -> float:
    """The correlation between two views of one session, 0-1, from rates over whole sessions.

    From the design effect D of the groups' rates: (D - 1) / (m - 1), with m = Σ n² / Σ n, the size
    of the session that a view belongs to.
    """
    sums = list(groups)
    views = sum(group.whole for group in sums)
    size = sum(group.whole_squares for group in sums) / views if views else 0.0
    if size <= 1:
        return 0.0
    return min(1.0, (design_effect_of_rates(sums) - 1) / (size - 1))


@dataclass(frozen=True)
class Part:
    """A part of the population: its ``name``, and how many of its views are drawn."""

    name: str
    sessions: Sessions
    drawn: int


@dataclass(frozen=True)
class Precision:
    """What is wanted: the ``half_width`` of the interval of the ``expected`` share, both 0-1."""

    half_width: float
    expected: float


def plan_whole(
    whole: Sessions, parts: dict[str, Sessions], *, wanted: Precision, at_least: int
) -> list[Part]:
    """Draw so many of the whole that its share is known; in proportion, ``at_least`` of each."""
    total = whole.sample_size(wanted.half_width, expected=wanted.expected)
    drawn = allocate(total, [part.views for part in parts.values()], at_least=at_least)
    return [Part(name, part, n) for (name, part), n in zip(parts.items(), drawn, strict=True)]


def plan_each(parts: dict[str, Sessions], *, wanted: Precision, at_least: int) -> list[Part]:
    """Draw as many of each part, so many that the share of each is known."""
    sizes = [
        part.sample_size(wanted.half_width, expected=wanted.expected) for part in parts.values()
    ]
    common = max([at_least, *sizes])
    return [Part(name, part, min(part.views, common)) for name, part in parts.items()]


def overall_precision(parts: Iterable[Part], *, expected: float) -> float | None:
    """The half width for all parts together, each weighted by its views.

    None where nothing is drawn of a part with views.
    """
    seen = [part for part in parts if part.sessions.views]
    views = sum(part.sessions.views for part in seen)
    variance = 0.0
    for part in seen:
        own = part.sessions.precision(part.drawn, expected=expected)
        if own is None:
            return None
        variance += (part.sessions.views / views * own) ** 2
    return variance**0.5 if seen else None


def worth(checked: int, design_effect: float) -> int:
    """How many independent checks so many are worth."""
    return ceil(round(checked / design_effect, 6))
