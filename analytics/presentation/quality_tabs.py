"""The pages about the quality of decisions, one beside the other."""

from dataclasses import dataclass

from django.urls import reverse

from analytics.access import LEADS_AND_ADMINS, WITH_WORK, Audience, Viewer


@dataclass(frozen=True)
class Tab:
    """A page: its words, its address, and whether it is the one that is open."""

    label: str
    url: str
    current: bool


#: Words, the name of the address, who may open it.
TABS: tuple[tuple[str, str, Audience], ...] = (
    ("Overview", "portal:quality", WITH_WORK),
    ("Plan a sample", "portal:quality-plan", LEADS_AND_ADMINS),
    ("Samples", "portal:quality-samples", LEADS_AND_ADMINS),
    ("Disputes", "portal:quality-disputes", LEADS_AND_ADMINS),
)


def quality_tabs(viewer: Viewer, current: str) -> list[Tab]:
    """The pages that the viewer may open; none where there is only one."""
    tabs = [
        Tab(label, reverse(name), name == current)
        for label, name, audience in TABS
        if audience.includes(viewer)
    ]
    return tabs if len(tabs) > 1 else []
