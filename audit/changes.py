"""Changes of rows: who made, changed or deleted what, with the old and the new values.

Models are registered by the application they belong to (``register``, in its ``ready``) and have
managers of ``AuditedQuerySet``, so that changes of many rows are recorded too. What is written past
the ORM (imports, by COPY) is recorded by whoever does it, as one entry with counts.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import SET_NULL, Field, Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from audit.context import Who, circumstances
from audit.models import Action
from audit.recording import new_entry, record, write

CHANGED = "changed"


@dataclass(frozen=True)
class Audited:
    """What is recorded of a model's rows."""

    #: Fields of which the audit says only that they changed.
    hidden: frozenset[str]
    #: Fields that change by themselves and tell nothing.
    ignored: frozenset[str]
    #: Whom a row is about.
    subject: Callable[[Any], Who | None]

    def fields(self, model: type[Model]) -> list[str]:
        """The columns recorded."""
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        return [name for name in names if name not in self.ignored]


AUDITED: dict[type[Model], Audited] = {}
_summarised: ContextVar[bool] = ContextVar("audit_summarised", default=False)


def nobody(row: Any) -> None:
    """The row is about nobody."""


def register(
    model: type[Model],
    *,
    hidden: tuple[str, ...] = (),
    ignored: tuple[str, ...] = (),
    subject: Callable[[Any], Who | None] = nobody,
) -> None:
    """Record every change of a model's rows from now on."""
    AUDITED[model] = Audited(frozenset(hidden), frozenset(ignored), subject)
    pre_save.connect(remember, sender=model, dispatch_uid=f"audit {model._meta.label}")
    post_save.connect(saved, sender=model, dispatch_uid=f"audit {model._meta.label}")
    post_delete.connect(deleted, sender=model, dispatch_uid=f"audit {model._meta.label}")
    for field in model._meta.concrete_fields:
        if field.remote_field is not None and field.remote_field.on_delete is SET_NULL:
            emptied = references_emptied(field)
            # Weak references would let go of it at once.
            pre_delete.connect(emptied, sender=field.related_model, weak=False)


def recorded(model: type[Model]) -> Audited | None:
    """What is recorded of a model's rows at this moment; None when nothing is."""
    return None if _summarised.get() else AUDITED.get(model)


@contextmanager
def summarised() -> Iterator[None]:
    """Record no single rows inside: the caller records the whole, with counts."""
    mark = _summarised.set(True)
    try:
        yield
    finally:
        _summarised.reset(mark)


def remember(
    sender: type[Model], instance: Any, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    """Keep what the database holds of a row that is about to be saved."""
    instance._audit_before = None
    if raw or _summarised.get() or instance._state.adding:
        return
    names = AUDITED[sender].fields(sender)
    if update_fields is not None and not {*names} & attnames(sender, update_fields):
        return
    instance._audit_before = sender._base_manager.filter(pk=instance.pk).values(*names).first()


def references_emptied(field: "Field[Any, Any]") -> Callable[..., None]:
    """A receiver that records what deleting a row empties in others: that sends no signals."""

    def record_emptied(sender: type[Model], instance: Model, **kwargs: Any) -> None:
        audited = recorded(field.model)
        if audited is None:
            return
        rows = list(field.model._base_manager.filter(**{field.name: instance}))
        befores = [values_of(row, audited) for row in rows]
        for row in rows:
            setattr(row, field.attname, None)
        record_rows(Action.CHANGE, zip(rows, befores, strict=True))

    return record_emptied


def values_of(row: Model, audited: Audited) -> dict[str, Any]:
    """The values of a row that are recorded."""
    return {name: getattr(row, name) for name in audited.fields(type(row))}


def attnames(model: type[Model], names: Any) -> set[str]:
    """The columns of fields, which ``update_fields`` may name either way."""
    return {
        field.attname
        for field in model._meta.concrete_fields
        if field.name in names or field.attname in names
    }


def saved(sender: type[Model], instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    """Record a new row, or what changed in one."""
    before = instance.__dict__.pop("_audit_before", None)
    if raw or _summarised.get() or not (created or before):
        return
    audited = AUDITED[sender]
    after = sender._base_manager.filter(pk=instance.pk).values(*audited.fields(sender)).get()
    details = differences(audited, before or {}, after)
    if details or created:
        action = Action.CREATE if created else Action.CHANGE
        about = (sender._meta.label_lower, instance.pk)
        record(action, subject=audited.subject(instance), about=about, details=details)


def deleted(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    """Record a row that is gone, with what it held."""
    if _summarised.get():
        return
    audited = AUDITED[sender]
    before = values_of(instance, audited)
    about = (sender._meta.label_lower, instance.pk)
    details = differences(audited, before, {})
    record(Action.DELETE, subject=audited.subject(instance), about=about, details=details)


def record_rows(action: Action, rows: Iterable[tuple[Model, dict[str, Any]]]) -> None:
    """Record rows as they are now, each with its values before; {} for a new one."""
    how = circumstances()
    entries = []
    for row, before in rows:
        audited = AUDITED[type(row)]
        details = differences(audited, before, values_of(row, audited))
        if details or action == Action.CREATE:
            about = (row._meta.label_lower, row.pk)
            entry = new_entry(action, how, about=about, details=details)
            entries.append((entry, how.actor, audited.subject(row)))
    write(entries)


def differences(audited: Audited, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that changed: [old, new], or only that they did."""
    changed = {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        # An empty text of a row that is new or gone is nothing.
        if (before.get(name) or None) != (after.get(name) or None)
        or (before and after and before[name] != after[name])
    }
    return {name: CHANGED if name in audited.hidden else both for name, both in changed.items()}
