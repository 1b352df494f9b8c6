"""The demo's engagement report: chat sessions, recommendations and performance over a year.

Made so that its averages are those of the report that the portal replaces, exactly: 1,000
sessions of 58.70 minutes and 25 messages, rated 3.38; 600 recommendations clicked at 0.52,
balanced among the types, videos with the best feedback and podcasts the most frequent; response
time 11.5 minutes and satisfaction 3.10, with no clear relation to the sessions moderated. The
same seed and day give the same rows.
"""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from analytics.demo.people import NAMES
from analytics.demo.world import DAYS as REVIEW_DAYS
from analytics.demo.world import TRAITS, Traits
from analytics.imports.rows.fields import (
    MODERATOR_PERFORMANCE,
    RECOMMENDATIONS,
    USER_ACTIVITY,
    RowKind,
    validate,
)
from analytics.imports.rows.store import store_all

Row = dict[str, object]

DAYS = 365
USERS = 300
#: Sessions by rating: 1,000 of them, 3,380 points.
RATINGS = {1: 129, 2: 126, 3: 245, 4: 236, 5: 264}
LENGTH_TENTHS = 587_000
MESSAGES = 25_000
#: How much of a rating's deviation shows in the length: r is about 0.13.
LENGTH_BY_RATING = 0.13

#: Type: how many, sum of the click-through rates in hundredths, sum of the scores in tenths.
TYPES = {
    "Video": (221, 11_934, 7_702),
    "Podcast": (251, 12_851, 7_790),
    "Blog": (128, 6_415, 3_849),
}
#: Users whose sessions are long like videos better than the others do, by this many tenths.
LIKE_VIDEOS_TENTHS = 4

#: A row a moderator and week, of the weeks in which they were there.
PERIODS = 52
RESPONSE_MEAN_TENTHS = 115
SATISFACTION_MEAN_TENTHS = 31
#: A correlation that is none, over 40 people.
MAX_CORRELATION = 0.08


def load_engagement(seed: int, today: date) -> None:
    """Store the demo's rows for the year up to ``today`` through the store of all imports."""
    rng = Random(f"engagement {seed}")  # noqa: S311  # the same for the same seed
    lengths = dict(zip(users(), (rng.gauss(0, 1) for _ in range(USERS)), strict=True))
    put(USER_ACTIVITY, chat_rows(rng, today, lengths))
    put(RECOMMENDATIONS, recommendation_rows(rng, today, lengths))
    put(MODERATOR_PERFORMANCE, performance_rows(rng, today))


def put(kind: RowKind, rows: Iterator[Row]) -> None:
    """Validate and store rows."""
    store_all(kind, (validate(kind, row) for row in rows))


def users() -> list[str]:
    """The users' ids."""
    return [f"user-{number:03d}" for number in range(1, USERS + 1)]


def some_day(rng: Random, today: date) -> str:
    """A day of the year up to today, fewer at weekends."""
    while True:
        day = today - timedelta(days=rng.randrange(DAYS))
        if day.weekday() < 5 or rng.random() < 0.7:
            return day.isoformat()


def summing_to(total: int, values: Sequence[float], low: int, high: int, rng: Random) -> list[int]:
    """The values as whole numbers within the bounds that add up to ``total`` exactly."""
    whole = [min(high, max(low, round(value))) for value in values]
    missing = total - sum(whole)
    step = 1 if missing > 0 else -1
    while missing:
        place = rng.randrange(len(whole))
        if low <= whole[place] + step <= high:
            whole[place] += step
            missing -= step
    return whole


def chat_rows(rng: Random, today: date, lengths: dict[str, float]) -> Iterator[Row]:
    """Yield the chat sessions; longer ones tend to be rated better."""
    ratings = [rating for rating, n in RATINGS.items() for _ in range(n)]
    rng.shuffle(ratings)
    mean, spread = statistics.fmean(ratings), statistics.pstdev(ratings)
    owners = [rng.choice(list(lengths)) for _ in ratings]
    minutes = [
        58.7
        + 25
        * (
            LENGTH_BY_RATING * (rating - mean) / spread
            + 0.4 * lengths[owner]
            + 0.9 * rng.gauss(0, 1)
        )
        for rating, owner in zip(ratings, owners, strict=True)
    ]
    tenths = summing_to(LENGTH_TENTHS, [10 * value for value in minutes], 2, 1_500, rng)
    drawn = [rng.gauss(25, 11) for _ in ratings]
    messages = summing_to(MESSAGES, drawn, 0, 60, rng)
    for number, rating in enumerate(ratings):
        yield {
            "session_id": f"chat-{number + 1:04d}",
            "user_id": owners[number],
            "date": some_day(rng, today),
            "session_length": tenths[number] / 10,
            "messages_sent": messages[number],
            "feedback_rating": rating,
            "resources_clicked": rng.randrange(11),
        }


def recommendation_rows(rng: Random, today: date, lengths: dict[str, float]) -> Iterator[Row]:
    """Yield the recommendations of each type, in the order of their ids shuffled."""
    rows: list[Row] = []
    for name, (n, rates, scores) in TYPES.items():
        owners = [rng.choice(list(lengths)) for _ in range(n)]
        clicked = summing_to(rates, [rng.uniform(5, 99) for _ in owners], 5, 99, rng)
        likes = [
            LIKE_VIDEOS_TENTHS * (1 if lengths[owner] > 0 else -1) if name == "Video" else 0
            for owner in owners
        ]
        drawn = [scores / n + like + rng.gauss(0, 9.5) for like in likes]
        scored = summing_to(scores, drawn, 10, 50, rng)
        rows += (
            {
                "user_id": owner,
                "date": some_day(rng, today),
                "recommendation_type": name,
                "click_through_rate": rate / 100,
                "feedback_score": score / 10,
            }
            for owner, rate, score in zip(owners, clicked, scored, strict=True)
        )
    rng.shuffle(rows)
    for number, row in enumerate(rows, start=1):
        yield {"recommendation_id": f"rec-{number:04d}", **row}


def performance_rows(rng: Random, today: date) -> Iterator[Row]:
    """Yield a row a moderator and week: how fast they answered and how content users were."""
    usual = {name: 113 + rng.gauss(0, 14) for name in NAMES}
    liked = {name: 31.5 + rng.gauss(0, 2) for name in NAMES}
    for name, traits in TRAITS.items():
        if traits.response_minutes is not None:
            usual[name] = 10 * traits.response_minutes
        if traits.satisfaction is not None:
            liked[name] = 10 * traits.satisfaction
    rows = [(name, period) for name in NAMES for period in periods_of(TRAITS.get(name))]
    people = [name for name, _ in rows]
    response = summing_to(
        RESPONSE_MEAN_TENTHS * len(people),
        [rng.gauss(usual[name], 20) for name in people],
        5,
        400,
        rng,
    )
    satisfaction = summing_to(
        SATISFACTION_MEAN_TENTHS * len(people),
        [rng.gauss(liked[name], 5) for name in people],
        10,
        50,
        rng,
    )
    sessions = sessions_of(rng, people, response)
    for place, (name, period) in enumerate(rows):
        day = today - timedelta(days=7 * period + rng.randrange(7))
        yield {
            "moderator": name,
            "date": day.isoformat(),
            "sessions_moderated": sessions[place],
            "average_response_time": response[place] / 10,
            "satisfaction_score": satisfaction[place] / 10,
        }


def periods_of(traits: Traits | None) -> range:
    """The whole weeks, counted back from the last, in which somebody was there."""
    if traits is None:
        return range(PERIODS)
    days_since = REVIEW_DAYS - 1 - traits.last_day
    last = (REVIEW_DAYS - traits.first_day) // 7 if traits.first_day else PERIODS
    return range(-(-days_since // 7), last)


def sessions_of(rng: Random, people: Sequence[str], response: Sequence[int]) -> list[int]:
    """How many sessions each row is about, unrelated to the people's response times."""
    means = [
        statistics.fmean(value for name, value in zip(people, response, strict=True) if name == who)
        for who in NAMES
    ]
    while True:
        usual = {name: rng.uniform(10, 50) for name in NAMES}
        sessions = [max(2, round(rng.gauss(usual[name], 5))) for name in people]
        sums = Counter[str]()
        for name, n in zip(people, sessions, strict=True):
            sums[name] += n
        if abs(statistics.correlation([sums[name] for name in NAMES], means)) < MAX_CORRELATION:
            return sessions
