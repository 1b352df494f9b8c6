"""Moderation analytics: the data, the metrics computed from it, and the pages that show them."""
