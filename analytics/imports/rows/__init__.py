"""Rows of the three report tables: read from CSV, validated and stored."""
