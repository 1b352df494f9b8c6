"""The interactive charts: their app, what guards it, its addresses."""
