"""Rows of a kind exported by the admin, through django-import-export.

The file is what ``import_csv`` and the import page read: it comes back as unchanged.
"""

from typing import Any, ClassVar

import tablib
from import_export import fields, resources
from import_export.formats.base_formats import Format

from analytics import exports
from analytics.imports.rows.fields import RowKind


class RowsFormat(Format):  # type: ignore[misc]  # without types
    """CSV as ``import_csv`` reads it."""

    def __init__(self, encoding: str | None = None) -> None:
        """Take, and have no use for, the encoding that the library offers: it is UTF-8."""

    def get_title(self) -> str:
        """The format's name."""
        return "CSV"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """A file that spreadsheets open safely."""
        return "".join(exports.csv_lines(dataset.headers, dataset)).encode()

    def get_extension(self) -> str:
        """The ending of a file's name."""
        return "csv"

    def get_content_type(self) -> str:
        """The media type of a file."""
        return "text/csv; charset=utf-8"

    def can_import(self) -> bool:
        """Files come in by the import page."""
        return False

    def can_export(self) -> bool:
        """Files can be written."""
        return True


class RowsResource(resources.ModelResource):  # type: ignore[misc]  # without types
    """A kind's rows, for django-import-export. Made for a kind by ``resource_of``."""

    kind: ClassVar[RowKind]

    def get_export_order(self) -> list[str]:
        """The columns in the contract's order."""
        return [column.name for column in self.kind.columns]


def resource_of(kind: RowKind) -> type[RowsResource]:
    """The resource of a kind: a field a column, under the contract's names."""
    columns = {
        column.name: fields.Field(
            attribute=column.lookup, column_name=column.name, default=column.empty
        )
        for column in kind.columns
    }
    meta = type("Meta", (), {"model": kind.model, "fields": tuple(columns)})
    name = f"{kind.model.__name__}Resource"
    # The library's metaclass collects the fields; ``type`` finds it by the base.
    return type(name, (RowsResource,), {"kind": kind, "Meta": meta, **columns})
