"""Annotations beside the charts over days: numbered on the axis, told in the card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from analytics import formatting
from analytics.access import Viewer, may_annotate
from analytics.figures import Figure, Theme
from analytics.figures.annotations import AnnotationMark, with_annotations
from analytics.figures.palette import Palette
from analytics.metrics.registry import Metric
from analytics.models import Annotation
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

#: The newest that a chart shows; the page has all.
MAX_SHOWN = 20


@dataclass(frozen=True)
class ShownAnnotation:
    """An annotation as templates show it; ``author`` is empty for who sees no names."""

    number: int
    text: str
    queue: str
    days: str
    author: str
    edit_url: str


@dataclass(frozen=True)
class AnnotationList:
    """The annotations below a chart, whether there are more, and where to add one."""

    shown: Sequence[ShownAnnotation]
    has_more: bool
    annotate_url: str


def is_over_days(metric: Metric) -> bool:
    """Whether a metric has its rows by day or by moment."""
    return any(column.type in ("date", "datetime") for column in metric.columns)


@read
def newest_annotations(start: date | None, end: date | None) -> list[Annotation]:
    """The newest of some days, one more than are shown; read once in a snapshot."""

    def load() -> list[Annotation]:
        rows = Annotation.objects.of_days(start, end).select_related("created_by")
        return list(rows[: MAX_SHOWN + 1])

    return current_state().cached(("annotations", start, end), load)


def annotated_figure(figure: Figure, metric: Metric, scope: Scope, theme: Theme) -> Figure:
    """A figure with the annotations of its scope's days, where it is over days."""
    if not figure["data"] or not is_over_days(metric):
        return figure
    rows = newest_annotations(scope.start, scope.end)[:MAX_SHOWN]
    marks = [
        AnnotationMark(at, row.start, row.end, row.text) for at, row in enumerate(rows, start=1)
    ]
    return with_annotations(figure, marks, Palette(theme))


def annotation_list(metric: Metric, scope: Scope, back: str) -> AnnotationList | None:
    """What stands below the chart of a metric; None where it is over no days.

    ``back``: the address of the card, to which an added annotation leads back.
    """
    if not is_over_days(metric):
        return None
    rows = newest_annotations(scope.start, scope.end)
    address = ""
    if may_annotate(scope.viewer):
        start = {} if scope.end is None else {"start": scope.end}
        query = urlencode({**start, "next": back})
        address = f"{reverse('portal:annotations')}?{query}"
    return AnnotationList(
        shown_annotations(rows[:MAX_SHOWN], scope.viewer), len(rows) > MAX_SHOWN, address
    )


def shown_annotations(rows: Sequence[Annotation], viewer: Viewer) -> list[ShownAnnotation]:
    """Annotations as templates show them, numbered from 1."""
    may_edit = may_annotate(viewer)
    return [
        ShownAnnotation(
            number=at,
            text=row.text,
            queue=row.queue,
            days=formatting.date_range(row.start, row.end),
            author=str(row.created_by or "") if viewer.sees_everyone else "",
            edit_url=reverse("portal:annotation", args=[row.pk]) if may_edit else "",
        )
        for at, row in enumerate(rows, start=1)
    ]
