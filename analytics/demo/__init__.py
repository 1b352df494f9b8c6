"""Demo data that look like life, the same for the same seed and moment."""
