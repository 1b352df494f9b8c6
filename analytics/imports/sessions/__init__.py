"""Session documents: read, validated, stored, and written out again."""
