"""Lists of checks: what each shows, in which order, and which check is before and after another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from analytics.access import LEADS_AND_ADMINS, ScopeError, own_moderator
from analytics.formatting import plural
from analytics.keyset import Ordering, SortKey, cut_page
from analytics.models import DisputeOutcome, QualityCheck, QualitySample
from analytics.presentation.chart_options import Choice, ChoiceGroup
from analytics.presentation.checks import check_address, visible_checks
from analytics.presentation.samples import is_revealed
from analytics.quality.listing import checker_name

#: So many checks are on one page of a list.
PAGE_SIZE = 50
#: The parameters of a list, in addresses.
LIST, SHOW, FOUND = "list", "show", "found"
CURSOR, BEFORE = "cursor", "before"
NEWEST_FIRST = Ordering("newest", (SortKey("checked_at"), SortKey("pk")), descending=True)
OLDEST_DISPUTE = Ordering("oldest", (SortKey("dispute__created_at"), SortKey("dispute__pk")))
LAST_DECIDED = Ordering(
    "decided", (SortKey("dispute__decided_at"), SortKey("dispute__pk")), descending=True
)
AS_DRAWN = Ordering("drawn", (SortKey("sampled__number"), SortKey("pk")))

#: What became of a check, and whether the first decision was right: words, condition.
SHOWN: Mapping[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "undisputed": ("Open to dispute", Q(dispute__isnull=True)),
    "disputed": ("Disputed", Q(dispute__outcome=DisputeOutcome.OPEN)),
    "decided": ("Decided", Q(dispute__isnull=False) & ~Q(dispute__outcome=DisputeOutcome.OPEN)),
}
FOUNDS: Mapping[str, tuple[str, Q]] = {
    "": ("Any", Q()),
    "right": ("Right", Q(is_correct=True, is_stale=False)),
    "wrong": ("Wrong", Q(is_correct=False, is_stale=False)),
    "uncounted": ("Not counted", Q(is_correct__isnull=True) | Q(is_stale=True)),
}


@dataclass(frozen=True)
class CheckPage:
    """Some checks of a list, and the parameters of the pages before and after."""

    rows: list[QualityCheck]
    previous: str
    following: str


@dataclass(frozen=True)
class CheckList:
    """Checks in an order; ``params`` give the list again, in the addresses of its checks."""

    rows: QuerySet[QualityCheck]
    ordering: Ordering
    params: Mapping[str, str]

    @property
    def query(self) -> str:
        """The parameters as the page of each of its checks takes them."""
        return urlencode(self.params)

    def beside(self, check: QualityCheck) -> tuple[str, str]:
        """The addresses of the checks before and after one; empty where there is none.

        Also of one that is no longer in the list, such as a dispute that has been decided.
        """
        values = [key.value_of(check) for key in self.ordering.keys]
        if None in values:
            return "", ""
        found = []
        for ordering in (self.ordering.reversed, self.ordering):
            rows = ordering.apply(self.rows.filter(ordering.after(values)))
            other = rows.select_related(None).only("pk").first()
            found.append("" if other is None else check_address(other, listed=self.query))
        return found[0], found[1]

    def page(self, size: int, cursor: str | None = None, before: str | None = None) -> CheckPage:
        """The ``size`` checks after a cursor, or before one; raises ``ScopeError``.

        What comes before is read in the other direction, and turned around.
        """
        if before is None:
            page = cut_page(self.rows, self.ordering, size, cursor)
            is_first = cursor is None or not page.rows
            back = None if is_first else self.ordering.reversed.encode_cursor(page.rows[0])
            return CheckPage(page.rows, self.at(BEFORE, back), self.at(CURSOR, page.cursor))
        page = cut_page(self.rows, self.ordering.reversed, size, before)
        rows = page.rows[::-1]
        forth = self.ordering.encode_cursor(rows[-1]) if rows else None
        return CheckPage(rows, self.at(BEFORE, page.cursor), self.at(CURSOR, forth))

    def at(self, name: str, cursor: str | None) -> str:
        """The parameters of the page at a cursor; empty where there is none."""
        return "" if cursor is None else f"?{urlencode({**self.params, name: cursor})}"


def pages_of(shown: CheckList, page: CheckPage) -> dict[str, Any]:
    """How many checks a list has, and its pages before and after one."""
    return {
        "listed": plural(shown.rows.count(), "check"),
        "previous_url": page.previous,
        "next_url": page.following,
    }


def own_list(viewer: User, params: Mapping[str, str]) -> CheckList:
    """The checks of the viewer's own views, the newest first; raises ``ScopeError``."""
    show, found = chosen(SHOW, SHOWN, params), chosen(FOUND, FOUNDS, params)
    own = visible_checks(viewer).filter(session__moderator=own_moderator(viewer))
    rows = own.filter(SHOWN[show][1], FOUNDS[found][1])
    kept = {name: value for name, value in ((SHOW, show), (FOUND, found)) if value}
    return CheckList(rows, NEWEST_FIRST, kept)


def own_choices(shown: CheckList) -> list[ChoiceGroup]:
    """What the list can be narrowed to, as links that keep the other choice."""
    return [
        ChoiceGroup(
            label,
            [
                Choice(words, own_address(shown.params, name, value), value == current)
                for value, (words, _condition) in choices.items()
            ],
        )
        for name, label, choices in (
            (SHOW, "What became of it", SHOWN),
            (FOUND, "Your decision was", FOUNDS),
        )
        for current in [shown.params.get(name, "")]
    ]


def own_address(params: Mapping[str, str], name: str, value: str) -> str:
    """The list with another choice."""
    kept = {**params, name: value} if value else {n: v for n, v in params.items() if n != name}
    path = reverse("portal:own-checks")
    return f"{path}?{urlencode(kept)}" if kept else path


def chosen(name: str, choices: Mapping[str, object], params: Mapping[str, str]) -> str:
    """The choice of a parameter; raises ``ScopeError`` for one that there is not."""
    value = params.get(name, "")
    if value not in choices:
        known = ", ".join(filter(None, choices))
        raise ScopeError(name, f"is none of {known}")
    return value


def list_of(check: QualityCheck, viewer: User, params: Mapping[str, str]) -> CheckList | None:
    """The list that a check was opened from, or the one that it belongs to; raises ``ScopeError``.

    None where it stands alone, and while its sample tells nothing.
    """
    if not LEADS_AND_ADMINS.includes(viewer):
        return own_list(viewer, params)
    name = chosen(LIST, dict.fromkeys(("", "open", "decided", "sample")), params)
    dispute = getattr(check, "dispute", None)
    if name == "open" or (not name and dispute and dispute.outcome == DisputeOutcome.OPEN):
        return open_disputes(viewer) if dispute else None
    if name == "decided":
        return decided_disputes(viewer) if dispute else None
    if check.sampled is None or not is_revealed(check.sampled.sample, viewer):
        return None
    return sample_checks(check.sampled.sample, viewer)


def open_disputes(viewer: User) -> CheckList:
    """The checks whose dispute is open, the oldest dispute first."""
    rows = visible_checks(viewer).filter(dispute__outcome=DisputeOutcome.OPEN)
    return CheckList(rows, OLDEST_DISPUTE, {LIST: "open"})


def decided_disputes(viewer: User) -> CheckList:
    """The checks whose dispute is decided or withdrawn, the last one first."""
    rows = visible_checks(viewer).filter(dispute__isnull=False)
    closed = rows.exclude(dispute__outcome=DisputeOutcome.OPEN)
    return CheckList(closed, LAST_DECIDED, {LIST: "decided"})


def sample_checks(sample: QualitySample, viewer: User) -> CheckList:
    """The checks of a sample in the order of its views, each with ``checker_name``.

    Nobody is told who checked their own views.
    """
    rows = visible_checks(viewer).filter(sampled__sample=sample)
    return CheckList(rows.annotate(checker_name=checker_name(viewer)), AS_DRAWN, {LIST: "sample"})
