"""Who may see what: the one place where access is decided.

Pages, chart callbacks, the REST API, exports and the admin all come through here, mostly by way
of ``analytics.scope.Scope.parse``. What is not the viewer's own is *not visible* (404) whether
it exists or not; a whole page or kind that a role never sees is *forbidden* (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analytics.models import Moderator

# Team totals may not tell about one person: fewer people than this and nothing is shown.
MIN_TEAM = 5
# Beside the own figures a moderator sees where the others lie only with so many of them, and over
# so many days: the middle of few people, or of one day, is what somebody did.
MIN_OTHERS_IN_SPREAD = 8
MIN_DAYS_OF_SPREAD = 7
# Groups of metrics that name no moderator and rest on none: their totals are open to everybody
# who has a login. ``analytics.metrics.team_totals`` says what else a moderator sees of the team.
OPEN_GROUPS = frozenset({"engagement", "recommendations"})
NOT_LINKED = "your account is not linked to a moderator; an admin can link it"


class Viewer(Protocol):
    """Who is asking: an account, or the portal itself."""

    @property
    def sees_everyone(self) -> bool:
        """Whether the viewer sees everyone's activity: leads and admins."""

    @property
    def is_portal_admin(self) -> bool:
        """Whether the viewer manages users and data."""

    @property
    def moderator(self) -> "Moderator | None":
        """The moderator whose work is the viewer's own, if any."""


class PortalItself:
    """The viewer of commands, benchmarks and generated documents: sees everything."""

    sees_everyone = True
    is_portal_admin = True
    moderator = None


PORTAL = PortalItself()


class ScopeError(Exception):
    """The request makes no sense (HTTP 400): which field, and why."""

    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class NotVisible(ScopeError):
    """There is no such thing that the viewer may see (HTTP 404); says nothing more."""

    status = 404


class TooFewPeople(ScopeError):
    """A team's month in which too few people stand behind the figures (HTTP 400)."""


class Forbidden(ScopeError):
    """The viewer may not see this whole page or kind (HTTP 403)."""

    status = 403


def own_moderator(viewer: Viewer) -> "Moderator":
    """The viewer's own moderator.

    Raises ``Forbidden`` when the account is linked to none.
    """
    moderator = viewer.moderator
    if moderator is None:
        raise Forbidden("moderator", NOT_LINKED)
    return moderator


@dataclass(frozen=True)
class Audience:
    """Who may open a page and finds it in the navigation; ``reason`` tells the others why not."""

    includes: Callable[[Viewer], bool]
    reason: str = ""

    def require(self, viewer: Viewer) -> None:
        """Raise ``Forbidden`` unless the viewer is among them."""
        if not self.includes(viewer):
            raise Forbidden("viewer", self.reason)


EVERY_LOGIN = Audience(lambda viewer: True)
#: Those who have something to see: everyone's work, or their own and the team's whole months.
WITH_WORK = Audience(
    lambda viewer: viewer.sees_everyone or viewer.moderator is not None, NOT_LINKED
)
#: Those whose own work is all they see of people's.
WITH_OWN_PAGE = Audience(
    lambda viewer: not viewer.sees_everyone and viewer.moderator is not None, NOT_LINKED
)
#: Those who have work of their own, whatever else they see.
LINKED = Audience(lambda viewer: viewer.moderator is not None, NOT_LINKED)
LEADS_AND_ADMINS = Audience(lambda viewer: viewer.sees_everyone, "this is for leads and admins")
ADMINS = Audience(lambda viewer: viewer.is_portal_admin, "this is for admins")


def may_annotate(viewer: Viewer) -> bool:
    """Whether the viewer writes, changes and deletes annotations, which everybody reads."""
    return viewer.sees_everyone


def may_check(viewer: Viewer) -> bool:
    """Whether the viewer draws samples, checks decisions of others and reads every check."""
    return viewer.sees_everyone


def is_own(viewer: Viewer, moderator: int | None) -> bool:
    """Whether work of the moderator with this key is the viewer's own; None: of nobody known.

    Nobody checks their own views or decides disputes about them, and nobody is told who checked
    them.
    """
    own = viewer.moderator
    return own is not None and own.pk == moderator


def may_write_notes(viewer: Viewer, moderator: int | None) -> bool:
    """Whether the viewer writes and settles notes on the moderator with this key.

    Leads and admins do, on others: of notes on themselves they are the person, who answers.
    """
    return viewer.sees_everyone and not is_own(viewer, moderator)


def may_have_personal_data(viewer: Viewer, moderator: "Moderator") -> bool:
    """Whether the viewer gets all that is kept about a moderator, logins and addresses too."""
    return viewer.is_portal_admin or viewer.moderator == moderator


def may_see_spread(viewer: Viewer, *, others: int, days: int) -> bool:
    """Whether the viewer sees where so many others lie over so many days."""
    if viewer.sees_everyone:
        return True
    return others >= MIN_OTHERS_IN_SPREAD and days >= MIN_DAYS_OF_SPREAD


def require_everyone(viewer: Viewer, *, subject: str) -> None:
    """Raise ``Forbidden`` unless the viewer sees everyone's activity."""
    if not viewer.sees_everyone:
        raise Forbidden("viewer", f"{subject} is for leads and admins")
