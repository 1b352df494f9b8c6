"""Who did what, and who looked at whom: one append-only table, and the one place that writes it."""
