"""Addresses of single sign-on."""

from django.urls import path

from accounts.single_sign_on import views

urlpatterns = [
    path("login/company/", views.sign_in, name="single-sign-on"),
    path("login/company/callback/", views.callback, name="single-sign-on-callback"),
    path("account/company/", views.company_account, name="company-account"),
    path("account/confirm/company/", views.confirm, name="confirm-company-account"),
]
