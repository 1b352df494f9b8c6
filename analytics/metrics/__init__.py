"""Metrics register on import."""
