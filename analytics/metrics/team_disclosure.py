"""Whether numbers about a team reveal those of few people, by themselves, sums or differences."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from analytics.access import MIN_TEAM

# What the slices of fewer than five people are called together.
OTHER = "other"

People = frozenset[int]


@dataclass(frozen=True)
class Slice:
    """A part of a whole: how much it is, and the moderators it comes from."""

    n: int
    people: People


Slices = Mapping[str, Slice]
#: A number, as the names of the disjoint parts of which it is the sum.
Parts = frozenset[str]


def has_enough_people(people: Iterable[int]) -> bool:
    """Whether a number that rests on these people may be shown."""
    return len(frozenset(people)) >= MIN_TEAM


def has_nobody_or_enough_people(people: Iterable[int]) -> bool:
    """Whether a number is nothing at all, or rests on enough people."""
    distinct = frozenset(people)
    return not distinct or has_enough_people(distinct)


def slices_to_join(slices: Slices) -> set[str]:
    """The names of the slices to be joined, so that what is joined rests on enough people.

    The whole less the slices that are shown is what is joined, so it needs enough people too.
    """
    names = {name for name, part in slices.items() if 0 < len(part.people) < MIN_TEAM}
    if not names:
        return names
    if OTHER in slices:
        names.add(OTHER)
    visible = [name for name, part in slices.items() if part.people and name not in names]
    # Fewest people first, then by name: the same choice whoever asks.
    for name in sorted(visible, key=lambda name: (len(slices[name].people), name)):
        if has_enough_people(person for chosen in names for person in slices[chosen].people):
            break
        names.add(name)
    return names


def reveals_few_people(numbers: Sequence[Parts], people: Mapping[str, People]) -> bool:
    """Whether adding and subtracting the numbers gives one that rests on 1 to 4 people.

    ``people`` has the moderators of each part. A part of nobody is nothing, so it keeps nobody
    from seeing a difference.
    """
    for signs in product((0, 1, -1), repeat=len(numbers)):
        parts: Counter[str] = Counter()
        for sign, number in zip(signs, numbers, strict=True):
            for part in number:
                if people[part]:
                    parts[part] += sign
        remaining = [part for part, count in parts.items() if count]
        is_number = all(parts[part] == 1 for part in remaining)
        if is_number and not has_nobody_or_enough_people(
            person for part in remaining for person in people[part]
        ):
            return True
    return False


def revealing_nothing(
    candidates: Mapping[str, Parts], people: Mapping[str, People], *, known: Sequence[Parts] = ()
) -> set[str]:
    """The names of the numbers that may be shown beside each other and beside what is known.

    In their order: one that reveals too much together with those before it is left out.
    """
    visible: dict[str, Parts] = {}
    for name, parts in candidates.items():
        if not reveals_few_people([*known, *visible.values(), parts], people):
            visible[name] = parts
    return {*visible}
