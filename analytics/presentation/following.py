"""Filters that follow: whose work and which days stay while one goes from page to page.

They stand in the address, and every link of the navigation takes over those that its page knows.
A page that does not know one leaves it aside, says so, and hands it on.
``static/portal/js/following.js`` does the same where the address changes without a new page.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.access import Viewer
from analytics.presentation.periods import filter_label
from analytics.scope import DATE_PARAMETERS

#: The parameters that follow, in their order in an address.
FOLLOWING = ("moderator", *DATE_PARAMETERS, "team")
ALL_DATES = "start="


def following_query(params: QueryDict, names: Sequence[str] = FOLLOWING) -> str:
    """The filters of an address that a page with ``names`` takes over; empty without any."""
    found = {name: params[name] for name in names if params.get(name)}
    if not found and "start" in params and "start" in names:
        return ALL_DATES
    # Everybody's totals are of no one person.
    if "team" in found:
        found.pop("moderator", None)
    return urlencode(found)


def set_aside(
    parameters: Sequence[str], params: QueryDict, viewer: Viewer
) -> tuple[QueryDict, dict[str, str]]:
    """The parameters that a page with ``parameters`` knows, and those that it only hands on.

    Nothing is set aside for those who see the own work only: a name is refused as ever.
    """
    if "moderator" in parameters or not params.get("moderator") or not viewer.sees_everyone:
        return params, {}
    kept = params.copy()
    names = kept.pop("moderator")
    return kept, {"moderator": str(names[-1])}


def describe_set_aside(aside: Mapping[str, str]) -> str:
    """What a page says of the filters that it does not know; empty without any."""
    if not aside:
        return ""
    words = " and ".join(f"{filter_label(name)}: {text}" for name, text in aside.items())
    return f"{words} is no filter of this page, and stays for the others."


def hand_on(url: str, aside: Mapping[str, str]) -> str:
    """An address with what is set aside."""
    return f"{url}&{urlencode(aside)}" if aside else url
