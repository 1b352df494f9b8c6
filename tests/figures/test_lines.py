"""The value axis of lines over time."""

from analytics.figures import lines


def test_shares_have_ticks_in_per_cent():
    around = lines.range_around([0.938, 0.946], in_per_cent=True)
    assert (around["dtick"], around["tickformat"]) == (0.002, ".1%")
    assert lines.range_around([0.2, 0.6], in_per_cent=True)["tickformat"] == ".0%"
    assert lines.range_around([3.1, 3.9])["tickformat"] == ",.1f"
