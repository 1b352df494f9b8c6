"""The step between the password and the session."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage

from accounts.second_factor.requirement import SESSION_KEY


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # comes without types
    """Asks for a second factor, unless the provider of a single sign-on has."""

    def handle(self) -> tuple[Any, bool]:
        """The page that asks, or on to the session."""
        if self.request.session.get(SESSION_KEY) == self.login.user.pk:
            return None, True
        response, goes_on = super().handle()
        return response, goes_on
