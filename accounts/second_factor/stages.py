"""The step between the password and the session."""

from typing import Any

from allauth.account.stages import LoginStage
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator

from accounts.second_factor.requirement import SESSION_KEY


class SecondStep(LoginStage):  # type: ignore[misc]  # comes without types
    """Asks for a second factor, unless the provider of a single sign-on has.

    As django-allauth's ``AuthenticateStage``, which is imported for who has one: passkeys take
    10 MiB of a process.
    """

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[Any, bool]:
        """The page that asks, or on to the session."""
        if self.request.session.get(SESSION_KEY) == self.login.user.pk:
            return None, True
        if not Authenticator.objects.filter(user=self.login.user).exists():
            return None, True
        from allauth.mfa.stages import AuthenticateStage

        stage = AuthenticateStage(self.controller, self.request, self.login)
        response, goes_on = stage.handle()
        return response, goes_on
