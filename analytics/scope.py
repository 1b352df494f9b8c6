"""The scope of a question: whose work, which session, which days, and who is asking."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from analytics.access import (
    MIN_TEAM,
    PORTAL,
    Forbidden,
    NotVisible,
    ScopeError,
    Viewer,
    own_moderator,
)
from analytics.models import (
    Inactivity,
    Moderator,
    ModeratorPerformance,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    VideoView,
)

REVIEW_PARAMETERS = ("moderator", "session", "start", "end")
PEOPLE_PARAMETERS = ("moderator", "start", "end")
DATE_PARAMETERS = ("start", "end")

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day_start(day: date) -> datetime:
    """The instant at which ``day`` begins in TIME_ZONE."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def parse_date(field: str, text: str) -> date:
    """The date written as YYYY-MM-DD; raises ``ScopeError``."""
    try:
        if not ISO_DATE.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
        # The instants at which it begins and ends have to exist in every time zone.
        if not date(2, 1, 1) <= day <= date(9998, 12, 31):
            raise ValueError
    except ValueError:
        raise ScopeError(field, f"{text!r} is not a date; write it as YYYY-MM-DD") from None
    return day


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
    for name, given in lists:
        if name not in accepted:
            raise ScopeError(name, f"unknown parameter; this takes {', '.join(accepted) or 'none'}")
        if len(given) != 1:
            raise ScopeError(name, "given more than once")
        if given[0] == "":
            raise ScopeError(name, "is empty; leave it out for all")
        if "\0" in given[0]:
            raise ScopeError(name, "holds a NUL character")
        values[name] = given[0]
    return values


def parse_flag(field: str, text: str) -> bool:
    """Read ``true`` or ``false``, also written 1 and 0; raises ``ScopeError``."""
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except KeyError:
        raise ScopeError(field, f"{text!r} is neither true nor false") from None


@dataclass(frozen=True)
class Scope:
    """A validated scope. ``None`` means unlimited; ``start`` and ``end`` are inclusive.

    ``Scope.parse`` is the way to make one from a request: it decides access. Made directly it
    trusts its maker (commands, tests).
    """

    viewer: Viewer
    moderator: Moderator | None = None
    session: Session | None = None
    start: date | None = None
    end: date | None = None
    team: bool = False

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
        start = parse_date("start", values["start"]) if "start" in values else None
        end = parse_date("end", values["end"]) if "end" in values else None
        if start is not None and end is not None and start > end:
            raise ScopeError("start", f"{start} is after the end, {end}")
        team = parse_flag("team", values["team"]) if "team" in values else False
        if team and ("moderator" in values or "session" in values):
            raise ScopeError("team", "can't be combined with a moderator or a session")
        if team and not viewer.sees_everyone:
            require_team_months(start, end)
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
        return cls(viewer, moderator, session, start, end, team)

    def as_params(self) -> dict[str, str]:
        """The parameters that give this scope again, for links and answers."""
        params = {}
        if self.moderator is not None:
            params["moderator"] = self.moderator.username
        if self.session is not None:
            params["session"] = self.session.public_id
        if self.start is not None:
            params["start"] = self.start.isoformat()
        if self.end is not None:
            params["end"] = self.end.isoformat()
        if self.team:
            params["team"] = "true"
        return params

    def previous(self) -> "Scope | None":
        """The scope of equal length just before this one; None when it has no length.

        None also for a moderator's team totals: those days need not be whole months.
        """
        if self.start is None or self.end is None or self.session is not None:
            return None
        if self.team and not self.viewer.sees_everyone:
            return None
        days = (self.end - self.start).days + 1
        try:
            start, end = self.start - timedelta(days=days), self.start - timedelta(days=1)
        except OverflowError:
            return None
        return Scope(self.viewer, self.moderator, None, start, end, self.team)

    def require_row_access(self, what: str) -> None:
        """Raise ``Forbidden`` when the viewer may see totals only, and ``what`` names people."""
        if self.team and not self.viewer.sees_everyone:
            raise Forbidden("team", f"{what} names people; ask for your own")

    def session_filter(self, path: str = "") -> Q:
        """The condition on a session in scope, found at ``path`` ("session__")."""
        condition = Q()
        if self.moderator is not None:
            condition &= Q((f"{path}moderator", self.moderator))
        if self.session is not None:
            condition &= Q((f"{path}pk", self.session.pk))
        if self.start is not None:
            condition &= Q((f"{path}started_at__gte", day_start(self.start)))
        if self.end is not None:
            next_day = day_start(self.end + timedelta(days=1))
            condition &= Q((f"{path}started_at__lt", next_day))
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


def visible_moderator(
    username: str | None, viewer: Viewer, *, accepts: Sequence[str]
) -> Moderator | None:
    """The moderator asked for, or the viewer's own; None for everyone.

    Raises ``NotVisible`` for somebody else's or an unknown name, ``Forbidden`` for data that
    belong to no moderator and the viewer may not see.
    """
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
    own = own_moderator(viewer)
    if username is not None and username != own.username:
        raise NotVisible("moderator", "no such moderator")
    return own


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


def visible_session(public_id: str, viewer: Viewer) -> Session:
    """The session by its public id; raises ``NotVisible``."""
    session = (
        visible_sessions(viewer).select_related("moderator").filter(public_id=public_id).first()
    )
    if session is None:
        raise NotVisible("session", "no such session")
    return session


def require_team_months(start: date | None, end: date | None) -> None:
    """Raise ``ScopeError`` unless the range is whole months, each with enough moderators.

    Each month by itself, so that nobody is found by subtracting one range from another.
    """
    whole = (
        start is not None
        and end is not None
        and start.day == 1
        and (end + timedelta(days=1)).day == 1
    )
    if not whole or start is None or end is None:
        raise ScopeError("team", "needs start and end to be whole calendar months")
    scope = Scope(PORTAL, start=start, end=end)
    people: dict[date, set[int]] = {}
    reviewed = scope.sessions().annotate(month=TruncMonth("started_at"))
    for month, moderator in reviewed.values_list("month", "moderator").distinct().order_by():
        people.setdefault(month.date(), set()).add(moderator)
    performed = ModeratorPerformance.objects.filter(date__range=(start, end))
    months = performed.annotate(month=TruncMonth("date")).values("month", "moderator")
    for row in months.annotate(n=Count("pk")).order_by():
        people.setdefault(row["month"], set()).add(row["moderator"])
    month = start
    while month <= end:
        if len(people.get(month, ())) < MIN_TEAM:
            raise ScopeError(
                "team", f"{month:%Y-%m} has fewer than {MIN_TEAM} moderators with activity"
            )
        month = (month + timedelta(days=31)).replace(day=1)
