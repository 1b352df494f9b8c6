"""Dates in the admin as everywhere else in the portal (FORMAT_MODULE_PATH)."""
