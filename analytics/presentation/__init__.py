"""What pages are made of: the figures and cards of a scope, for the first paint and redraws."""
