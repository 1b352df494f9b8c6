"""The accounts application, and the admin site that shares the portal's login."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FailedLoginsConfig(AxesConfig):  # type: ignore[misc]  # comes without types
    """Names what django-axes keeps as people would."""

    verbose_name = "Failed logins"


class AccountsConfig(AppConfig):
    """Registers the user model."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from accounts import checks, session_limits  # noqa: F401
        from accounts.audited import audit_models
        from accounts.second_factor import changes  # noqa: F401

        audit_models()


class PortalAdminConfig(AdminConfig):
    """Puts the portal's admin site in place of Django's."""

    default_site = "accounts.admin_site.PortalAdminSite"
