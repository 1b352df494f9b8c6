"""How the charts of a page are drawn, as its address says beside the filters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.access import ScopeError
from analytics.scope import Scope

#: The words of a grain that is none: a dot for each session.
EACH_SESSION = "Each session"
#: The words of each option's values, in the order of the buttons; the first holds unless another is
#: asked for.
OPTIONS: dict[str, dict[str, str]] = {
    "grain": {"day": "Day", "week": "Week", "month": "Month"},
    "scale": {"own": "Own scale", "common": "Same scale"},
    "earlier": {"hide": "These days", "show": "Earlier period"},
    "hours": {"reject_rate": "Reject rate", "videos": "Videos", "handle_seconds": "Handle time"},
}


@dataclass(frozen=True)
class Choice:
    """A value of an option as a link; ``is_current``: the page shows it."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class ChoiceGroup:
    """The values of an option that a card offers."""

    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class ChartOptions:
    """The options of ``OPTIONS``; empty: the first, or what suits the dates."""

    grain: str = ""
    scale: str = ""
    earlier: str = ""
    hours: str = ""

    @classmethod
    def split(cls, params: QueryDict) -> tuple[Self, QueryDict]:
        """The options of an address, and its other parameters; raises ``ScopeError``."""
        rest = params.copy()
        values = {}
        for name in (field.name for field in fields(cls)):
            given = [text for text in rest.pop(name, []) if text]
            if len(given) > 1:
                raise ScopeError(name, "given more than once")
            if given and given[0] not in OPTIONS[name]:
                raise ScopeError(name, f"{given[0]!r} is none of {', '.join(OPTIONS[name])}")
            values[name] = given[0] if given else ""
        return cls(**values), rest

    @property
    def as_params(self) -> dict[str, str]:
        """What gives them again in an address."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name)
        }

    def choices(
        self, name: str, label: str, scope: Scope, *, path: str, card: str, current: str = "",
        only: Collection[str] = (),
    ) -> ChoiceGroup:  # fmt: skip
        """The values of an option, or ``only`` some, as links that lead back to the card."""
        shown = current or getattr(self, name) or next(iter(OPTIONS[name]))
        return ChoiceGroup(
            label,
            [
                Choice(
                    words,
                    replace(self, **{name: value}).address(scope, path=path, card=card),
                    shown == value,
                )
                for value, words in OPTIONS[name].items()
                if not only or value in only
            ],
        )

    def address(self, scope: Scope, *, path: str, card: str) -> str:
        """The page with these options, at a card."""
        query = urlencode({**(scope.as_params() or {"start": ""}), **self.as_params})
        return f"{path}?{query}#card-{card}"


DEFAULT_OPTIONS = ChartOptions()
