"""Files of rows in the admin: imported with a look at what would change, and exported.

By django-import-export, through the validation that files and programs go through as well
(``analytics.imports.rows.fields``): forgiving headers, strict values, the same words.
"""

import io
from collections.abc import Mapping
from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import fields, resources
from import_export.formats.base_formats import Format
from import_export.results import Result

from analytics import exports
from analytics.imports.rows.csv_files import open_text, read_cells, wrong_number
from analytics.imports.rows.fields import Record, RowFaults, RowIdentity, RowKind, validate
from analytics.imports.rows.store import column_of, lock_rows, moderators_of, rows_of
from audit import changes
from audit.models import Action
from audit.recording import record

#: Columns that go along with a file's own: the line a row begins on, and why it can't be read.
LINE, FAULT = "line", "fault"


class RowsFormat(Format):  # type: ignore[misc]  # without types
    """CSV as ``import_csv`` reads it. Made for a kind by ``format_of``."""

    kind: ClassVar[RowKind]

    def __init__(self, encoding: str | None = None) -> None:
        """Take, and have no use for, the encoding that the library offers: it is UTF-8."""

    def get_title(self) -> str:
        """Return the format's name."""
        return "CSV"

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """Return the rows of a file as texts; raises ``UnreadableFile``."""
        names, rows = read_cells(self.kind, open_text(io.BytesIO(in_stream)))
        dataset = tablib.Dataset(headers=[*names, LINE, FAULT])
        for number, cells in rows:
            found, fault = ([], cells) if isinstance(cells, str) else (cells, "")
            if not fault and len(found) != len(names):
                fault = wrong_number(names, found)
            padded = [*found, *[""] * len(names)][: len(names)]
            dataset.append([*padded, number, fault])
        return dataset

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """Return a file that spreadsheets open safely."""
        return "".join(exports.csv_lines(dataset.headers, dataset)).encode()

    def get_extension(self) -> str:
        """Return the ending of a file's name."""
        return "csv"

    def get_content_type(self) -> str:
        """Return the media type of a file."""
        return "text/csv; charset=utf-8"

    def can_import(self) -> bool:
        """Files can be read."""
        return True

    def can_export(self) -> bool:
        """Files can be written."""
        return True


class CellDiff(resources.Diff):  # type: ignore[misc]  # without types
    """A row before and after, cell by cell: the library's own strikes out single digits."""

    def as_html(self) -> list[SafeString]:
        """Return each cell; what changes is struck out, what takes its place is marked."""
        cells = []
        for before, after in zip(self.left, self.right, strict=False):
            if self.new or before == after:
                cells.append(format_html("{}", after))
            else:
                old, new = (value if value not in ("", None) else "—" for value in (before, after))
                cells.append(format_html("<del>{}</del> <ins>{}</ins>", old, new))
        return cells


class RowsResource(resources.ModelResource):  # type: ignore[misc]  # without types
    """A kind's rows, for django-import-export. Made for a kind by ``resource_of``."""

    kind: ClassVar[RowKind]

    class Meta:
        use_transactions = True
        skip_unchanged = True
        report_skipped = True

    def get_diff_class(self) -> type[CellDiff]:
        """Return how the preview shows a row."""
        return CellDiff

    def get_import_id_fields(self) -> list[str]:
        """Return the columns that tell one row from another."""
        return [field.name for field in self.kind.fields if field.attribute in self.kind.identity]

    def get_import_order(self) -> list[str]:
        """Return the columns in the contract's order."""
        return [field.name for field in self.kind.fields]

    def get_export_order(self) -> list[str]:
        """Return the columns in the contract's order."""
        return self.get_import_order()

    def import_data(self, dataset: tablib.Dataset, dry_run: bool = False, **kwargs: Any) -> Result:
        """Import a file; the audit has it as a whole, with counts."""
        with changes.summarised():
            result = super().import_data(dataset, dry_run=dry_run, **kwargs)
        if not dry_run and not result.has_errors() and not result.has_validation_errors():
            about = (self.kind.model._meta.label_lower, "")
            details = {"files": [str(kwargs.get("file_name", ""))], **result.totals}
            record(Action.IMPORT, about=about, details=details)
        return result

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Make other writers wait, and read what is stored under the keys of the file."""
        lock_rows()
        names = [field.name for field in self.kind.fields]
        records = []
        for row in dataset.dict:
            try:
                records.append(validate(self.kind, {name: row.get(name) for name in names}))
            except RowFaults:
                continue
        self._stored: dict[RowIdentity, Model] = dict(rows_of(self.kind, records))
        self._record: Record = {}

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Validate a row; raises ``ValidationError`` by column, each with the line."""
        line, fault = row.pop(LINE, None), row.pop(FAULT, "")
        if fault:
            raise ValidationError(f"line {line}: {fault}")
        try:
            self._record = validate(self.kind, row)
        except RowFaults as faults:
            raise ValidationError(
                {name: f"line {line}: {message}" for name, message in faults.faults}
            ) from None

    def get_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> Model | None:
        """Return what is stored under a row's key, if anything."""
        return self._stored.get(self.kind.key(self._record))

    def import_instance(self, instance: Model, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Put a row's values into the instance."""
        for attribute, value in self._record.items():
            person = attribute == "moderator"
            held = moderators_of([self._record])[str(value)] if person else value
            setattr(instance, attribute, held)

    def skip_row(
        self,
        instance: Model,
        original: Model,
        row: Mapping[str, Any],
        import_validation_errors: Any = None,
    ) -> bool:
        """Return whether the row says what is stored."""
        return original.pk is not None and all(
            getattr(original, attribute) == getattr(instance, attribute)
            for attribute in self._record
        )

    def after_save_instance(self, instance: Model, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Remember the row: the file may hold its key once more."""
        self._stored[self.kind.key(self._record)] = instance


def resource_of(kind: RowKind) -> type[RowsResource]:
    """Return the resource of a kind: a field a column, under the contract's names."""
    columns = {
        field.name: fields.Field(
            attribute=column_of(field.attribute), column_name=field.name, default=field.empty
        )
        for field in kind.fields
    }
    meta = type("Meta", (RowsResource.Meta,), {"model": kind.model, "fields": tuple(columns)})
    name = f"{kind.model.__name__}Resource"
    # The library's metaclass collects the fields; ``type`` finds it by the base.
    return type(name, (RowsResource,), {"kind": kind, "Meta": meta, **columns})


def format_of(kind: RowKind) -> type[RowsFormat]:
    """Return the file format of a kind."""
    return type(f"{kind.model.__name__}Format", (RowsFormat,), {"kind": kind})
