"""The small line: places, gaps, and a line that is flat."""

from analytics.presentation.sparkline import Sparkline, sparkline


def test_it_spans_its_box_and_keeps_the_places_of_gaps():
    assert sparkline([1, 2, 3]) == Sparkline(
        points="3.0,21.0 40.0,12.0 77.0,3.0",
        area="3.0,24 3.0,21.0 40.0,12.0 77.0,3.0 77.0,24",
        x="77.0",
        y="3.0",
    )
    gap = sparkline([1, None, 1])
    assert gap is not None
    assert gap.points == "3.0,12.0 77.0,12.0"
    assert sparkline([1, None]) is None
    assert sparkline([]) is None
