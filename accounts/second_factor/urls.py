"""Addresses of the second factor; the names with an underscore are django-allauth's own."""

from django.urls import path

from accounts.second_factor import views

urlpatterns = [
    path("login/second-step/", views.SecondStepView.as_view(), name="mfa_authenticate"),
    path("login/passkey/", views.PasskeyLoginView.as_view(), name="mfa_login_webauthn"),
    path("account/second-factor/", views.second_factor, name="second-factor"),
    path("account/second-factor/app/", views.AddAppView.as_view(), name="mfa_activate_totp"),
    path(
        "account/second-factor/app/remove/",
        views.RemoveAppView.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("account/second-factor/passkey/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkey/<int:pk>/remove/",
        views.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/codes/",
        views.RecoveryCodesView.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/codes/new/",
        views.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("account/confirm/", views.ConfirmPasswordView.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", views.ConfirmCodeView.as_view(), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        views.ConfirmPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]
