"""Whose data: a moderator, the accounts that are theirs, and what they are called."""

from dataclasses import dataclass

from accounts.models import User
from analytics.models import Moderator
from analytics.names import normalise


@dataclass(frozen=True)
class PersonalSubject:
    """The moderator of a name, and the accounts that are theirs; or an account alone."""

    name: str
    moderator: Moderator | None
    accounts: list[User]

    @property
    def names(self) -> list[str]:
        """All that they are called: user names, mail addresses, and names in full."""
        names = [self.name]
        if self.moderator is not None:
            names.append(self.moderator.username)
        for account in self.accounts:
            names += [account.username, account.email, account.get_full_name()]
        return list(dict.fromkeys(filter(None, names)))


def find_subject(name: str) -> PersonalSubject | None:
    """The person of a moderator's name, or of an account's; None where there is none."""
    moderator = Moderator.objects.filter(username=normalise(name)).first()
    if moderator is not None:
        accounts = list(User.objects.filter(moderator=moderator))
        return PersonalSubject(moderator.username, moderator, accounts)
    account = User.objects.select_related("moderator").filter(username=name).first()
    if account is None:
        return None
    return PersonalSubject(account.username, account.moderator, [account])


def subject_of(account: User) -> PersonalSubject:
    """The person of an account; never of a moderator who only has its name."""
    if account.moderator is None:
        return PersonalSubject(account.username, None, [account])
    accounts = list(User.objects.filter(moderator=account.moderator))
    return PersonalSubject(account.moderator.username, account.moderator, accounts)
