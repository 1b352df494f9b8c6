"""Links from numbers to the records behind them, made from the metric's declaration."""

from collections.abc import Hashable, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from analytics.figures.labels import is_numeric
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Row
from analytics.metrics.row_keys import COLUMN, opening_columns, row_key_names, row_params
from analytics.presentation.outcomes import accepted_scope
from analytics.scope import Scope

# Pages list the same metrics, sessions and videos again and again; of 350 bytes each.
MAX_ADDRESSES = 4_000


class RowLinks:
    """The addresses of the records behind a metric's numbers in a scope."""

    def __init__(self, metric: Metric, scope: Scope) -> None:
        self.metric = metric.for_viewer(scope.viewer)
        self.scope = accepted_scope(metric, scope)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns whose numbers open; none of a team's totals."""
        return frozenset() if self.scope.is_team_totals else opening_columns(self.metric)

    def address(self, params: Mapping[str, str]) -> str:
        """The page of the records for a scope narrowed by ``params``."""
        of_scope, path = self.of_scope
        if of_scope.keys().isdisjoint(params):
            return f"{path}{urlencode(params)}".removesuffix("&").removesuffix("?")
        query = urlencode({**of_scope, **params})
        return f"{path.partition('?')[0]}?{query}"

    @cached_property
    def of_scope(self) -> tuple[Mapping[str, str], str]:
        """The scope's parameters, and the address with them, to which others can be added."""
        params = self.scope.as_params()
        path = keyed_address("portal:metric-rows", self.metric.slug)
        return params, f"{path}?{urlencode(params)}&" if params else f"{path}?"

    @property
    def made_of(self) -> Hashable:
        """All that the addresses are made of: those of equal ones are the same."""
        keys = tuple(row_key_names(self.metric))
        return self.metric.slug, self.of_scope[1], keys, self.columns, self.explained

    def passport(self, column: Column) -> str:
        """The passport of a column's number of the whole scope; empty where there is none."""
        made = column.records
        if made is None or column.name not in self.columns or made.needs_key:
            return ""
        if made.needs_moderator and self.scope.moderator is None:
            return ""
        return passport_address(self.address({COLUMN: column.name}))

    @property
    def base(self) -> str:
        """The address that scripts add a row's keys and a column to; empty where nothing opens."""
        return self.address({}) if self.columns else ""

    @cached_property
    def explained(self) -> frozenset[str]:
        """The columns of numbers without records, whose passports say why."""
        if self.scope.is_team_totals:
            return frozenset()
        columns = (*self.metric.columns, *self.metric.summary_columns)
        return frozenset(
            column.name
            for column in columns
            if column.key is None and column.records is None and is_numeric(column)
        )

    def numbers_of_row(self, row: Row) -> Mapping[str, str]:
        """The addresses of a row's numbers by column: of their records, else of their passports."""
        opened = dict(self.of_row(row))
        explained = [name for name in row if name in self.explained and row[name] is not None]
        if explained:
            start = passport_address(self.address(row_params(self.metric, row)))
            joint = "&" if "?" in start else "?"
            opened |= {name: f"{start}{joint}{COLUMN}={name}" for name in explained}
        return opened

    def of_row(self, row: Row) -> Mapping[str, str]:
        """The addresses of a row's numbers by column, without those that open nothing."""
        opened = [name for name in row if name in self.columns and row[name] is not None]
        if not opened:
            return {}
        start = self.address(row_params(self.metric, row))
        joint = "&" if "?" in start else "?"
        return {name: f"{start}{joint}{COLUMN}={name}" for name in opened}


def passport_address(rows_address: str) -> str:
    """The address of a number's passport, by that of its records; a passport's own as it is."""
    if not rows_address:
        return ""
    return rows_address.replace(folder_of("metric-rows"), folder_of("passport"), 1)


def keyed_address(name: str, key: str) -> str:
    """The address of the URL of a name for a slug or an id; the last ones are kept."""
    return address_under(get_script_prefix(), name, key)


@lru_cache(MAX_ADDRESSES)
def address_under(prefix: str, name: str, key: str) -> str:
    """The same, where ``prefix`` is what all addresses begin with."""
    return reverse(name, args=[key])


def folder_of(name: str) -> str:
    """What the addresses of all metrics' pages of a name begin with."""
    return keyed_address(f"portal:{name}", "x").removesuffix("x/")


def link_to_number(slug: str, column: str, scope: Scope, *, row: Row | None = None) -> str:
    """The address of a number's records; where it has none, of its passport, which says why."""
    links = RowLinks(METRICS[slug], scope)
    keys = {} if row is None else row_params(links.metric, row)
    opened = links.address({**keys, COLUMN: column})
    if column in links.columns:
        return opened
    return passport_address(opened) if column in links.explained else ""


def link_to_rows(slug: str, column: str, scope: Scope, *, row: Row | None = None) -> str:
    """The address of one number of a metric; empty where it opens nothing.

    ``row`` has the keys of its row, and may have no more.
    """
    links = RowLinks(METRICS[slug], scope)
    if column not in links.columns:
        return ""
    params = {} if row is None else row_params(links.metric, row)
    return links.address({**params, COLUMN: column})
