"""Histograms of idle intervals, from the counts of their lengths."""

from collections.abc import Mapping

MAX_BINS = 20
BIN_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def bin_width(longest: int) -> int:
    """The width in seconds that gives at most 20 bins [from, to) up to ``longest``."""
    width = next((width for width in BIN_WIDTHS if longest < width * MAX_BINS), BIN_WIDTHS[-1])
    while longest >= width * MAX_BINS:
        width *= 2
    return width


def idle_histogram(
    counts: Mapping[tuple[str, float], tuple[int, int]],
) -> list[tuple[str, int, int, int]]:
    """(kind, from seconds, to seconds, intervals) of every bin, by kind, then from.

    ``counts``: (n, microseconds) of each (kind, step). Every kind has every bin.
    """
    if not counts:
        return []
    longest = int(max(step for _kind, step in counts))
    width = bin_width(longest)
    bins = longest // width + 1
    by_kind: dict[str, list[int]] = {}
    for (kind, step), (n, _amount) in counts.items():
        by_kind.setdefault(kind, [0] * bins)[int(step) // width] += n
    return [
        (kind, index * width, (index + 1) * width, n)
        for kind in sorted(by_kind)
        for index, n in enumerate(by_kind[kind])
    ]
