"""The scope of a question: whose work, which session, which days, and who is asking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from analytics.access import (
    Forbidden,
    NotVisible,
    ScopeError,
    Viewer,
    own_moderator,
)
from analytics.models import (
    Inactivity,
    Moderator,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    Video,
    VideoView,
)
from analytics.names import normalise
from analytics.reads import read
from analytics.scope_filters import (
    DATE_PARAMETERS,
    PEOPLE_PARAMETERS,
    REVIEW_PARAMETERS,
    SCOPE_FILTERS,
    ScopeFilter,
    day_start,
    parse_date,
)

__all__ = [
    "DATE_PARAMETERS",
    "PEOPLE_PARAMETERS",
    "REVIEW_PARAMETERS",
    "Scope",
    "WeekHour",
    "day_start",
    "parse_date",
    "parse_flag",
    "single_values",
    "visible_moderator",
    "visible_moderators",
    "visible_session",
    "visible_sessions",
    "visible_video",
]


def single_values(params: Mapping[str, str] | object, accepts: Iterable[str]) -> dict[str, str]:
    """The parameters by name; raises ``ScopeError`` for unknown, doubled or empty ones."""
    accepted = tuple(accepts)
    lists: Iterable[tuple[str, Sequence[str]]]
    if hasattr(params, "lists"):
        lists = params.lists()
    else:
        assert isinstance(params, Mapping)
        lists = ((name, [value]) for name, value in params.items())
    values: dict[str, str] = {}
    for name, texts in lists:
        if name not in accepted:
            raise ScopeError(name, f"unknown parameter; this takes {', '.join(accepted) or 'none'}")
        if len(texts) != 1:
            raise ScopeError(name, "given more than once")
        if texts[0] == "":
            raise ScopeError(name, "is empty; leave it out for all")
        if "\0" in texts[0]:
            raise ScopeError(name, "holds a NUL character")
        values[name] = texts[0]
    return values


def parse_flag(field: str, text: str) -> bool:
    """Read ``true`` or ``false``, also written 1 and 0; raises ``ScopeError``."""
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except KeyError:
        raise ScopeError(field, f"{text!r} is neither true nor false") from None


class WeekHour(NamedTuple):
    """An hour of the week in TIME_ZONE: ``weekday`` from 1 (Monday) to 7, ``hour`` from 0 to 23."""

    weekday: int
    hour: int

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read ``3-14``."""
        weekday, hour = text.split("-")
        return cls(int(weekday), int(hour))

    def condition(self, path: str) -> Q:
        """The condition on a session found at ``path`` ("session__"): it started in this hour."""
        return Q(
            (f"{path}started_at__iso_week_day", self.weekday),
            (f"{path}started_at__hour", self.hour),
        )


@dataclass(frozen=True)
class Scope:
    """A validated scope. ``None`` means unlimited; ``start`` and ``end`` are inclusive.

    ``Scope.parse`` is the way to make one from a request: it decides access. Made directly it
    trusts its maker (commands, tests). ``week_hour`` is no parameter: a row of a metric by the
    hour of the week stands for a scope that has it.
    """

    viewer: Viewer
    moderator: Moderator | None = None
    session: Session | None = None
    start: date | None = None
    end: date | None = None
    team: bool = False
    week_hour: WeekHour | None = None

    @classmethod
    def parse(
        cls,
        params: Mapping[str, str] | object,
        viewer: Viewer,
        *,
        accepts: Sequence[str] = REVIEW_PARAMETERS,
    ) -> Self:
        """Validate ``params`` (a QueryDict or a mapping) and decide access.

        Raises ``ScopeError`` (400), ``NotVisible`` (404) or ``Forbidden`` (403), each with the
        field and the reason. A moderator without ``team`` gets their own work.
        """
        values = single_values(params, (*accepts, "team"))
        parsed = {
            scope_filter.name: scope_filter.parse(scope_filter.name, values[scope_filter.name])
            for scope_filter in SCOPE_FILTERS
            if scope_filter.parse is not None and scope_filter.name in values
        }
        start, end = parsed.get("start"), parsed.get("end")
        if start is not None and end is not None and start > end:
            raise ScopeError("start", f"{start} is after the end, {end}")
        team = parse_flag("team", values["team"]) if "team" in values else False
        if team and not set(values) <= {"team", *DATE_PARAMETERS}:
            raise ScopeError("team", "can't be combined with a moderator or a session")
        if team and not viewer.sees_everyone:
            require_ended_months(start, end)
        moderator = None
        if not team:
            moderator = visible_moderator(values.get("moderator"), viewer, accepts=accepts)
        session = None
        if "session" in values:
            session = visible_session(values["session"], viewer)
            if moderator is not None and session.moderator_id != moderator.pk:
                raise ScopeError(
                    "session", f"{session.public_id} is not a session of {moderator.username}"
                )
        return cls(viewer, moderator, session, team=team, **parsed)

    def filters(self) -> list[tuple[ScopeFilter, Any]]:
        """The filters that are set, with their values."""
        values = (
            (scope_filter, getattr(self, scope_filter.name)) for scope_filter in SCOPE_FILTERS
        )
        return [(scope_filter, value) for scope_filter, value in values if value is not None]

    @property
    def is_limited(self) -> bool:
        """Whether anything is left out: any filter is set."""
        return bool(self.filters())

    def as_params(self) -> dict[str, str]:
        """The parameters that give this scope again, for links and answers."""
        params = {
            scope_filter.name: scope_filter.to_text(value) for scope_filter, value in self.filters()
        }
        if self.team:
            params["team"] = "true"
        return params

    def previous(self) -> "Scope | None":
        """The scope of the same length and weekdays before this one; None when it has no length.

        Whole weeks earlier, so that as many Sundays are in either: seven days follow on seven, and
        thirty begin 35 days earlier. None also for a moderator's team totals: those days need not
        be whole months.
        """
        if self.start is None or self.end is None or self.session is not None:
            return None
        if self.is_team_totals:
            return None
        days = (self.end - self.start).days + 1
        earlier = timedelta(weeks=-(-days // 7))
        try:
            start, end = self.start - earlier, self.end - earlier
        except OverflowError:
            return None
        return replace(self, start=start, end=end)

    @property
    def is_team_totals(self) -> bool:
        """Whether it asks for everyone's totals on behalf of somebody who sees only their own."""
        return self.team and not self.viewer.sees_everyone

    def require_row_access(self, subject: str) -> None:
        """Raise ``Forbidden`` when the viewer may see totals only, and ``subject`` names people."""
        if self.is_team_totals:
            raise Forbidden("team", f"{subject} names people; ask for your own")

    def require_records(self) -> None:
        """Raise ``Forbidden`` when the viewer may see totals only, not what they are made of."""
        if self.is_team_totals:
            raise Forbidden("team", "the team's totals open no records; ask for your own")

    def session_filter(self, path: str = "") -> Q:
        """The condition on a session in scope, found at ``path`` ("session__")."""
        condition = Q() if self.week_hour is None else self.week_hour.condition(path)
        for scope_filter, value in self.filters():
            condition &= scope_filter.condition(value, path)
        return condition

    def date_filter(self) -> Q:
        """The condition on the ``date`` of rows that belong to no session."""
        condition = Q()
        if self.start is not None:
            condition &= Q(date__gte=self.start)
        if self.end is not None:
            condition &= Q(date__lte=self.end)
        return condition

    @property
    def session_only_filter(self) -> Q:
        """The condition of those filters that no roll-up knows; empty when there are none."""
        condition = Q() if self.week_hour is None else self.week_hour.condition("")
        for scope_filter, value in self.filters():
            if not scope_filter.in_rollups:
                condition &= scope_filter.condition(value, "")
        return condition

    def sessions(self) -> QuerySet[Session]:
        """The sessions in scope: by the day they started in TIME_ZONE."""
        return Session.objects.filter(self.session_filter())

    def views(self) -> QuerySet[VideoView]:
        """The views of videos in scope."""
        return VideoView.objects.filter(session__in=self.sessions())

    def speeds(self) -> QuerySet[PlaybackSpeed]:
        """The playback speeds chosen in scope."""
        return PlaybackSpeed.objects.filter(view__session__in=self.sessions())

    def idle(self) -> QuerySet[Inactivity]:
        """The idle intervals in scope, those without a length too."""
        return Inactivity.objects.filter(session__in=self.sessions())

    def queues(self) -> QuerySet[QueueAssignment]:
        """The queue assignments in scope, inactive ones too."""
        return QueueAssignment.objects.filter(session__in=self.sessions())


@read
def visible_moderator(
    username: str | None, viewer: Viewer, *, accepts: Sequence[str]
) -> Moderator | None:
    """The moderator asked for, or the viewer's own; None for everyone.

    Raises ``NotVisible`` for somebody else's or an unknown name, ``Forbidden`` for data that
    belong to no moderator and the viewer may not see.
    """
    if username is not None:
        username = normalise(username)
    if viewer.sees_everyone:
        if username is None:
            return None
        moderator = Moderator.objects.filter(username=username).first()
        if moderator is None:
            raise NotVisible("moderator", "no such moderator")
        return moderator
    if "moderator" not in accepts:
        raise Forbidden(
            "team", "you see everyone's totals of whole calendar months only; ask with team=true"
        )
    moderator = own_moderator(viewer)
    if username is not None and username != moderator.username:
        raise NotVisible("moderator", "no such moderator")
    return moderator


def visible_moderators(viewer: Viewer) -> QuerySet[Moderator]:
    """The moderators whose names ``viewer`` may see, by name."""
    if viewer.sees_everyone:
        return Moderator.objects.order_by("username")
    return Moderator.objects.filter(pk=own_moderator(viewer).pk)


def visible_sessions(viewer: Viewer) -> QuerySet[Session]:
    """The sessions that ``viewer`` may see; raises ``Forbidden`` when there can be none."""
    if viewer.sees_everyone:
        return Session.objects.all()
    return Session.objects.filter(moderator=own_moderator(viewer))


@read
def visible_session(public_id: str, viewer: Viewer) -> Session:
    """The session by its public id; raises ``NotVisible``."""
    session = (
        visible_sessions(viewer).select_related("moderator").filter(public_id=public_id).first()
    )
    if session is None:
        raise NotVisible("session", "no such session")
    return session


def visible_video(public_id: str, viewer: Viewer) -> Video:
    """A video that somebody the viewer may see was shown; raises ``NotVisible``."""
    views = VideoView.objects.filter(video=OuterRef("pk"))
    if not viewer.sees_everyone:
        views = views.filter(session__moderator=own_moderator(viewer))
    video = None
    if "\0" not in public_id:
        video = Video.objects.filter(Exists(views), public_id=public_id).first()
    if video is None:
        raise NotVisible("video", "no such video")
    return video


def require_ended_months(start: date | None, end: date | None) -> None:
    """Raise ``ScopeError`` unless the range is whole calendar months that have ended.

    A month that still runs would tell of one session by asking before and after it. Whether
    enough people are behind a month's figures is decided with the figures, by their kind.
    """
    is_whole_months = (
        start is not None
        and end is not None
        and start.day == 1
        and (end + timedelta(days=1)).day == 1
    )
    if not is_whole_months or end is None:
        raise ScopeError("team", "needs start and end to be whole calendar months")
    if end >= timezone.localdate():
        raise ScopeError("team", f"{end:%Y-%m} has not ended")
