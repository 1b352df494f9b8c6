"""Names of subqueues normalised as every import does it; those that only blanks made two become one.

The reverse leaves the names as they are: the originals are kept with the rows.
"""

from __future__ import annotations

import sys

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import TextField
from django.db.models.functions import Cast

from analytics.names import normalise

_ROWS_AT_ONCE = 2000
# In the text of an object of numbers: a name that begins or ends with a blank, that holds an
# escape, or that is not all ASCII. PostgreSQL finds them in one walk.
_SUSPECT = r'"[[:space:]]|[[:space:]]":|\\|[^\x01-\x7f]'


def normalised(subqueues: dict[str, int | None]) -> dict[str, int | None]:
    """The same items by normalised names; of one name that was two, their sum."""
    found: dict[str, int | None] = {}
    for given, items in subqueues.items():
        name = normalise(given)
        before = found.get(name)
        found[name] = items if before is None else before + (items or 0)
    return found


def normalise_subqueues(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Normalise the names of subqueues, keep the originals, and say how many there were."""
    model = apps.get_model("analytics", "QueueAssignment")
    assignments = model.objects.using(schema_editor.connection.alias)
    suspect = assignments.annotate(text=Cast("subqueues", TextField())).filter(
        text__regex=_SUSPECT
    )
    changed = []
    renamed = joined = 0
    for row in suspect.only("pk", "subqueues", "extra").iterator(_ROWS_AT_ONCE):
        subqueues = normalised(row.subqueues)
        if subqueues == row.subqueues:
            continue
        renamed += 1
        joined += len(subqueues) < len(row.subqueues)
        row.extra = {"subqueues": row.subqueues, **(row.extra or {})}
        row.subqueues = subqueues
        changed.append(row)
        if len(changed) >= _ROWS_AT_ONCE:
            assignments.bulk_update(changed, ["subqueues", "extra"])
            changed.clear()
    assignments.bulk_update(changed, ["subqueues", "extra"])
    if renamed:
        sys.stderr.write(
            f"\n    subqueues of {renamed:,} queue assignments were renamed; in {joined:,} of them"
            " names that only blanks made two became one"
        )


class Migration(migrations.Migration):
    dependencies = (("analytics", "0010_targets_with_dates"),)

    operations = (migrations.RunPython(normalise_subqueues, migrations.RunPython.noop),)
