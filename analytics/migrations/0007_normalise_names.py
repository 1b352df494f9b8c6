"""Names normalised as every door now does it; people whom only blanks made two become one.

What cannot be merged safely stays apart and is named. The reverse leaves the names as they are:
originals are kept with the rows.
"""

from __future__ import annotations

import sys
from typing import Any

from django.apps.registry import Apps
from django.db import connections, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.signals import post_migrate

from analytics.names import normalise
from audit.context import Who
from audit.models import Action, Entry
from audit.recording import record

_ROWS_AT_ONCE = 2000
# A name that ends in something invisible, or that is not all ASCII, may change. PostgreSQL finds
# them in one walk.
_SUSPECT = r"^[[:space:][:cntrl:]]|[[:space:][:cntrl:]]$|[^\x01-\x7f]"


def tell(sentence: str) -> None:
    """Say what was done, beside what migrate itself says."""
    sys.stderr.write(f"\n    {sentence}")


def merge_people(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Merge moderators whose normalised names are equal into the one of the lowest id."""
    moderator = apps.get_model("analytics", "Moderator")
    by_name: dict[str, list[Any]] = {}
    for person in moderator.objects.order_by("pk").iterator():
        by_name.setdefault(normalise(person.username) or person.username, []).append(person)
    for name, people in by_name.items():
        kept, *others = people
        taken = [other for other in others if other.username == name]
        is_renamed = kept.username != name and not any(why_not(apps, kept, p) for p in taken)
        if is_renamed:
            keep_original(apps, kept, kept.username)
        for other in others:
            reason = why_not(apps, kept, other)
            if reason:
                tell(f"{kept.username!r} and {other.username!r} stay apart: {reason}")
            else:
                merge(apps, kept, other)
                record_merge(kept.pk, name, other.pk, other.username)
                tell(f"{other.username!r} was merged into {name!r}")
        if is_renamed and not moderator.objects.filter(username=name).exists():
            moderator.objects.filter(pk=kept.pk).update(username=name)


def record_merge(kept: int, name: str, merged: int, merged_name: str) -> None:
    """Tell the audit, whose tables may be made by a later migration, when all are done."""

    def write(using: str, **_options: Any) -> None:
        if Entry._meta.db_table not in connections[using].introspection.table_names():
            return
        post_migrate.disconnect(write)
        record(
            Action.DELETE,
            subject=Who("moderator", kept, name),
            about=("analytics.moderator", merged),
            details={"username": [merged_name, name], "merged_into": [merged, kept]},
        )

    # Weak references would let go of it at once.
    post_migrate.connect(write, weak=False)


def why_not(apps: Apps, kept: Any, other: Any) -> str:
    """Why two people cannot be merged safely; empty when they can."""
    user = apps.get_model("accounts", "User")
    accounts = user.objects.filter(moderator_id__in=(kept.pk, other.pk))
    if len(set(accounts.values_list("moderator_id", flat=True))) > 1:
        return "both have an account"
    performance = apps.get_model("analytics", "ModeratorPerformance")
    names = ("sessions_moderated", "average_response_time", "satisfaction_score")
    days = {
        row["date"]: [row[name] for name in names]
        for row in performance.objects.filter(moderator=kept.pk).values("date", *names)
    }
    for row in performance.objects.filter(moderator=other.pk).values("date", *names):
        values = [row[name] for name in names]
        if days.get(row["date"], values) != values:
            return f"their rows of {row['date']} differ"
    return ""


def keep_original(apps: Apps, person: Any, original: str) -> None:
    """Keep a username as it was sent with each of the person's sessions."""
    session = apps.get_model("analytics", "Session")
    rows = session.objects.filter(moderator_id=person.pk).only("pk", "extra")
    changed = []
    for row in rows.iterator(_ROWS_AT_ONCE):
        row.extra = {**(row.extra or {}), "username": original}
        changed.append(row)
        if len(changed) >= _ROWS_AT_ONCE:
            session.objects.bulk_update(changed, ["extra"])
            changed.clear()
    session.objects.bulk_update(changed, ["extra"])


def merge(apps: Apps, kept: Any, other: Any) -> None:
    """Move everything of one person to another, and delete the first.

    Triggers mark the sessions that move: their summaries and roll-ups are built anew.
    """
    if other.username != normalise(other.username):
        keep_original(apps, other, other.username)
    performance = apps.get_model("analytics", "ModeratorPerformance")
    days = performance.objects.filter(moderator=kept.pk).values_list("date", flat=True)
    # The same rows: checked before.
    performance.objects.filter(moderator=other.pk, date__in=list(days)).delete()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            # Summaries refer without a constraint: they are computed.
            if field.related_model is type(other) and field.db_constraint:
                rows = model._default_manager.filter(**{field.name: other.pk})
                rows.update(**{field.name: kept.pk})
    if other.extra:
        kept.extra = {**other.extra, **(kept.extra or {})}
        kept.save(update_fields=["extra"])
    type(other)._default_manager.filter(pk=other.pk).delete()


def normalise_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Normalise the names of queues, reasons and idle kinds; the originals are kept."""
    for model_name, attribute, document_name, empty in (
        ("QueueAssignment", "name", "name", None),
        ("Inactivity", "kind", "type", "unknown"),
        ("VideoView", "queue", "queue", None),
        ("VideoView", "reason", "reason", None),
    ):
        model = apps.get_model("analytics", model_name)
        suspect = model.objects.filter(**{f"{attribute}__regex": _SUSPECT})
        changed = []
        for row in suspect.only("pk", attribute, "extra").iterator(_ROWS_AT_ONCE):
            before = getattr(row, attribute)
            name = normalise(before) or empty or before
            if name != before:
                row.extra = {document_name: before, **(row.extra or {})}
                setattr(row, attribute, name)
                changed.append(row)
            if len(changed) >= _ROWS_AT_ONCE:
                model.objects.bulk_update(changed, [attribute, "extra"])
                changed.clear()
        model.objects.bulk_update(changed, [attribute, "extra"])


class Migration(migrations.Migration):
    dependencies = (
        ("analytics", "0006_uploaded_files"),
        ("accounts", "0003_end_of_access"),
    )

    operations = (
        migrations.RunPython(merge_people, migrations.RunPython.noop),
        migrations.RunPython(normalise_names, migrations.RunPython.noop),
    )
