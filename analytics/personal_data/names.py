"""Somebody's names in texts: found as words, however an address or a JSON text writes them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote, quote_plus

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Collate
from psycopg.sql import SQL, Identifier

#: Shorter names are words of any text, and parts of any id.
MIN_NAME_LENGTH = 3
#: A word begins and ends where no letter or digit stands, or behind an escape of an address.
WORD_START = r"(?:(?<![^\W_])|(?<=%[0-9A-Fa-f]{2}))"
WORD_END = r"(?![^\W_])"
#: The database's own collation: "C", of most columns, folds no letter beyond ASCII.
FOLDING = "default"

Row = TypeVar("Row", bound=Model)


def written_forms(name: str) -> list[str]:
    """A name as texts, addresses (within addresses) and JSON write it; the longest first."""
    encoded = quote(name, safe="")
    forms = {name, encoded, quote(name), quote_plus(name), quote(encoded), json.dumps(name)[1:-1]}
    return sorted(forms, key=lambda form: (-len(form), form))


@dataclass(frozen=True)
class Names:
    """Somebody's names, and the pseudonym that takes their place; cases are not told apart."""

    names: tuple[str, ...]
    pseudonym: str

    @cached_property
    def forms(self) -> list[str]:
        """Every form of every name, the longest first."""
        forms = {form for name in self.names for form in written_forms(name)}
        return sorted(forms, key=lambda form: (-len(form), form))

    @cached_property
    def _word(self) -> re.Pattern[str]:
        alternatives = "|".join(map(re.escape, self.forms))
        return re.compile(f"{WORD_START}(?:{alternatives}){WORD_END}", re.IGNORECASE)

    @cached_property
    def _part(self) -> re.Pattern[str]:
        long_forms = [form for form in self.forms if len(form) >= MIN_NAME_LENGTH]
        alternatives = "|".join(map(re.escape, long_forms)) or "(?!)"
        return re.compile(alternatives, re.IGNORECASE)

    def replace(self, text: str) -> str:
        """The text with the pseudonym for each name that stands there as a word."""
        return self._word.sub(self.pseudonym, text)

    def replace_parts(self, own_id: str) -> str:
        """An id of the person's own, without their names, also where they are part of a word."""
        return self._part.sub(self.pseudonym, self.replace(own_id))

    def find_in(self, rows: QuerySet[Row], *fields: str) -> QuerySet[Row]:
        """Those of these rows whose fields may hold a name."""
        texts = {f"folded_{field}": Collate(field, FOLDING) for field in fields}
        condition = Q()
        for text in texts:
            for form in self.forms:
                condition |= Q(**{f"{text}__icontains": form})
        found: QuerySet[Row] = rows.alias(**texts).filter(condition)
        return found

    def replace_in(self, model: type[Model], *fields: str) -> int:
        """Replace the names in texts of a table; returns how many rows changed.

        A text that gets longer than its field is cut.
        """
        changed = 0
        for row in self.find_in(model._default_manager.all(), *fields):
            before = [getattr(row, field) for field in fields]
            for field in fields:
                length = getattr(model._meta.get_field(field), "max_length", None)
                setattr(row, field, self.replace(getattr(row, field) or "")[:length])
            if [getattr(row, field) for field in fields] != before:
                row.save(update_fields=fields)
                changed += 1
        return changed


#: Types of columns that hold texts, alone or within.
TEXT_TYPES = ("text", "character varying", "character", "json", "jsonb", "ARRAY")


def find_names(names: Iterable[str]) -> dict[str, int]:
    """Where a name stands as a word in the whole database: rows by table and column.

    Reads every table once. The catalogue of columns is PostgreSQL's own.
    """
    words = "|".join(re.escape(form) for name in names for form in written_forms(name))
    pattern = f"(^|[^[:alnum:]])({words})($|[^[:alnum:]])"
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)"
            " FROM information_schema.columns AS c"
            " JOIN information_schema.tables AS t USING (table_schema, table_name)"
            " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.data_type = ANY(%s) GROUP BY c.table_name ORDER BY c.table_name",
            [list(TEXT_TYPES)],
        )
        for table, columns in cursor.fetchall():
            counts = SQL(", ").join(
                SQL("count(*) FILTER (WHERE {}::text COLLATE {} ~* %s)").format(
                    Identifier(column), Identifier(FOLDING)
                )
                for column in columns
            )
            statement = SQL("SELECT {} FROM {}").format(counts, Identifier(table))
            cursor.execute(statement, [pattern] * len(columns))
            for column, n in zip(columns, cursor.fetchone(), strict=True):
                if n:
                    found[f"{table}.{column}"] = n
    return found
