"""The records behind a number of a metric: which they are, and pages of them."""
