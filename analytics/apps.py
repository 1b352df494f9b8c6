"""The analytics application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def restore_summary_state(*, apps: Any = None, **_kwargs: Any) -> None:
    """Put back the summaries' state after the tables were emptied; a migration adds it first."""
    from analytics.summaries.writing import ensure_state

    if has_models(apps):
        ensure_state()


def has_models(apps: Any) -> bool:
    """Whether the tables exist: not after ``migrate analytics zero``."""
    # ``flush`` sends no state of the apps.
    configs = [] if apps is None else apps.get_app_configs()
    return apps is None or any(config.label == "analytics" and config.models for config in configs)


def create_default_targets(*, apps: Any = None, **_kwargs: Any) -> None:
    """Create the targets of an empty portal; those that an admin edited are left alone."""
    if not has_models(apps):
        return
    from analytics.models import Target
    from analytics.models.targets import default_targets
    from audit import changes

    if not Target.objects.exists():
        # Nobody's doing; and the audit's tables may not be there yet.
        with changes.summarised():
            Target.objects.bulk_create(default_targets())


class AnalyticsConfig(AppConfig):
    """Registers the models, the system checks and the metric registry."""

    name = "analytics"
    verbose_name = "Data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the modules that register themselves."""
        from analytics import checks, metrics  # noqa: F401
        from analytics.subjects import register_audited_models, subject_of
        from audit.looks import find_subjects_with

        find_subjects_with(subject_of)
        register_audited_models()

        # After every migration, and after the tables were emptied.
        post_migrate.connect(restore_summary_state, sender=self)
        post_migrate.connect(create_default_targets, sender=self)
