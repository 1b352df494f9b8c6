"""Speed against care: how fast each moderator decides and how much they watch to the end.

Both against what the team does in the same queues and weeks; the verdict is the findings' own.
"""

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from analytics.access import MIN_TEAM
from analytics.metrics import drawing
from analytics.metrics.columns import COMPLETION_RATE, FROM_OTHERS, HANDLE, MODERATOR, VIDEOS
from analytics.metrics.moderator_comparison import (
    moderator_comparison,
    own_comparison,
)
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row, number_or_none
from analytics.metrics.team_work import judge_team
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.snapshots import snapshot


def own_speed_and_care(scope: Scope) -> Result:
    """A moderator's own row, as far as it tells of no few others."""
    return placed(scope, own_comparison, min_others=MIN_TEAM)


@metric(
    title="Speed against care",
    group="review",
    counted="moderators",
    drawing=drawing.FourFields(
        label="moderator",
        n="videos",
        x="time_difference",
        y="completion_difference",
        flag="fast_without_care",
        fields=(
            "faster, completes more",
            "slower, completes more",
            "faster, completes less",
            "slower, completes less",
        ),
    ),
    columns=(
        MODERATOR,
        VIDEOS,
        HANDLE,
        Column(
            "time_difference",
            "Time per decision against expected",
            "share",
            without_records=FROM_OTHERS,
        ),
        COMPLETION_RATE,
        Column(
            "completion_difference",
            "Completed against expected",
            "share",
            without_records=FROM_OTHERS,
        ),
        Column(
            "fast_without_care",
            "Faster and completes less",
            "flag",
            without_records="It is a verdict.",
        ),
    ),
    summary=(
        Column("time_low", "Ordinary time, low", "share", without_records=FROM_OTHERS),
        Column("time_high", "Ordinary time, high", "share", without_records=FROM_OTHERS),
        Column("completion_low", "Ordinary completion, low", "share", without_records=FROM_OTHERS),
        Column(
            "completion_high", "Ordinary completion, high", "share", without_records=FROM_OTHERS
        ),
    ),
    parameters=PEOPLE_PARAMETERS,
    names_people=True,
    own=own_speed_and_care,
    same_numbers="moderator-review",
)
def speed_and_care(scope: Scope) -> Result:
    """How fast each moderator decides and how much they watch to the end, against the expected.

    Time per decision against expected: handle time / what the team, without this person, takes in
    the same queues and weeks, minus 1. Completed against expected: completion rate minus what is
    expected. Faster and completes less: completes less than the person's own limits, and is faster
    than expected beyond chance. Empty where nobody can be judged. Slow alone is no fault, and
    neither is fast: there is no order among the four fields. Ordinary: between which differences
    the limits of somebody with the usual amount of work lie (the median of each person's limits).
    """
    return placed(scope, moderator_comparison.compute)


def placed(scope: Scope, compare: Callable[[Scope], Result], *, min_others: int = 1) -> Result:
    """The rows of a comparison as places around what is expected.

    ``min_others``: who skips by the comparison with so many others, and by the team's own.
    """
    with snapshot():
        compared = compare(scope)
        team, displayed = judge_team(scope), judge_team(scope, min_others=min_others)
        skips = {
            name: bool(flag) if flag == own else None
            for name, flag, own in zip(team.names, team.skips, displayed.skips, strict=True)
        }
        rows = list(place_rows(compared.rows, skips))
    return Result(rows, summary=ordinary_place(compared.rows), n=compared.n)


def ordinary_place(rows: list[Row]) -> Row:
    """Where the limits of somebody with the usual amount of work lie; null where nobody has any."""
    names = ("time_low", "time_high", "completion_low", "completion_high")
    limits = [found for row in rows if (found := limits_around_expected(row)) is not None]
    if not limits:
        return dict.fromkeys(names)
    return dict(zip(names, map(median, zip(*limits, strict=True)), strict=True))


def limits_around_expected(row: Row) -> tuple[float, float, float, float] | None:
    """A person's limits as differences from what is expected, in the summary's order."""
    numbers = [
        number_or_none(row[f"{column.name}_{of}"])
        for column in (HANDLE, COMPLETION_RATE)
        for of in ("expected", "low", "high")
    ]
    if None in numbers or not numbers[0]:
        return None
    seconds, least, most, completion, low, high = (number or 0.0 for number in numbers)
    return least / seconds - 1, most / seconds - 1, low - completion, high - completion


def place_rows(rows: list[Row], skips: Mapping[str, bool | None]) -> Iterator[Row]:
    """Yield the place of each person."""
    for row in rows:
        seconds, usual, completion, usual_completion = (
            number_or_none(row[f"{column.name}{of}"])
            for column in (HANDLE, COMPLETION_RATE)
            for of in ("", "_expected")
        )
        slower = less = flag = None
        if seconds is not None and usual:
            slower = seconds / usual - 1
        if completion is not None and usual_completion is not None:
            less = completion - usual_completion
        if slower is not None and less is not None:
            flag = skips[str(row["moderator"])]
        yield {
            "moderator": row["moderator"],
            "videos": row["videos"],
            HANDLE.name: seconds,
            "time_difference": slower,
            COMPLETION_RATE.name: completion,
            "completion_difference": less,
            "fast_without_care": flag,
        }
