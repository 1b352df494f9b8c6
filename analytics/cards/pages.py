"""The pages that show metrics: which figures and cards each has. A new page is one entry.

Views, the charts' Dash apps and the tests are made from this list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone

from analytics.cards.strip import REVIEW_FIGURES, Figure
from analytics.figures import is_chart
from analytics.metrics.drawing import FigureStrip
from analytics.metrics.registry import METRICS, of_group
from analytics.scope import REVIEW_PARAMETERS, Scope


@dataclass(frozen=True)
class Page:
    """A page of figures and cards.

    ``name`` is its URL (``portal:<name>``) and its Dash app; ``parameters`` are those of its
    scope. ``everyone``: for leads and admins only; ``everyone_only``: cards that are.
    ``latest`` gives the last day with data of a scope whatever its dates.
    """

    name: str
    title: str
    cards: tuple[str, ...]
    latest: Callable[[Scope], date | None]
    figures: tuple[Figure, ...] = ()
    parameters: tuple[str, ...] = REVIEW_PARAMETERS
    everyone: bool = False
    everyone_only: frozenset[str] = frozenset()
    template: str = "portal/charts.html"
    body: str = "portal/charts_body.html"
    videos_csv: bool = False

    @property
    def charts(self) -> list[str]:
        """The cards that hold a chart."""
        return [slug for slug in self.cards if is_chart(METRICS[slug].drawing)]


def latest_session(scope: Scope) -> date | None:
    """Return the day of the last session of the scope's moderator, or of everyone."""
    sessions = Scope(scope.viewer, scope.moderator).sessions()
    last = sessions.aggregate(last=Max("started_at"))["last"]
    return None if last is None else timezone.localtime(last).date()


def group_cards(
    group: str, *, first: Sequence[str] = (), last: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the cards of a group: all but its strips of figures, in the order of declaration.

    ``first`` and ``last`` are moved to the head and the end.
    """
    slugs = [m.slug for m in of_group(group) if not isinstance(m.drawing, FigureStrip)]
    between = [slug for slug in slugs if slug not in (*first, *last)]
    return (*first, *between, *last)


REVIEW_CARDS = (
    "review-by-day",
    "queue-by-day",
    "decisions",
    "video-status",
    "sound-status",
    "session-duration",
    "idle-time",
    "unique-videos-per-session",
    "idle-summary",
    "playback-speed-per-session",
    "playback-speeds",
    "queues",
    "queue-details",
)

REVIEW = Page(
    name="review",
    title="Review activity",
    cards=group_cards("review", first=REVIEW_CARDS, last=("moderator-review",)),
    latest=latest_session,
    figures=REVIEW_FIGURES,
    everyone_only=frozenset({"moderator-review"}),
    videos_csv=True,
)
HOME = Page(
    name="home",
    title="Overview",
    cards=("review-by-day", "moderator-review"),
    latest=latest_session,
    figures=REVIEW_FIGURES,
    parameters=("moderator", "start", "end"),
    everyone_only=frozenset({"moderator-review"}),
    template="portal/home.html",
    videos_csv=True,
)

PAGES: dict[str, Page] = {page.name: page for page in (HOME, REVIEW)}
