"""The demo's logins: one of each role, and a second moderator to compare with."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Role, User
from analytics.models import Moderator

# No secret: the demo runs in DEBUG mode only, on the machine's own address.
PASSWORD = "try-the-portal"  # noqa: S105


@dataclass(frozen=True)
class Login:
    """A login of the demo. ``moderator`` names the person whose work it sees as its own."""

    username: str
    role: Role
    moderator: str | None = None


LOGINS = (
    Login("admin", Role.ADMIN),
    Login("lead", Role.LEAD),
    Login("amara.okafor", Role.MODERATOR, "amara.okafor"),
    Login("tomas.novak", Role.MODERATOR, "tomas.novak"),
)


def create_logins() -> Iterator[tuple[User, bool]]:
    """Create the logins that are missing; yield each with whether the demo's password opens it.

    Those that exist are left as they are. A moderator's login is left out where the data do not
    know that person (somebody's own data, not the demo's).
    """
    for login in LOGINS:
        user = User.objects.filter(username=login.username).first()
        if user is None:
            moderator = None
            if login.moderator is not None:
                moderator = Moderator.objects.filter(
                    username=login.moderator, account__isnull=True
                ).first()
                if moderator is None:
                    continue
            user = User(
                username=login.username,
                email=f"{login.username}@example.org",
                role=login.role,
                moderator=moderator,
            )
            user.set_password(PASSWORD)
            user.save()
        yield user, user.is_active and user.check_password(PASSWORD)
