"""What checks say of people, at the head of the page Quality: below limits, within, or unknown."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse

from analytics import formatting
from analytics.access import LEADS_AND_ADMINS
from analytics.comparison.judging import MIN_PEOPLE
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.formatting import plural
from analytics.insights.accuracy import people_by_accuracy
from analytics.insights.findings import NamedPerson
from analytics.insights.registry import FindingData
from analytics.metrics.checked_work import CheckedTeam, judge_checked
from analytics.metrics.moderator_comparison import LARGE_DIFFERENCE
from analytics.models import SampleMethod
from analytics.presentation.card_builder import person_address, with_query
from analytics.presentation.findings import ShownFinding
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: So many people are named at the head of the page.
MAX_NAMED = 6
ENOUGH = f"{MIN_TRIALS} checked decisions in {MIN_SESSIONS} sessions"


@read
def people_below(scope: Scope) -> list[NamedPerson]:
    """Whose accuracy lies below their limits, as far as the viewer may know."""
    with snapshot():
        people = people_by_accuracy(FindingData(scope).of_team)
    if scope.moderator is not None:
        people = [person for person in people if person.moderator == scope.moderator.username]
    if scope.viewer.sees_everyone:
        return people
    return [person.as_shown_to_themselves() for person in people]


def accuracy_findings(scope: Scope) -> list[ShownFinding]:
    """Who is below their limits; of the others whether they are within or nothing can be told."""
    if scope.is_team_totals:
        return []
    below = people_below(scope)
    with snapshot():
        team = judge_checked(scope)
    found = [named(person, scope) for person in below[:MAX_NAMED]]
    if scope.moderator is not None:
        return found or list(about_one(team, scope))
    return [*found, *about_the_others(team, scope, below)]


def named(person: NamedPerson, scope: Scope) -> ShownFinding:
    """Somebody below their limits, with what leads to their page."""
    recent = person.recent
    again = ""
    if recent is not None and recent.of:
        again = f" In {recent.outside} of the {plural(recent.of, 'look')} before it was the same."
    is_linked = scope.viewer.sees_everyone
    return finding(
        "act",
        person.sentence,
        f"{person.judged_by}{again}".strip(),
        href=person_address(scope, person.moderator) if is_linked else "",
        link="Open the page" if is_linked else "",
    )


def about_one(team: CheckedTeam, scope: Scope) -> Iterator[ShownFinding]:
    """Why nothing can be told of the scope's moderator, where it is so."""
    assert scope.moderator is not None
    name = scope.moderator.username
    at = team.place.get(name)
    if at is None or team.verdicts.judged[at]:
        return
    n, sessions = int(team.verdicts.n[at]), int(team.verdicts.sessions[at])
    amount = f"{plural(n, 'checked decision')} in {plural(sessions, 'session')}"
    needed = f"{ENOUGH} are needed, of enough people in the same queues and weeks."
    yield finding("few", f"Cannot tell how {name}'s accuracy lies: {amount}.", needed)


def about_the_others(
    team: CheckedTeam, scope: Scope, below: Sequence[NamedPerson]
) -> Iterator[ShownFinding]:
    """How many are within their limits, and of how many nothing can be told."""
    judged = int(team.verdicts.judged.sum())
    plan = plan_address(scope)
    if not judged:
        if not team.names:
            text = "Cannot tell how accurate decisions are: nothing drawn at random was checked."
            yield finding("few", text, "", **plan)
            return
        enough = int(np.sum(has_enough(team)))
        who = plural(enough, "person has", "people have") if enough else "nobody has"
        text = f"Cannot tell whose decisions are right less often: {who} {ENOUGH}."
        evidence = f"{MIN_PEOPLE} such people are needed before anybody is judged."
        yield finding("few", text, evidence, **plan)
        return
    more = len(below) - MAX_NAMED
    if more > 0:
        text = f"{plural(more, 'person', 'people')} more lie below their limits: see the table."
        yield finding("act", text, "")
    if not below:
        yield nobody_below(team)
    if few := len(team.names) - judged:
        text = f"Cannot tell of {few} of {plural(len(team.names), 'person', 'people')}."
        evidence = f"To judge somebody takes {ENOUGH}, and others in the same queues and weeks."
        yield finding("few", text, evidence, **plan)


def has_enough(team: CheckedTeam) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Who has as many checked decisions as it takes to be judged."""
    verdicts = team.verdicts
    return (verdicts.n >= MIN_TRIALS) & (verdicts.sessions >= MIN_SESSIONS)


def nobody_below(team: CheckedTeam) -> ShownFinding:
    """That nobody is named, or that next to nothing would have been seen."""
    verdicts = team.verdicts
    judged = plural(int(verdicts.judged.sum()), "person was", "people were") + " judged."
    seen = verdicts.detectable[verdicts.judged]
    least = float(np.nanmedian(seen)) if np.isfinite(seen).any() else 0.0
    expected = float(np.nanmedian(verdicts.expected[verdicts.judged]))
    accuracy = formatting.share(least, 0)
    if expected - least > LARGE_DIFFERENCE:
        text = "Cannot tell whether anybody's accuracy is low: there are too few checks for it."
        only = f"Of half of them only {accuracy} or less would most likely have been seen."
        return finding("few", text, f"{judged} {only}")
    seen_words = f"Of half of them {accuracy} or less would most likely have been seen."
    text = "Nobody's accuracy lies below their limits."
    return finding("note", text, f"{judged} {seen_words}")


def plan_address(scope: Scope) -> dict[str, str]:
    """Where leads go on from what cannot be told: to a sample from each moderator."""
    if not LEADS_AND_ADMINS.includes(scope.viewer):
        return {}
    query = urlencode({**scope.as_params(), "method": SampleMethod.BY_MODERATOR.value})
    return {"href": with_query(reverse("portal:quality-plan"), query), "link": "Plan a sample"}


def finding(
    level: str, text: str, evidence: str, *, href: str = "", link: str = ""
) -> ShownFinding:
    """A line at the head of the page."""
    return ShownFinding(
        slug="accuracy", title="Accuracy", level=level, text=text, evidence=evidence,
        details=(), action="", definition="", kind="finding", href=href, link=link, people=(),
    )  # fmt: skip
