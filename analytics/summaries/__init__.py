"""Summaries of the review data: kept by ``writing``, read by ``reading``."""
