"""The scopes that are measured and compared, for the portal and as a condition in SQL."""

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.access import PORTAL
from analytics.models import Moderator, Session
from analytics.scope import Scope
from benchmarks.generator import DAYS, FIRST_DAY

LAST_DAY = (FIRST_DAY + timedelta(days=DAYS - 1)).date()


@dataclass(frozen=True)
class Case:
    """A scope and the same condition on the session ``s`` in SQL."""

    name: str
    scope: Scope
    condition: str


def case(
    name: str,
    *,
    moderator: Moderator | None = None,
    session: Session | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Case:
    """A case; ``start`` and ``end`` are inclusive days in UTC."""
    conditions = []
    if moderator is not None:
        conditions.append(f"s.moderator_id = {moderator.pk}")
    if session is not None:
        conditions.append(f"s.id = {session.pk}")
    if start is not None:
        conditions.append(f"s.started_at >= TIMESTAMP '{start}'")
    if end is not None:
        conditions.append(f"s.started_at < TIMESTAMP '{end + timedelta(days=1)}'")
    scope = Scope(PORTAL, moderator, session, start, end)
    return Case(name, scope, " AND ".join(conditions) or "TRUE")


def everyone() -> Case:
    """The scope of everything."""
    return case("everyone, the whole year")


def one_moderator() -> Case:
    """The scope of one moderator's whole year."""
    return case("one moderator, the whole year", moderator=Moderator.objects.earliest("pk"))


def last_month() -> Case:
    """Everyone's last thirty days."""
    return case("everyone, 30 days", start=LAST_DAY - timedelta(days=29), end=LAST_DAY)


def all_cases() -> list[Case]:
    """The scopes in which the figures are compared; everyone first."""
    moderators = Moderator.objects.order_by("pk")
    middle = moderators[moderators.count() // 2]
    first_day = FIRST_DAY.date()
    session = Session.objects.order_by("pk")[Session.objects.count() // 3]
    return [
        everyone(),
        last_month(),
        one_moderator(),
        case("everyone, one day", start=first_day + timedelta(200), end=first_day + timedelta(200)),
        case("everyone, most of the year", start=first_day + timedelta(37),
             end=first_day + timedelta(300)),
        case("everyone, until the third month", end=first_day + timedelta(75)),
        case("everyone, before there was anything", end=first_day - timedelta(1)),
        case("a moderator, 100 days", moderator=middle, start=first_day + timedelta(150),
             end=first_day + timedelta(249)),
        case("one session", session=session),
    ]  # fmt: skip
