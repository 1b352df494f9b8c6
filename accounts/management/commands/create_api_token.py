"""``manage.py create_api_token``: a token for a program."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.tokens import ApiToken, TokenScope


class Command(BaseCommand):
    """Prints the token alone on standard output, so that a script can keep it."""

    help = "Create a token for the REST API in the name of an account; prints it, this one time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, what the token may do, its name and how long it works."""
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--scope",
            choices=TokenScope.values,
            default=TokenScope.READ.value,
            help="read (default): reads what the account may read; ingest: sends data in only, for "
            "admins and programs",
        )
        parser.add_argument("--name", default="made by create_api_token", help="what it is for")
        parser.add_argument("--days", type=int, help="how long it works; for good by default")

    def handle(
        self,
        *args: Any,
        username: str,
        scope: str,
        name: str,
        days: int | None,
        **options: Any,
    ) -> None:
        """Create it; an unknown or inactive account, or a senseless value, is an error."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        if not user.is_active:
            raise CommandError(f"The account {username!r} is not active: its tokens never work.")
        if not 0 < len(name) <= 100:
            raise CommandError("The name needs 1 to 100 characters.")
        if days is not None and not 0 < days <= 36_500:
            raise CommandError("The days are a number from 1 to 36500.")
        if reason := ApiToken(user=user, scope=scope).forbidden_reason():
            raise CommandError(f"That token would open nothing: {reason}.")
        expires_at = None if days is None else timezone.now() + timedelta(days=days)
        _, secret = ApiToken.objects.create_token(user, name, scope=scope, expires_at=expires_at)
        self.stdout.write(secret)
