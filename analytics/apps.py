"""The analytics application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def remember_time_zone(**_kwargs: Any) -> None:
    """Remember the time zone by which the summaries cut the days."""
    from analytics.summaries.writing import ensure_state

    ensure_state()


def set_first_targets(**_kwargs: Any) -> None:
    """Set the targets of an empty portal; those that an admin edited are left alone."""
    from analytics.models import Target
    from analytics.models.engagement import FIRST_TARGETS

    if not Target.objects.exists():
        Target.objects.bulk_create(FIRST_TARGETS)


class AnalyticsConfig(AppConfig):
    """Registers the models, the system checks and the metric registry."""

    name = "analytics"
    verbose_name = "Data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the modules that register themselves."""
        from analytics import checks, metrics  # noqa: F401
        from analytics.subjects import audit_models, subject_of
        from audit.looks import find_subjects_with

        find_subjects_with(subject_of)
        audit_models()

        # After every migration, and after the tables were emptied.
        post_migrate.connect(remember_time_zone, sender=self)
        post_migrate.connect(set_first_targets, sender=self)
