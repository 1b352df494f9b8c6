"""What an account logs in with, for its own pages."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User
from accounts.second_factor.requirement import is_required


def overview(user: User) -> dict[str, Any]:
    """The factors of an account, as ``accounts/second_factor_section.html`` lists them."""
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    passkeys = [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN]
    return {
        "app": first_of(factors, Authenticator.Type.TOTP),
        "passkeys": passkeys,
        "codes": codes_of(factors),
        "code_count": settings.MFA_RECOVERY_CODE_COUNT,
        "is_required": is_required(user),
        "has_factor": any(factor.type != Authenticator.Type.RECOVERY_CODES for factor in factors),
        "company_account": user.company_accounts.first(),
    }


def first_of(factors: list[Authenticator], kind: str) -> Authenticator | None:
    """The one factor of a kind of which there is at most one."""
    return next((factor for factor in factors if factor.type == kind), None)


def codes_of(factors: list[Authenticator]) -> dict[str, Any] | None:
    """How many recovery codes are left, and since when there are some."""
    codes = first_of(factors, Authenticator.Type.RECOVERY_CODES)
    if codes is None:
        return None
    return {"left": len(codes.wrap().get_unused_codes()), "created_at": codes.created_at}
