"""The audit application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Listens to logins; models are audited by ``audit.changes.register``."""

    name = "audit"
    verbose_name = "Audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what listens."""
        from audit import logins  # noqa: F401
