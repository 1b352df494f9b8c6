"""Newcomers: who is new and still slower than others, and who has become faster since."""

from datetime import date

from analytics.comparison.learning import Learner
from analytics.formatting import join_names, plural, seconds, share, short_day
from analytics.insights.beginnings import first_days
from analytics.insights.findings import Finding, NamedPerson
from analytics.insights.people import HANDLE_TIME, Compared
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.spread import named_people


def learner_named(name: str, began: date, learner: Learner) -> NamedPerson:
    """Somebody who has become faster, as the finding names them."""
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


def people_who_learn(data: FindingData) -> list[NamedPerson]:
    """Those who began in the look's days and have become faster since."""
    team, start = data.team, data.scope.start
    began = first_days([team.names[each.person] for each in team.learners])
    # Who was only away has worked before the look's days.
    named = [(team.names[each.person], each) for each in team.learners]
    return [
        learner_named(name, began[name], learner)
        for name, learner in named
        if start is None or began[name] >= start
    ]


def people_still_slow(data: FindingData) -> list[NamedPerson]:
    """Those above their limits of the handle time in the first weeks of their work."""
    if not data.slow_newcomers.any():
        return []
    began = first_days(data.team.names)

    def words(compared: Compared) -> str:
        return (
            f"{compared.moderator} began on {short_day(began[compared.moderator])} and"
            f" {compared.did}. {compared.ordinary(HANDLE_TIME.side)} Who is new needs longer:"
            " that is held against nobody."
        )

    return named_people(data, HANDLE_TIME, lambda look: look.slow_newcomers, words)


@finding(title="Newcomers", metric="moderator-review", about_people=True)
def newcomers(data: FindingData) -> Finding | None:
    """Who is new and still slower than others, and who began in these dates and became faster.

    A newcomer began three weeks or more after the others. Who is above their limits of the handle
    time in the first six weeks is named here, and in no other finding. Later the handle times of
    the first three weeks and the last three are compared, in the same queues and weeks, with how
    much those of people who were there before changed between the same weeks. Where nobody
    learns, a look says in at most 1 of 100 cases that somebody has become faster.
    """
    learning = people_who_learn(data)
    names = [person.moderator for person in learning]
    slow = [person for person in people_still_slow(data) if person.moderator not in names]
    people = [*learning, *slow]
    if not people:
        return None
    sentences = []
    if learning:
        verb = "has" if len(learning) == 1 else "have"
        sentences.append(f"{listed(learning)} {verb} become faster since they began.")
    if slow:
        verb = "is" if len(slow) == 1 else "are"
        sentences.append(
            f"{listed(slow)} {verb} new and still slower than others; that is held against nobody."
        )
    n = sum(person.n for person in people)
    return Finding(
        level="note",
        sentence=" ".join(sentences),
        n=n,
        counted=HANDLE_TIME.counted[1],
        evidence=f"{plural(len(people), 'newcomer')}, {n_words(n, *HANDLE_TIME.counted)}",
        numbers={"moderators": len(people)},
        details=tuple(person.sentence for person in people),
        people=tuple(people),
    )


def listed(people: list[NamedPerson]) -> str:
    """Their names, the first four."""
    return join_names([person.moderator for person in people], max_names=4)
