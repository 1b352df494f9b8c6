"""The portal's pages, in the order of the navigation: a new page of charts is one entry.

From it come its address, view, access, entry in the navigation and Dash app. A page that shows
something else than cards of metrics has its view in ``analytics.web.urls``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone

from analytics.access import EVERY_LOGIN, WITH_WORK, Audience
from analytics.figures import is_chart
from analytics.metrics.drawing import KpiStrip
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import performance_rows
from analytics.metrics.recommendations import recommendations
from analytics.metrics.registry import METRICS, metrics_of_group
from analytics.presentation import report_kpis
from analytics.presentation.kpis import REVIEW_KPIS, Kpi
from analytics.presentation.periods import OPENS_WITH
from analytics.reads import read
from analytics.scope import DATE_PARAMETERS, PEOPLE_PARAMETERS, REVIEW_PARAMETERS, Scope
from analytics.subjects import from_moderator, from_scope, nobody
from audit.looks import Finder


@dataclass(frozen=True)
class Page:
    """A page, mostly of figures and cards.

    ``name`` is its URL (``portal:<name>``) and its Dash app; ``icon`` and ``label`` (the title
    unless it differs) are the navigation's, ``audience`` says who may open it; ``parameters`` are
    those of its scope, and ``team`` where it ``takes_team``. ``everyone_only``: cards for leads and
    admins only; ``people_only``: cards that say nothing of one person alone; ``sessions_only``:
    of one session, which would be one dot in them.
    ``latest`` gives the last day with data of a scope
    whatever its dates; ``about`` says for the audit whose work an answer shows. ``yearly``: cards
    by month, which show at least the year up to the end of the scope's dates. ``opens_with``:
    so many days up to yesterday are shown without parameters.
    """

    name: str
    title: str
    icon: str
    latest: Callable[[Scope], date | None]
    about: Finder
    cards: tuple[str, ...] = ()
    label: str = ""
    audience: Audience = WITH_WORK
    kpis: tuple[Kpi, ...] = ()
    parameters: tuple[str, ...] = REVIEW_PARAMETERS
    everyone_only: frozenset[str] = frozenset()
    people_only: frozenset[str] = frozenset()
    sessions_only: frozenset[str] = frozenset()
    template: str = "portal/charts.html"
    body: str = "portal/charts_body.html"
    videos_csv: bool = False
    yearly: frozenset[str] = frozenset()
    takes_team: bool = True
    opens_with: int = OPENS_WITH

    @property
    def metrics(self) -> list[str]:
        """The metrics of its figures and cards, each once."""
        return list(dict.fromkeys([*(kpi.metric for kpi in self.kpis), *self.cards]))

    @property
    def charts(self) -> list[str]:
        """The cards that hold a chart."""
        return [slug for slug in self.cards if is_chart(METRICS[slug].drawing)]


@read
def latest_session(scope: Scope) -> date | None:
    """The day, in the portal's time zone, on which the scope's last session started.

    None of team totals, since it is one person's.
    """
    if scope.is_team_totals:
        return None
    sessions = Scope(scope.viewer, scope.moderator).sessions()
    newest = sessions.aggregate(last=Max("started_at"))["last"]
    return None if newest is None else timezone.localtime(newest).date()


@read
def latest_chat(scope: Scope) -> date | None:
    """The day of the last chat session of all: chats belong to no moderator."""
    newest: date | None = chat_sessions(Scope(scope.viewer)).aggregate(last=Max("date"))["last"]
    return newest


@read
def latest_recommendation(scope: Scope) -> date | None:
    """The day of the last recommendation of all: they belong to no moderator."""
    newest: date | None = recommendations(Scope(scope.viewer)).aggregate(last=Max("date"))["last"]
    return newest


@read
def latest_performance(scope: Scope) -> date | None:
    """The day of the last performance row of the scope's moderator, or of everyone.

    None of team totals, since it is one person's.
    """
    if scope.is_team_totals:
        return None
    rows = performance_rows(Scope(scope.viewer, scope.moderator))
    newest: date | None = rows.aggregate(last=Max("date"))["last"]
    return newest


def latest_of_anything(scope: Scope) -> date | None:
    """The last day with data of any kind that the overview shows for the scope."""
    days = [latest_session(scope), latest_performance(scope)]
    if scope.moderator is None:
        days += [latest_chat(scope), latest_recommendation(scope)]
    return max((day for day in days if day is not None), default=None)


def group_cards(
    group: str,
    *,
    parameters: tuple[str, ...] = (),
    first: Sequence[str] = (),
    last: Sequence[str] = (),
) -> tuple[str, ...]:
    """The cards of a group that take ``parameters``, in the order of declaration.

    All but its strips of figures; ``first`` and ``last`` are moved to the head and the end.
    """
    slugs = [
        m.slug
        for m in metrics_of_group(group)
        if not isinstance(m.drawing, KpiStrip) and set(parameters) <= set(m.parameters)
    ]
    between = [slug for slug in slugs if slug not in (*first, *last)]
    return (*first, *between, *last)


REVIEW_CARDS = (
    "review-by-day",
    "review-by-hour",
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
    "decisions-by-queue",
    "decisions-by-reason",
    "queue-details",
)

REVIEW = Page(
    name="review",
    title="Review activity",
    icon="chart",
    audience=EVERY_LOGIN,
    cards=group_cards(
        "review",
        parameters=REVIEW_PARAMETERS,
        first=REVIEW_CARDS,
        last=("moderator-review",),
    ),
    sessions_only=frozenset(
        {
            "review-by-day",
            "review-by-hour",
            "queue-by-day",
            "session-duration",
            "unique-videos-per-session",
            "playback-speed-per-session",
            "moderator-review",
        }
    ),
    latest=latest_session,
    about=from_scope,
    kpis=REVIEW_KPIS,
    everyone_only=frozenset({"moderator-review"}),
    videos_csv=True,
)
HOME = Page(
    name="home",
    title="Overview",
    icon="home",
    label="Home",
    audience=EVERY_LOGIN,
    cards=("review-by-day", "rating-by-month"),
    latest=latest_of_anything,
    about=from_scope,
    kpis=(*report_kpis.REPORT_KPIS, *REVIEW_KPIS),
    parameters=PEOPLE_PARAMETERS,
    yearly=frozenset({"rating-by-month"}),
    template="portal/home.html",
    body="portal/home_body.html",
    videos_csv=True,
)
ENGAGEMENT = Page(
    name="engagement",
    title="Engagement",
    icon="chat",
    cards=group_cards("engagement"),
    latest=latest_chat,
    about=nobody,
    kpis=report_kpis.ENGAGEMENT_KPIS,
    parameters=DATE_PARAMETERS,
)
RECOMMENDATIONS = Page(
    name="recommendations",
    title="Recommendations",
    icon="star",
    cards=group_cards("recommendations"),
    latest=latest_recommendation,
    about=nobody,
    kpis=report_kpis.RECOMMENDATION_KPIS,
    parameters=DATE_PARAMETERS,
)
MODERATORS = Page(
    name="moderators",
    title="Moderators",
    icon="people",
    cards=("moderator-comparison", "speed-and-care", *group_cards("moderators")),
    latest=latest_performance,
    about=from_scope,
    kpis=report_kpis.MODERATOR_KPIS,
    parameters=PEOPLE_PARAMETERS,
    people_only=frozenset({"moderator-comparison", "speed-and-care", "moderator-performance"}),
    body="portal/moderators_body.html",
)

QUALITY = Page(
    name="quality",
    title="Quality",
    icon="scale",
    cards=group_cards(
        "quality",
        first=(
            "quality-by-month",
            "agreement-by-month",
            "quality-by-moderator",
            "quality-by-queue",
        ),
        last=("disputed-videos",),
    ),
    latest=latest_session,
    about=from_scope,
    kpis=report_kpis.QUALITY_KPIS,
    parameters=PEOPLE_PARAMETERS,
    yearly=frozenset({"agreement-by-month", "quality-by-month"}),
)
SESSIONS = Page(
    name="sessions",
    title="Review sessions",
    icon="play",
    latest=latest_session,
    about=from_moderator,
    audience=EVERY_LOGIN,
    takes_team=False,
)
INSIGHTS = Page(
    name="insights",
    title="Insights",
    icon="bulb",
    latest=latest_of_anything,
    about=from_scope,
    parameters=PEOPLE_PARAMETERS,
)
CHANGED = Page(
    name="changed",
    title="What changed",
    icon="diff",
    latest=latest_of_anything,
    about=from_scope,
    parameters=PEOPLE_PARAMETERS,
    opens_with=7,
    takes_team=False,
)

PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        HOME,
        REVIEW,
        SESSIONS,
        ENGAGEMENT,
        RECOMMENDATIONS,
        MODERATORS,
        QUALITY,
        INSIGHTS,
        CHANGED,
    )
}
CHART_PAGES = {name: page for name, page in PAGES.items() if page.cards}
