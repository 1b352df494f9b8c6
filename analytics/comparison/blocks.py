"""Matrices of people by people, or by cells, a block of rows at a time.

Whole ones of two thousand people take 32 MiB each, and a look needs a dozen at once.
"""

from collections.abc import Iterator

#: Values of a block: 1 MiB of floats.
BLOCK_VALUES = 2**17


def blocks_of(people: int, columns: int) -> Iterator[slice]:
    """All people, as many at a time as fit in a block of so many columns."""
    size = max(1, BLOCK_VALUES // max(columns, 1))
    return (slice(start, min(start + size, people)) for start in range(0, people, size))
