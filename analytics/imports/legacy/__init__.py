"""Sessions out of the database of the script that the portal replaces."""
