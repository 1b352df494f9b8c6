"""Changes of rows: who made, changed or deleted what, with the old and the new values.

Models are registered by the application they belong to (``register``, in its ``ready``). What is
written past the ORM's ``save`` and ``delete`` (imports, by COPY) is recorded by whoever does it, as
one entry with counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save

from audit.context import Who
from audit.models import Action
from audit.recording import record

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
    before = {name: getattr(instance, name) for name in audited.fields(sender)}
    about = (sender._meta.label_lower, instance.pk)
    details = differences(audited, before, {})
    record(Action.DELETE, subject=audited.subject(instance), about=about, details=details)


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
