"""Random choices that a seed gives again, on every machine and in every version of Python.

Of Python's generator only ``random()`` is promised to stay as it is for a seed, so everything is
made of that.
"""

import random
from collections.abc import MutableSequence
from typing import Any


def chosen_ranks(n: int, population: int, generator: random.Random) -> list[int]:
    """``n`` different whole numbers below ``population``, ascending, each set as likely.

    R. W. Floyd's algorithm (J. Bentley and B. Floyd, Communications of the ACM 30, 1987).
    """
    chosen: set[int] = set()
    for upper in range(population - n, population):
        candidate = below(upper + 1, generator)
        chosen.add(upper if candidate in chosen else candidate)
    return sorted(chosen)


def shuffle(items: MutableSequence[Any], generator: random.Random) -> None:
    """Put ``items`` into a random order, by R. A. Fisher and F. Yates."""
    for last in range(len(items) - 1, 0, -1):
        other = below(last + 1, generator)
        items[last], items[other] = items[other], items[last]


def below(limit: int, generator: random.Random) -> int:
    """A whole number from 0 to below ``limit``, which is far less than 2 to the power of 53."""
    return int(generator.random() * limit)
