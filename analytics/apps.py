"""The analytics application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def remember_time_zone(**_kwargs: Any) -> None:
    """Remember the time zone by which the summaries cut the days."""
    from analytics.summaries.writing import ensure_state

    ensure_state()


class AnalyticsConfig(AppConfig):
    """Registers the models, the system checks and the metric registry."""

    name = "analytics"
    verbose_name = "Data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the modules that register themselves."""
        from analytics import checks, metrics  # noqa: F401

        post_migrate.connect(remember_time_zone, sender=self)
