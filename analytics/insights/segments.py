"""What to do: for which users another type of recommendation has worked better.

Whether types do differently in different segments is asked first: a type that is better for
everybody is no reason to name anybody. Effects in segments are then drawn towards the common one.
"""

from collections.abc import Sequence

from django.utils.text import capfirst

from analytics.formatting import count
from analytics.insights.contests import Contest, better_for_all, contests, that_differ
from analytics.insights.findings import Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words


@finding(title="Another type for some users", metric="recommendation-effectiveness", kind="action")
def another_type_for_segment(data: FindingData) -> Finding:
    """The users for whom another type of recommendation has worked better, and by how much.

    Users are divided into thirds by the average rating they gave, by the average length of their
    sessions, and by how many sessions they had; ``user_id`` joins them with the recommendations
    made to them. Each other type is compared with the commonest one, by click-through and by
    feedback. First it is asked whether the thirds differ at all (Welch 1951, corrected for all
    such questions): a type that is better for everybody is said to be so, and no segment is
    named. Where they differ, each third's effect is drawn towards the common one (Efron and Morris
    1975). Who got what was not drawn by lot, so try it out before changing it for everybody.
    """
    compared = list(contests(data))
    if not compared:
        n = data.row("click-through-rate")["recommendations"]
        assert isinstance(n, int)
        return too_few(
            n,
            "recommendations",
            about="on segments of users",
            needs="two segments with 10 recommendations of each of two types are needed",
        )
    differ = that_differ(compared)
    return segment_finding(differ) if differ else finding_for_all(compared)


def finding_for_all(compared: Sequence[Contest]) -> Finding:
    """The finding where no segment differs: by the contest whose two types differ the most."""
    questions = len(compared)
    effect, contest = min(
        ((better_for_all(contest, questions), contest) for contest in compared),
        key=lambda pair: pair[0].p,
    )
    better = effect.is_clear and effect.value > 0
    outcome = contest.outcome
    n = sum(group.n for pair in contest.pairs for group in pair)
    if better:
        sentence = (
            f"{capfirst(contest.other)} has worked better than {contest.usual} for all users"
            f" alike: {outcome.words} {outcome.gap(effect.value)} more. No segment differs."
        )
    else:
        sentence = (
            f"Cannot tell whether another type works better for some users: a difference of"
            f" {outcome.gap(contest.would_show)} in {outcome.words} between two segments would have"
            " been seen."
        )
    return Finding(
        level="note",
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{outcome.words} of {contest.other} minus {contest.usual} {outcome.gap(effect.value)}"
            f" (95 % {outcome.gap(effect.low)} to {outcome.gap(effect.high)}),"
            f" {questions} questions asked at once, {n_words(n, 'recommendation')}"
        ),
        interval=Interval(effect.low, effect.high, of=f"{contest.other} minus {contest.usual}"),
        numbers={
            "type": contest.other,
            "instead_of": contest.usual,
            "difference": effect.value,
            "p": effect.p,
        },
        action=try_out(contest, "users") if better else "",
    )


def try_out(contest: Contest, whom: str) -> str:
    """The advice where a type seems better."""
    return (
        f"Try {contest.other} instead of {contest.usual} with some of these {whom}, drawn by lot,"
        " and compare."
    )


def segment_finding(differ: Sequence[Contest]) -> Finding:
    """The finding about segments in which another type has worked better than elsewhere."""
    contest = differ[0]
    best = contest.better[0]
    outcome = contest.outcome
    other, usual = contest.pairs[best.place]
    low, high = best.value - best.half, best.value + best.half
    return Finding(
        level="watch",
        sentence=(
            f"For {best.segment}, {contest.other} has worked better than {contest.usual}:"
            f" {outcome.words} {outcome.write(other.mean)} against {outcome.write(usual.mean)},"
            f" {outcome.gap(best.value)} more when chance is allowed for."
        ),
        n=best.n,
        counted="recommendations",
        evidence=(
            f"{outcome.words} of {contest.other} minus {contest.usual} {outcome.gap(best.value)}"
            f" (95 % {outcome.gap(low)} to {outcome.gap(high)}), and segments differ"
            f" (p = {contest.interaction:.2g}), {n_words(best.n, 'recommendation')}, made to"
            f" {count(other.clusters)} and {count(usual.clusters)} users"
        ),
        interval=Interval(low, high, of=f"{contest.other} minus {contest.usual}"),
        numbers={
            "segment": best.segment,
            "type": contest.other,
            "instead_of": contest.usual,
            "difference": best.value,
            "p": contest.interaction,
        },
        details=tuple(effect.words for contest in differ for effect in contest.better),
        action=try_out(contest, "users"),
    )
