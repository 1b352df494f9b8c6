"""What can be found, kind by kind: each finds only what its viewer may open.

A kind reads a bounded number of rows. Ids are found by how they begin, by their index, and only
from ``MIN_ID_LENGTH`` characters on; names and words wherever what was typed stands in them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from analytics import formatting
from analytics.access import WITH_WORK, own_moderator
from analytics.metrics.registry import METRICS
from analytics.models import Annotation, Session, Subject, Video
from analytics.names import normalise
from analytics.presentation.tables import session_link, video_link
from analytics.scope import (
    REVIEW_PARAMETERS,
    Scope,
    visible_moderators,
    visible_sessions,
)
from analytics.summaries.reading import read_summaries
from analytics.web.navigation import sections
from analytics.web.search.matching import Match, Part, match, match_beginning

MAX_HITS = 5
MIN_ID_LENGTH = 3
MAX_ANNOTATIONS = 2_000
#: Own videos looked through at a time.
VIDEOS_AT_ONCE = 10_000
RECENT_DAYS = 28


@dataclass(frozen=True)
class Hit:
    """Something found: where it leads, its text in parts, and a few quiet words.

    ``filter`` names the filter of a page that takes it; its value is the text.
    """

    url: str
    parts: tuple[Part, ...]
    detail: str = ""
    filter: str = ""

    @property
    def text(self) -> str:
        """The text in one."""
        return "".join(part.text for part in self.parts)

    @property
    def html(self) -> SafeString:
        """The text with what was typed marked."""
        parts = (
            format_html("<mark>{}</mark>", part.text) if part.hit else escape(part.text)
            for part in self.parts
        )
        return format_html_join("", "{}", ((part,) for part in parts))


@dataclass(frozen=True)
class Kind:
    """A kind of things; ``find`` gets what was typed and returns at most ``MAX_HITS``."""

    title: str
    icon: str
    find: Callable[[User, str], list[Hit]]
    min_length: int = 1


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    hits: list[Hit] = field(default_factory=list)


def best(matches: Iterator[tuple[Match | None, str, str]], *, filter_name: str = "") -> list[Hit]:
    """The hits that fit best, from (how it fits, address, quiet words)."""
    found = [(fit, url, detail) for fit, url, detail in matches if fit is not None]
    found.sort(key=lambda hit: hit[0].rank)
    return [Hit(url, fit.parts, detail, filter_name) for fit, url, detail in found[:MAX_HITS]]


def find_people(user: User, typed: str) -> list[Hit]:
    """Moderators by name, with how much they reviewed lately."""
    if not WITH_WORK.includes(user):
        return []
    names = visible_moderators(user).values_list("pk", "username").iterator()
    matches = ((fit, pk) for pk, name in names if (fit := match(name, typed)) is not None)
    chosen = sorted(matches, key=lambda found: found[0].rank)[:MAX_HITS]
    counts = recent_sessions([pk for _, pk in chosen])
    return [
        Hit(
            reverse("portal:person", args=["".join(part.text for part in fit.parts)]),
            fit.parts,
            f"{formatting.plural(counts.get(pk, 0), 'session')} in 4 weeks",
            "moderator",
        )
        for fit, pk in chosen
    ]


def recent_sessions(moderators: list[int]) -> dict[int, int]:
    """How many sessions each began in the last 4 weeks."""
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    rows = Session.objects.filter(moderator__in=moderators, started_at__gte=since).order_by()
    return dict(rows.values_list("moderator").annotate(Count("pk")))


def spellings(typed: str) -> list[str]:
    """An id as it was typed, and in small and capital letters."""
    return list(dict.fromkeys((typed, typed.lower(), typed.upper())))


def find_sessions(user: User, typed: str) -> list[Hit]:
    """Review sessions by how their ids begin: in order of the ids, one's own newest first."""
    if not WITH_WORK.includes(user):
        return []
    order = "public_id" if user.sees_everyone else "-started_at"
    for spelling in spellings(typed):
        rows = visible_sessions(user).filter(public_id__startswith=spelling)
        found = rows.order_by(order).values_list("public_id", "started_at")[:MAX_HITS]
        hits = [
            Hit(session_link(name), match_beginning(name, spelling), started(at), "session")
            for name, at in found
        ]
        if hits:
            return hits
    return []


def started(at: object) -> str:
    """When a session began."""
    return formatting.short_moment(at)  # type: ignore[arg-type]  # a column's value


def find_videos(user: User, typed: str) -> list[Hit]:
    """Videos by how their ids begin; a moderator's are those that they were shown."""
    if not WITH_WORK.includes(user):
        return []
    for spelling in spellings(typed):
        names = all_videos(spelling) if user.sees_everyone else own_videos(user, spelling)
        hits = [
            Hit(video_link(name), match_beginning(name, spelling))
            for name in islice(names, MAX_HITS)
        ]
        if hits:
            return hits
    return []


def all_videos(beginning: str) -> Iterator[str]:
    """Yield the first ids that begin so."""
    rows = Video.objects.filter(public_id__startswith=beginning).order_by("public_id")
    yield from rows.values_list("public_id", flat=True)[:MAX_HITS]


def own_videos(user: User, beginning: str) -> Iterator[str]:
    """Yield ids that begin so of the videos that a moderator was shown, and of no others."""
    seen = read_summaries(Scope(user, own_moderator(user))).seen_videos
    for start in range(0, len(seen), VIDEOS_AT_ONCE):
        some = list(seen[start : start + VIDEOS_AT_ONCE])
        rows = Video.objects.filter(pk__in=some, public_id__startswith=beginning)
        yield from rows.order_by("public_id").values_list("public_id", flat=True)[:MAX_HITS]


def find_queues(user: User, typed: str) -> list[Hit]:
    """Queues of the sessions that one sees."""
    if not WITH_WORK.includes(user):
        return []
    scope = Scope.parse({}, user, accepts=REVIEW_PARAMETERS)
    counts = read_summaries(scope).values.get(Subject.QUEUE, {})
    names = sorted({name for name, _ in counts})
    address = reverse("portal:sessions")
    return best(
        (
            (match(name, typed), f"{address}?{urlencode({'queue': name})}", "its sessions")
            for name in names
        ),
        filter_name="queue",
    )


def find_pages(user: User, typed: str) -> list[Hit]:
    """The places of the navigation, and the annotations' page."""
    places = [
        (item.label, item.url, section.title)
        for section in sections(user, "")
        for item in section.items
    ]
    places.append(("Annotations", reverse("portal:annotations"), "Portal"))
    return best((match(label, typed), url, title) for label, url, title in places)


def find_metrics(user: User, typed: str) -> list[Hit]:
    """Metrics by title, name and the names of their columns: where they are defined."""
    address = reverse("portal:metrics")
    found = []
    for slug, metric in METRICS.items():
        link = f"{address}#{slug}"
        fit = match(metric.title, typed)
        if fit is None and (slug_fit := match(slug, typed)) is not None:
            fit = Match((Part(metric.title),), slug_fit.rank)
        if fit is not None:
            found.append((fit, link, slug))
            continue
        columns = (match(column.label, typed) for column in metric.columns)
        column_fit = next((each for each in columns if each is not None), None)
        if column_fit is not None:
            after = Match(column_fit.parts, column_fit.rank + 3)
            found.append((after, link, f"column of {metric.title}"))
    return best(iter(found))


def find_annotations(user: User, typed: str) -> list[Hit]:
    """Annotations by their text, newest first: the review of the weeks around them."""
    rows = Annotation.objects.order_by("-start", "-pk")[:MAX_ANNOTATIONS]
    return best(
        (match(row.text, typed), weeks_around(row), formatting.date_range(row.start, row.end))
        for row in rows
    )


def weeks_around(row: Annotation) -> str:
    """The address of the review two weeks before and after an annotation's days."""
    around = timedelta(days=14)
    dates = {"start": (row.start - around).isoformat(), "end": (row.end + around).isoformat()}
    return f"{reverse('portal:review')}?{urlencode(dates)}"


KINDS = (
    Kind("People", "user", find_people),
    Kind("Pages", "link", find_pages),
    Kind("Metrics", "doc", find_metrics),
    Kind("Queues", "filter", find_queues),
    Kind("Annotations", "flag", find_annotations),
    Kind("Review sessions", "play", find_sessions, MIN_ID_LENGTH),
    Kind("Videos", "eye", find_videos, MIN_ID_LENGTH),
)


def search(user: User, typed: str) -> list[Group]:
    """What is found of each kind, kinds without any left out; used inside a snapshot."""
    typed = normalise(typed)
    if not typed:
        return []
    groups = (
        Group(kind, kind.find(user, typed)) for kind in KINDS if len(typed) >= kind.min_length
    )
    return [group for group in groups if group.hits]
