"""The analytics application."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Registers the models, the system checks and the metric registry."""

    name = "analytics"
    verbose_name = "Data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the modules that register themselves."""
        from analytics import checks, metrics  # noqa: F401
