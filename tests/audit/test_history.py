"""The history of a row, as the admin shows it."""

import pytest

from analytics.models import Target
from audit.models import Action, Entry
from audit.templatetags.audit import Line, audit_history, lines_of


def test_a_line_a_field_by_name_and_nothing_of_other_details():
    entry = Entry(
        details={"value": [1, 2.5], "address": "changed", "count": 3, "label": [None, ""]}
    )

    assert lines_of(entry) == [
        Line("address", hidden=True),
        Line("label", None, ""),
        Line("value", 1, 2.5),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "shown"), [(199, 199), (200, 200), (201, 200)])
def test_the_newest_200_changes_of_the_row_are_shown(changes, shown):
    # A row that was never written has no history but this.
    row, another = Target(pk=900_001), Target(pk=900_002)

    def entry(action, number=0, of=row):
        return Entry(
            action=action,
            source="command",
            object_kind="analytics.target",
            object_key=str(of.pk),
            details={"value": [number, number + 1]},
        )

    Entry.objects.bulk_create(entry(Action.CHANGE, number) for number in range(changes))
    Entry.objects.bulk_create([entry(Action.LOOK), entry(Action.CHANGE, of=another)])

    assert [lines for _entry, lines in audit_history(row)] == [
        [Line("value", number, number + 1)] for number in reversed(range(changes - shown, changes))
    ]
