"""Rows changed many at a time: recorded like single ones, or refused."""

from collections.abc import Collection, Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models, transaction

from audit import changes
from audit.models import Action

Row = TypeVar("Row", bound=models.Model)


class UnrecordedError(RuntimeError):
    """The audit would not hear of a change: its caller has to record it, in ``summarised``."""


class AuditedQuerySet(models.QuerySet[Row]):
    """A QuerySet whose ``update``, ``bulk_create`` and ``bulk_update`` are in the audit.

    They send no signals, so each row is recorded here, with its old and new values. What can't be
    known here is refused outside of ``changes.summarised``.
    """

    def update(self, **kwargs: Any) -> int:
        """Django's; ``bulk_update`` ends here too."""
        audited = changes.recorded(self.model)
        changed = changes.attnames(self.model, kwargs)
        if audited is None or not changed & {*audited.fields(self.model)}:
            return super().update(**kwargs)
        with transaction.atomic(using=self.db):
            rows = self.model._base_manager.using(self.db)
            locked = rows.filter(pk__in=self.order_by().values("pk")).select_for_update()
            before = {row.pk: changes.values_of(row, audited) for row in locked}
            count = super().update(**kwargs)
            after = rows.filter(pk__in=before).order_by("pk")
            changes.record_rows(Action.CHANGE, ((row, before[row.pk]) for row in after))
        return count

    def bulk_create(
        self,
        objs: Iterable[Row],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Row]:
        """Django's; which rows a conflict leaves or changes is not known here."""
        if changes.recorded(self.model) is None:
            return super().bulk_create(
                objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields
            )
        if ignore_conflicts or update_conflicts:
            self._refuse("bulk_create with conflicts")
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, batch_size)
            changes.record_rows(Action.CREATE, ((row, {}) for row in rows))
        return rows

    def _raw_delete(self, using: str | None) -> int:
        """Django's, which asks nobody and tells nobody."""
        if changes.recorded(self.model) is not None:
            self._refuse("_raw_delete")
        return super()._raw_delete(using)

    def _refuse(self, method: str) -> NoReturn:
        raise UnrecordedError(
            f"{method} of {self.model._meta.label} leaves nothing in the audit: do it in"
            " audit.changes.summarised() and record the whole."
        )
