"""``manage.py second_factor``: help whoever has lost theirs; give secrets today's key."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.second_factor import encryption
from accounts.second_factor.changes import reset_second_factor

#: Where a factor keeps a secret, by its kind.
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class Command(BaseCommand):
    """Resets an account's second factor, or encrypts all secrets anew."""

    help = "Reset the second factor of an account, or encrypt all with today's SECRET_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``reset NAME`` and ``reencrypt``."""
        commands = parser.add_subparsers(dest="command", required=True)
        reset = commands.add_parser("reset", help="remove all factors of an account")
        reset.add_argument("name")
        commands.add_parser("reencrypt", help="encrypt all secrets with today's SECRET_KEY")

    def handle(self, *args: Any, command: str, name: str = "", **options: Any) -> None:
        """Do it, and say what was done."""
        if command == "reencrypt":
            self.stdout.write(f"{reencrypt()} secrets encrypted with today's key.")
            return
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account {name!r}.")
        if not reset_second_factor(user):
            raise CommandError(f"{name} has no second factor.")
        self.stdout.write(f"The second factor of {name} is reset: the next login sets one up.")


@transaction.atomic
def reencrypt() -> int:
    """Encrypt every secret with today's key; how many.

    Raises:
        CommandError: one is under a key that is not known; nothing is changed then.
    """
    factors = Authenticator.objects.select_for_update().filter(type__in=SECRETS).order_by("pk")
    for factor in factors:
        field = SECRETS[factor.type]
        try:
            secret = encryption.rotate(factor.data[field])
        except InvalidToken as error:
            text = "A secret is under a key that is neither SECRET_KEY nor a fallback."
            raise CommandError(text) from error
        # Past the audit: nothing changes for anybody.
        Authenticator.objects.filter(pk=factor.pk).update(data=factor.data | {field: secret})
    return len(factors)
