"""Notes: sentences on what a metric's figures leave out. Each is a list, empty where nothing is.

Results are kept for all who may see them: numbers in notes are written when they are read.
"""

from analytics.display import for_reader
from analytics.formatting import count, plural
from analytics.summaries.reading import SummaryReader


def count_note(n: int, singular: str, plural_form: str) -> list[str]:
    """``1 session has ...`` or ``2 sessions have ...``; no note for 0."""
    words = singular if n == 1 else plural_form
    return [for_reader(lambda: f"{count(n)} {words}")] if n else []


def missing_note(n: int, noun: str, missing: str) -> list[str]:
    """``2 sessions have no rating.``; no note for 0."""
    if n == 0:
        return []
    have = "has" if n == 1 else "have"
    return [for_reader(lambda: f"{plural(n, noun)} {have} no {missing}.")]


def unknown_duration_note(summaries: SummaryReader) -> list[str]:
    """How many sessions have no duration."""
    untimed = summaries.totals["sessions"] - summaries.totals["timed_sessions"]
    return count_note(
        untimed,
        "session has no duration and is not in times and handle time",
        "sessions have no duration and are not in times and handle time",
    )


def unknown_video_note(summaries: SummaryReader) -> list[str]:
    """How many views have no video id."""
    return count_note(
        summaries.totals["unnamed"],
        "view has no video id and is not among the unique videos",
        "views have no video id and are not among the unique videos",
    )


def unknown_idle_length_note(summaries: SummaryReader) -> list[str]:
    """How many idle intervals have no length."""
    return count_note(
        summaries.totals["unmeasured_idle"],
        "interval has no length and is in no figure",
        "intervals have no length and are in no figure",
    )
