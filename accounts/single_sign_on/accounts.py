"""The portal's account of somebody whom the provider knows, and what their claims give."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.models import CompanyAccount, LoginChange, Role, User
from accounts.security_notices import notice
from accounts.single_sign_on.provider import Identity, Refused
from moderation_portal.advisory_locks import acquire_named

#: From the most to the least: of several values of a claim the first counts.
CLAIMABLE_ROLES = (Role.ADMIN, Role.LEAD, Role.MODERATOR)
#: Room for a number behind a name that is taken.
MAX_NAME = 140
#: The methods of a login that are a second factor (RFC 8176).
SECOND_FACTOR = "mfa"


def account_of(identity: Identity) -> User:
    """The account linked to an identity, with the role and moderator of today's claims.

    Somebody new gets a new account, whatever accounts have their name or mail address.

    Raises:
        Refused: the account is deactivated, or a program's.
    """
    with transaction.atomic():
        # One sign-in at a time: two at once of somebody new would make two accounts.
        acquire_named("single sign-on")
        link = link_of(identity)
        if link is None:
            link = CompanyAccount.objects.create(
                user=new_account(identity.claims),
                issuer=identity.issuer,
                subject=identity.subject,
            )
        if not link.user.is_active or link.user.is_program:
            raise Refused("Your account of the portal is closed. Ask an admin.", status=403)
        follow_claims(link.user, identity.claims)
        CompanyAccount.objects.filter(pk=link.pk).update(last_used_at=timezone.now())
    return link.user


def link_of(identity: Identity) -> CompanyAccount | None:
    """The link of an identity, by issuer and subject and nothing else."""
    links = CompanyAccount.objects.select_related("user")
    return links.filter(issuer=identity.issuer, subject=identity.subject).first()


def link_account(user: User, identity: Identity) -> None:
    """Let somebody who is logged in sign in by their company account from now on.

    Raises:
        Refused: it is linked to another account.
    """
    with transaction.atomic():
        acquire_named("single sign-on")
        link = link_of(identity)
        if link is not None and link.user_id != user.pk:
            raise Refused("That company account belongs to another account of the portal.")
        if link is None:
            CompanyAccount.objects.create(
                user=user, issuer=identity.issuer, subject=identity.subject
            )
            notice(user, LoginChange.COMPANY)


def new_account(claims: Mapping[str, Any]) -> User:
    """An account that sees nothing yet, under a name that nobody has."""
    user = User(
        username=free_name(text_of(claims, "preferred_username") or text_of(claims, "sub")),
        first_name=text_of(claims, "given_name")[:150],
        last_name=text_of(claims, "family_name")[:150],
        email=mail_of(claims),
        role=Role.MODERATOR,
    )
    user.set_unusable_password()
    user.save()
    return user


def free_name(wanted: str) -> str:
    """The name as the portal writes names, with a number where it is taken."""
    base = re.sub(r"[^\w.@+-]+", "-", wanted)[:MAX_NAME].strip("-") or "account"
    name, number = base, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def follow_claims(user: User, claims: Mapping[str, Any]) -> None:
    """Give the account the role and the moderator of its claims; what is not claimed goes.

    A change of the role ends sessions and tokens, as everywhere.
    """
    before = (user.role, user.moderator_id)
    claimed = role_in(claims)
    if settings.OIDC_ROLE_CLAIM:
        user.role = claimed or Role.MODERATOR
    if settings.OIDC_MODERATOR_CLAIM:
        user.moderator_id = moderator_in(claims, user)
    if settings.OIDC_ROLE_CLAIM and claimed is None:
        # A moderator who is nobody sees nothing.
        user.moderator_id = None
    if (user.role, user.moderator_id) != before:
        user.save(update_fields=["role", "moderator"])


def role_in(claims: Mapping[str, Any]) -> Role | None:
    """The role that is claimed, as a word or in a list of words; never a program's."""
    words = claim_of(claims, settings.OIDC_ROLE_CLAIM)
    words = words if isinstance(words, list) else [words]
    return next((role for role in CLAIMABLE_ROLES if role.value in words), None)


def moderator_in(claims: Mapping[str, Any], user: User) -> int | None:
    """The number of the moderator who is claimed, if they exist and no other account is theirs."""
    name = claim_of(claims, settings.OIDC_MODERATOR_CLAIM)
    if not isinstance(name, str) or "\0" in name:
        return None
    others = User.objects.exclude(pk=user.pk).filter(moderator__isnull=False)
    free = moderators().filter(username=name).exclude(pk__in=others.values("moderator"))
    found: int | None = free.values_list("pk", flat=True).first()
    return found


def moderators() -> Any:
    """All moderators, a model of the data, which accounts know by its name only."""
    return User._meta.get_field("moderator").related_model._default_manager.all()


def claim_of(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a path of names with dots between; None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text, without what the database cannot hold; else nothing."""
    value = claims.get(name)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def mail_of(claims: Mapping[str, Any]) -> str:
    """The mail address, if it is one."""
    address = text_of(claims, "email")
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""


def had_second_factor(identity: Identity) -> bool:
    """Whether the provider says that it asked for a second factor (the claim ``amr``)."""
    methods = identity.claims.get("amr")
    return isinstance(methods, list) and SECOND_FACTOR in methods
