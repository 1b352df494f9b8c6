"""System checks of the analytics application."""
