"""Where people log in and look after their password."""

from django.contrib.auth import views as auth_views
from django.urls import include, path

from accounts import account_pages, tokens_pages, views
from accounts.second_factor.urls import late
from accounts.views import needs_passwords

urlpatterns = [
    path("login/", views.PortalLoginView.as_view(), name="login"),
    path("", include("accounts.second_factor.urls")),
    path("", include("accounts.single_sign_on.urls")),
    path("logout/", views.PortalLogoutView.as_view(), name="logout"),
    path(
        "password/change/",
        needs_passwords(views.OwnPasswordView.as_view()),
        name="password_change",
    ),
    path(
        "password/change/done/",
        needs_passwords(auth_views.PasswordChangeDoneView.as_view()),
        name="password_change_done",
    ),
    path(
        "password/reset/",
        needs_passwords(views.PortalPasswordResetView.as_view()),
        name="password_reset",
    ),
    path(
        "password/reset/done/",
        needs_passwords(auth_views.PasswordResetDoneView.as_view()),
        name="password_reset_done",
    ),
    path(
        "password/reset/<uidb64>/<token>/",
        needs_passwords(views.PortalPasswordResetConfirmView.as_view()),
        name="password_reset_confirm",
    ),
    path(
        "password/reset/complete/",
        needs_passwords(auth_views.PasswordResetCompleteView.as_view()),
        name="password_reset_complete",
    ),
    path("account/", account_pages.account, name="account"),
    path("account/sessions/end/", account_pages.end_own_session, name="end-session"),
    path("account/settings/", account_pages.account_settings, name="account-settings"),
    path("account/data/", account_pages.account_data, name="account-data"),
    path("account/tokens/", tokens_pages.own_tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", tokens_pages.revoke_own_token, name="revoke_token"),
    # What django-allauth calls pages that stand above.
    path("login/", views.PortalLoginView.as_view(), name="account_login"),
    path("account/second-factor/", late("second_factor"), name="mfa_index"),
]
