"""Samples as their pages show them: how far they are, and what came of their checks."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from analytics import formatting
from analytics.comparison.agreement import Agreement, agreement_of, alpha_interval
from analytics.formatting import plural
from analytics.models import QualityCheck, QualitySample, SampledView, Verdict
from analytics.presentation.cells import Cell, Heading, unsortable
from analytics.presentation.checks import came_to, judged_cells
from analytics.quality.checking import open_views, progress

#: So many samples are on one page of the list.
PAGE_SIZE = 50
SAMPLE_COLUMNS = [
    Heading("Sample", sortable=False),
    Heading("How", sortable=False),
    Heading("Views of", sortable=False),
    Heading("Checked", sortable=False),
    Heading("Of", numeric=True, sortable=False),
    Heading("Drawn by", sortable=False),
    Heading("On", sortable=False),
]
CHECK_COLUMNS = unsortable("Video", "Moderator", "First decision", "Check", "Came to", "Checked by")


def listed_samples() -> QuerySet[QualitySample]:
    """The samples, the newest first, with their progress."""
    return with_progress(QualitySample.objects.select_related("moderator", "created_by"))


def with_progress(samples: QuerySet[QualitySample]) -> QuerySet[QualitySample]:
    """Samples with ``n_done`` checks of ``n_wanted``."""
    checks = QualityCheck.objects.filter(sampled__sample=OuterRef("pk")).order_by()
    n_checks = checks.values("sampled__sample").annotate(n=Count("pk")).values("n")
    views = SampledView.objects.filter(sample=OuterRef("pk")).order_by()
    n_wanted = views.values("sample").annotate(n=Sum("checks_wanted")).values("n")
    return samples.annotate(
        n_done=Coalesce(Subquery(n_checks), 0), n_wanted=Coalesce(Subquery(n_wanted), 0)
    )


def sample_cells(sample: QualitySample) -> list[Cell]:
    """A row of the list of samples."""
    n_done, n_wanted = sample.n_done, sample.n_wanted  # type: ignore[attr-defined]  # annotated
    scope = formatting.date_range(sample.start, sample.end)
    whose = f"{sample.moderator.username}, {scope}" if sample.moderator else scope
    return [
        Cell(sample.name, href=reverse("portal:quality-sample", args=[sample.pk])),
        Cell(sample.get_method_display()),
        Cell(whose),
        Cell(formatting.count(n_done), bar=min(1.0, n_done / n_wanted) if n_wanted else 0.0),
        Cell(formatting.count(n_wanted), numeric=True),
        Cell(sample.created_by.get_username() if sample.created_by else formatting.MISSING),
        Cell(formatting.short_moment(sample.created_at)),
    ]


@dataclass(frozen=True)
class ProgressBar:
    """How far a sample is: the shares of the bar, and the sentence beside it."""

    mine: float
    others: float
    done: int
    wanted: int
    words: str


def progress_bar(sample: QualitySample, viewer: User) -> ProgressBar:
    """How far a sample is, for who asks."""
    found = progress(sample, viewer)
    wanted = max(1, found.wanted)
    mine = min(found.mine, found.done)
    parts = [f"{formatting.count(found.done)} of {formatting.count(found.wanted)} checked"]
    parts.append(f"{formatting.count(found.mine)} by you")
    if found.unsure:
        parts.append(f"{formatting.count(found.unsure)} unsure")
    if found.stale:
        views = plural(found.stale, "view says", "views say")
        parts.append(f"{views} something else by now")
    return ProgressBar(
        mine=mine / wanted,
        others=(found.done - mine) / wanted,
        done=found.done,
        wanted=found.wanted,
        words=", ".join(parts),
    )


def is_revealed(sample: QualitySample, viewer: User) -> bool:
    """Whether somebody sees the sample's decisions: not while they may check some of it blind."""
    return not sample.is_blind or not open_views(sample, viewer).exists()


def check_cells(check: QualityCheck) -> list[Cell]:
    """A row of a sample's table of checks."""
    checker: str | None = check.checker_name  # type: ignore[attr-defined]  # annotated
    moderator: str | None = check.moderator_name  # type: ignore[attr-defined]  # annotated
    return [
        *judged_cells(check, Cell(moderator or formatting.MISSING), listed="list=sample"),
        Cell(came_to(check), pill=True),
        Cell(checker or formatting.MISSING),
    ]


@dataclass(frozen=True)
class CheckersAgreement:
    """How far those agree who checked the same views."""

    found: Agreement
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """The sentence."""
        share = formatting.share(self.found.agreement)
        views = plural(self.found.videos, "view")
        text = f"{views} checked by several: {share} of the pairs of checks agree."
        if self.found.alpha is None:
            return f"{text} Alpha is not known: it takes two views, and verdicts of both kinds."
        alpha = formatting.number(self.found.alpha, 2)
        low, high = (formatting.number(end, 2) for end in (self.low, self.high))
        return f"{text} Alpha {alpha} (95 %: {low} to {high})."


def checkers_agreement(sample: QualitySample) -> CheckersAgreement | None:
    """How far the checkers of a sample agree; None where no view has two verdicts that count."""
    rows = (
        QualityCheck.objects.filter(sampled__sample=sample)
        .exclude(verdict=Verdict.UNSURE)
        .values("sampled")
        .order_by()
        .annotate(
            accepted=Count("pk", filter=Q(verdict=Verdict.ACCEPTED)),
            rejected=Count("pk", filter=Q(verdict=Verdict.REJECTED)),
        )
    )
    patterns = Counter((row["accepted"], row["rejected"]) for row in rows)
    found = agreement_of(patterns)
    if not found.videos:
        return None
    return CheckersAgreement(found, *alpha_interval(patterns))


def squares(sample: QualitySample, viewer: User, now: int | None) -> Iterable[str]:
    """A word for each view of a sample: ``y`` checked by the viewer, ``u`` unsure, ``o`` others."""
    verdicts: dict[int, dict[int | None, str]] = defaultdict(dict)
    rows = QualityCheck.objects.filter(sampled__sample=sample)
    for number, by, verdict in rows.values_list("sampled__number", "checked_by", "verdict"):
        verdicts[number][by] = verdict
    for number in sample.views.order_by("number").values_list("number", flat=True):
        said = verdicts[number]
        own = said.get(viewer.pk)
        if number == now:
            yield "now"
        elif own is not None:
            yield "unsure" if own == Verdict.UNSURE else "mine"
        else:
            yield "others" if said else ""
