"""The metrics of chat sessions: how long, how lively, how well rated."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Avg, Model, Q, QuerySet
from django.db.models import Count as CountRows
from django.db.models import Sum as SumRows
from django.db.models.functions import TruncMonth

from analytics.display import for_reader
from analytics.formatting import month, short_day
from analytics.metrics.columns import MONTH_KEY
from analytics.metrics.drawing import KpiStrip, Lines, StackedColumns
from analytics.metrics.formulas import ratio
from analytics.metrics.grains import Step
from analytics.metrics.notes import missing_note
from analytics.metrics.records import CHATS, Count, Key, Mean, Part, Sum
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.row_keys import step_keys
from analytics.models import ChatSession, Target
from analytics.scope import DATE_PARAMETERS, Scope

AnyModel = TypeVar("AnyModel", bound=Model)

RATING_SCALE = "of 6"
#: The rating's name among the targets.
RATING_TARGET = "average_rating"

RATED = Part(Q(feedback_rating__isnull=False), label="rated chat sessions")
AVERAGE_LENGTH = Column(
    "average_length_minutes",
    "Session length",
    "minutes",
    "min",
    Mean(CHATS, amount="length_minutes"),
)
AVERAGE_MESSAGES = Column(
    "average_messages", "Messages", "number", "a session", Mean(CHATS, amount="messages_sent")
)
AVERAGE_RATING = Column(
    "average_rating",
    "Feedback rating",
    "number",
    RATING_SCALE,
    Mean(CHATS, RATED, amount="feedback_rating"),
)


def in_date_range(rows: QuerySet[AnyModel], scope: Scope) -> QuerySet[AnyModel]:
    """The rows whose ``date`` lies in scope, without an order."""
    return rows.filter(scope.date_filter()).order_by()


def chat_sessions(scope: Scope) -> QuerySet[ChatSession]:
    """The chat sessions whose date is in scope."""
    return in_date_range(ChatSession.objects.all(), scope)


def as_float(value: float | Decimal | None) -> float | None:
    """The mean of whole numbers, which the database gives as a decimal, as a float."""
    return None if value is None else float(value)


@metric(
    title="Engagement",
    group="engagement",
    columns=(
        Column("sessions", "Sessions", "integer", "sessions", Count(CHATS)),
        AVERAGE_LENGTH,
        AVERAGE_MESSAGES,
        AVERAGE_RATING,
        Column("rated_sessions", "Rated sessions", "integer", "sessions", Count(CHATS, RATED)),
        Column(
            "resources_clicked",
            "Resources clicked",
            "integer",
            "clicks",
            Sum(
                CHATS,
                Part(
                    Q(resources_clicked__isnull=False), label="chat sessions whose clicks are known"
                ),
                amount="resources_clicked",
            ),
        ),
    ),
    parameters=DATE_PARAMETERS,
    drawing=KpiStrip(),
    counted="sessions",
)
def activity_summary(scope: Scope) -> Result:
    """Chat sessions in scope and their plain averages.

    Session length = sum of the lengths / chat sessions. Messages = sum of the messages sent /
    chat sessions. Feedback rating = sum of the ratings / rated chat sessions: one without a rating
    counts in everything else. Resources clicked = their sum over the chat sessions where it is
    known.
    """
    sums = chat_sessions(scope).aggregate(
        sessions=CountRows("pk"),
        length=Avg("length_minutes"),
        messages=Avg("messages_sent"),
        rating=Avg("feedback_rating"),
        rated=CountRows("feedback_rating"),
        clicks=SumRows("resources_clicked", default=0),
        known_clicks=CountRows("resources_clicked"),
    )
    sessions = sums["sessions"]
    row: Row = {
        "sessions": sessions,
        "average_length_minutes": sums["length"],
        "average_messages": as_float(sums["messages"]),
        "average_rating": as_float(sums["rating"]),
        "rated_sessions": sums["rated"],
        "resources_clicked": sums["clicks"],
    }
    return Result(
        rows=[row],
        n=sessions,
        notes=[
            *missing_note(sessions - sums["rated"], "session", "rating"),
            *missing_note(
                sessions - sums["known_clicks"], "session", "number of resources clicked"
            ),
        ],
    )


@metric(
    title="Length and messages by rating",
    group="engagement",
    columns=(
        Column(
            "rating",
            "Rating",
            "integer",
            RATING_SCALE,
            key=Key(lambda row: Part(Q(feedback_rating=row["rating"]))),
        ),
        Column("sessions", "Sessions", "integer", "sessions", Count(CHATS, RATED)),
        replace(AVERAGE_LENGTH, records=Mean(CHATS, RATED, amount="length_minutes")),
        replace(AVERAGE_MESSAGES, records=Mean(CHATS, RATED, amount="messages_sent")),
    ),
    parameters=DATE_PARAMETERS,
    drawing=StackedColumns(
        label="rating", values=("average_length_minutes", "average_messages"), span=6
    ),
    counted="rated sessions",
)
def activity_by_rating(scope: Scope) -> Result:
    """Average length and messages of the chat sessions that got each rating.

    Session length = sum of the lengths / chat sessions with that rating, in minutes; messages = sum
    of the messages sent / those sessions. Ratings nobody gave are left out, and so are chat
    sessions without a rating. Minutes and messages are different units, so the total height of a
    stack means nothing; read its two parts.
    """
    sessions = chat_sessions(scope)
    rated = (
        sessions.filter(feedback_rating__isnull=False)
        .values("feedback_rating")
        .annotate(
            sessions=CountRows("pk"), length=Avg("length_minutes"), messages=Avg("messages_sent")
        )
        .order_by("feedback_rating")
    )
    rows = [
        {
            "rating": row["feedback_rating"],
            "sessions": row["sessions"],
            "average_length_minutes": row["length"],
            "average_messages": float(row["messages"]),
        }
        for row in rated
    ]
    unrated = sessions.filter(feedback_rating__isnull=True).count()
    return Result(
        rows=rows,
        n=sum(row["sessions"] for row in rows),
        notes=missing_note(unrated, "session", "rating"),
    )


def rating_by_step(scope: Scope, steps: Sequence[Step]) -> list[Row | None]:
    """The average rating of each step: all its ratings over all its rated sessions."""
    rated = chat_sessions(scope).filter(feedback_rating__isnull=False)
    days = rated.values("date").annotate(n=CountRows("pk"), ratings=SumRows("feedback_rating"))
    by_day = {row["date"]: row for row in days}
    rows: list[Row | None] = []
    for step in steps:
        dates = (step.first + timedelta(days=n) for n in range(step.days))
        inside = [by_day[day] for day in dates if day in by_day]
        n = sum(row["n"] for row in inside)
        rating = ratio(sum(row["ratings"] for row in inside), n)
        row: Row = {**step_keys(step), "month": step.first, "sessions": n, "average_rating": rating}
        rows.append(row if n else None)
    return rows


@metric(
    title="Average rating by month",
    group="engagement",
    columns=(
        Column("month", "Month", "month", key=MONTH_KEY),
        Column("sessions", "Rated sessions", "integer", "sessions", Count(CHATS, RATED)),
        AVERAGE_RATING,
    ),
    parameters=DATE_PARAMETERS,
    drawing=Lines(time="month", value="average_rating", n="sessions", span=6),
    counted="rated sessions",
    by_step=rating_by_step,
)
def rating_by_month(scope: Scope) -> Result:
    """Average feedback rating of each calendar month.

    Feedback rating = sum of the ratings / rated chat sessions of the month; sessions = those rated.
    Months without a rated session are left out. The first and the last month count only the
    days chosen.
    """
    months = (
        chat_sessions(scope)
        .filter(feedback_rating__isnull=False)
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(sessions=CountRows("pk"), rating=Avg("feedback_rating"))
        .order_by("month")
    )
    rows = [
        {
            "month": iso_month(row["month"]),
            "sessions": row["sessions"],
            "average_rating": float(row["rating"]),
        }
        for row in months
    ]
    total = sum(row["sessions"] for row in rows)
    return Result(
        rows=rows,
        n=total,
        notes=partial_month_note(scope, bool(rows)),
        target=Target.objects.value_in_force(RATING_TARGET, scope.end),
    )


def iso_month(day: date) -> str:
    """The month of a day as YYYY-MM."""
    return f"{day.year:04d}-{day.month:02d}"


def partial_month_note(scope: Scope, has_rows: bool) -> list[str]:
    """The note that the scope begins within a month; none without rows."""
    if not has_rows or scope.start is None or scope.start.day == 1:
        return []
    start = scope.start
    return [for_reader(lambda: f"{month(iso_month(start))} counts from {short_day(start)} on.")]
