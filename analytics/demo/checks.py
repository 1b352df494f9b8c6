"""The demo's checks: a random sample that leads worked through, of people with known accuracy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from analytics.demo.world import HARD, SKIPPER
from analytics.models import (
    Decision,
    Dispute,
    DisputeOutcome,
    QualityCheck,
    QualitySample,
    SampledView,
    SampleMethod,
    Verdict,
    VideoView,
)
from analytics.quality.drawing import SampleDesign, draw_sample
from analytics.scope import Scope
from audit.changes import summarised

SEED = 2026
#: The sample: so many days up to yesterday, so many views, so many of each moderator at the least.
SAMPLED_DAYS = 56
SIZE = 1_200
AT_LEAST = 25
SECOND_CHECKS = 60
#: How often a decision is right: the skipper's, those on the hard queue, all others.
SKIPPER_ACCURACY, HARD_ACCURACY, ACCURACY = 0.75, 0.87, 0.95
UNSURE = 0.02
#: How often two checkers say the same.
SAME = 0.93
#: Of the checks that find a mistake so many are disputed; of the disputes so many are open, and of
#: the decided ones so many are reversed.
DISPUTED, OPEN, REVERSED = 0.4, 0.15, 0.35
SECONDS_A_CHECK = 50
OPPOSITE = {
    Decision.ACCEPTED.value: Verdict.REJECTED.value,
    Decision.REJECTED.value: Verdict.ACCEPTED.value,
}
NOTES = (
    "The word is quoted from a news report.",
    "The caption says it is satire.",
    "The second half breaks the policy.",
    "The person is not identifiable.",
)
OBJECTIONS = (
    "The quote ends after the first sentence; what follows is aimed at a person.",
    "The policy names exactly this case.",
    "The caption was added after I saw the video.",
)
REPLIES = {
    DisputeOutcome.UPHELD.value: "The policy is clear here; see its examples.",
    DisputeOutcome.REVERSED.value: "You are right, thank you: the check is reversed.",
}


@dataclass(frozen=True)
class Truth:
    """Of a sampled view: whose it is, and of which queue."""

    moderator: str
    queue: str | None

    @property
    def accuracy(self) -> float:
        """How often a decision like this is right."""
        if self.moderator == SKIPPER:
            return SKIPPER_ACCURACY
        return HARD_ACCURACY if self.queue == HARD else ACCURACY


def load_checks(now: datetime, *, lead: User, admin: User) -> QualitySample:
    """Draw a sample of the last weeks up to ``now`` (aware), check it, and dispute some of it.

    Two people check some of it. The audit has the sample, not each check of the demo.
    """
    end = timezone.localdate(now) - timedelta(days=1)
    scope = Scope(lead, start=end - timedelta(days=SAMPLED_DAYS - 1), end=end)
    design = SampleDesign(SampleMethod.BY_MODERATOR, scope, size=SIZE, at_least=AT_LEAST)
    with transaction.atomic(), summarised():
        sample = draw_sample(
            design,
            by=lead,
            name="Eight weeks, by moderator",
            seed=SEED,
            second_checks=SECOND_CHECKS,
        )
        rng = Random(SEED)  # noqa: S311 - made up, the same each time
        views = list(sample.views.order_by("number"))
        checks = QualityCheck.objects.bulk_create(
            made_checks(views, truths(views), now, rng, (lead, admin))
        )
        Dispute.objects.bulk_create(made_disputes(checks, now, rng, admin))
    return sample


def truths(views: list[SampledView]) -> dict[tuple[str, int], Truth]:
    """Of each sampled view whose it is and of which queue."""
    rows = VideoView.objects.filter(
        session__public_id__in={view.session_id for view in views},
        position__in={view.position for view in views},
    ).values_list("session__public_id", "position", "session__moderator__username", "queue")
    return {(session, at): Truth(name, queue) for session, at, name, queue in rows}


def made_checks(
    views: list[SampledView],
    truth: dict[tuple[str, int], Truth],
    now: datetime,
    rng: Random,
    checkers: tuple[User, User],
) -> Iterator[QualityCheck]:
    """Yield a check of each view, for some a second; the last just before ``now``."""
    at = now - timedelta(seconds=SECONDS_A_CHECK * (len(views) + SECOND_CHECKS + 1))
    for view in views:
        is_right = rng.random() < truth[view.session_id, view.position].accuracy
        verdict = view.decision if is_right else OPPOSITE[view.decision]
        if rng.random() < UNSURE:
            verdict = Verdict.UNSURE
        for checker in checkers[: view.checks_wanted]:
            at += timedelta(seconds=SECONDS_A_CHECK)
            said = verdict
            if checker is not checkers[0] and verdict in OPPOSITE and rng.random() > SAME:
                said = OPPOSITE[verdict]
            yield QualityCheck(
                sampled=view,
                session_id=view.session_id,
                position=view.position,
                video=view.video,
                decision=view.decision,
                verdict=said,
                note="" if said == view.decision else rng.choice(NOTES),
                checked_by=checker,
                checked_at=at,
            )


def made_disputes(
    checks: list[QualityCheck], now: datetime, rng: Random, decider: User
) -> Iterator[Dispute]:
    """Yield disputes of checks that found a mistake; some are decided."""
    for check in checks:
        is_mistake = check.verdict not in (check.decision, Verdict.UNSURE)
        if not is_mistake or rng.random() > DISPUTED or check.checked_by == decider:
            continue
        start = check.checked_at + (now - check.checked_at) * 0.3
        dispute = Dispute(quality_check=check, reason=rng.choice(OBJECTIONS), created_at=start)
        if rng.random() > OPEN:
            is_reversed = rng.random() < REVERSED
            dispute.outcome = DisputeOutcome.REVERSED if is_reversed else DisputeOutcome.UPHELD
            dispute.reply = REPLIES[dispute.outcome]
            dispute.decided_by = decider
            dispute.decided_at = start + (now - start) * 0.5
        yield dispute
