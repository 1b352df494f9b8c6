"""Filters that follow: whose work and which days stay while one goes from page to page.

They stand in the address, and every link of the navigation takes over those that its page knows.
A page that does not know one leaves it aside, says so, and hands it on.
``static/portal/js/following.js`` does the same where the address changes without a new page.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.access import Viewer
from analytics.presentation.pages import Page
from analytics.presentation.periods import filter_label
from analytics.scope import DATE_PARAMETERS

#: The parameters that follow, in their order in an address.
FOLLOWING = ("moderator", *DATE_PARAMETERS, "team")
ALL_DATES = "start="
STAYS = "is no filter of this page, and stays"


def following_query(params: QueryDict, names: Sequence[str] = FOLLOWING) -> str:
    """The filters of an address that a page with ``names`` takes over; empty without any."""
    found = {name: params[name] for name in names if params.get(name)}
    if not found and "start" in params and "start" in names:
        return ALL_DATES
    # Everybody's totals are of no one person.
    if "team" in found:
        found.pop("moderator", None)
    return urlencode(found)


def set_aside(page: Page, params: QueryDict, viewer: Viewer) -> tuple[QueryDict, dict[str, str]]:
    """The parameters that a page knows, and those that it only hands on.

    A name is refused as ever to those who see the own work only.
    """
    names = []
    if "moderator" not in page.parameters and viewer.sees_everyone:
        names.append("moderator")
    if not page.takes_team:
        names.append("team")
    kept = params.copy()
    aside = {name: str(kept.pop(name)[-1]) for name in names if params.get(name)}
    return kept, aside


def describe_set_aside(aside: Mapping[str, str]) -> str:
    """What a page says of the filters that it does not know; empty without any."""
    if not aside:
        return ""
    words = " and ".join(
        "The team's totals" if name == "team" else f"{filter_label(name)}: {text}"
        for name, text in aside.items()
    )
    verb = "are no filter of this page, and stay" if "team" in aside else STAYS
    return f"{words} {verb} for the others."


def hand_on(url: str, aside: Mapping[str, str]) -> str:
    """An address with what is set aside."""
    return f"{url}&{urlencode(aside)}" if aside else url
