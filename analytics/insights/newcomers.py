"""Newcomers who have become faster since they began."""

from datetime import date

from django.db.models import Min
from django.utils import timezone

from analytics.comparison.learning import Learner
from analytics.formatting import join_names, plural, seconds, share, short_day
from analytics.insights.findings import Finding, NamedPerson
from analytics.insights.people import HANDLE_TIME
from analytics.insights.registry import FindingData, finding, n_words
from analytics.models import Session


def first_days(names: list[str]) -> dict[str, date]:
    """The day of the first session of each, of all that are known."""
    firsts = (
        Session.objects.filter(moderator__username__in=names)
        .values_list("moderator__username")
        .annotate(at=Min("started_at"))
        .order_by()
    )
    return {name: timezone.localtime(at).date() for name, at in firsts}


def named_person(name: str, began: date, learner: Learner) -> NamedPerson:
    """A newcomer as the finding names them."""
    return NamedPerson(
        moderator=name,
        measure=HANDLE_TIME.column,
        value=learner.last_seconds,
        expected=None,
        low=None,
        high=None,
        n=learner.n,
        sessions=learner.sessions,
        sentence=(
            f"{name} began on {short_day(began)} and has become faster:"
            f" {seconds(learner.first_seconds)} of active time for a decision in the first three"
            f" weeks, {seconds(learner.last_seconds)} in the last three. In the same queues and"
            f" weeks that is {share(1 - learner.ratio)} less."
        ),
        judged_by=(
            "The change is compared with how much the times of those who were there before"
            " changed between the same weeks. It is held against nobody."
        ),
    )


@finding(title="Newcomers who learn", metric="moderator-review", about_people=True)
def newcomers(data: FindingData) -> Finding | None:
    """Who began in these weeks and has become faster since.

    Compared are the handle times of the first three weeks and the last three, in the same queues
    and weeks, with how much those of people who were there before changed between the same weeks.
    A newcomer began three weeks or more after the others. Where nobody learns, a look names
    somebody in at most 1 of 100 cases.
    """
    team = data.team
    began = first_days([team.names[each.person] for each in team.learners])
    start = data.scope.start
    people = []
    for learner in team.learners:
        name = team.names[learner.person]
        # Who was only away has worked before the look's days.
        if start is not None and began[name] < start:
            continue
        people.append(named_person(name, began[name], learner))
    if not people:
        return None
    n = sum(person.n for person in people)
    verb = "has" if len(people) == 1 else "have"
    return Finding(
        level="note",
        sentence=(
            f"{join_names([person.moderator for person in people], max_names=4)} {verb} become"
            " faster since they began."
        ),
        n=n,
        counted=HANDLE_TIME.counted[1],
        evidence=(
            f"{plural(len(people), 'newcomer')}, the first three weeks and the last three,"
            f" {n_words(n, *HANDLE_TIME.counted)}"
        ),
        numbers={"moderators": len(people)},
        details=tuple(person.sentence for person in people),
        people=tuple(people),
    )
