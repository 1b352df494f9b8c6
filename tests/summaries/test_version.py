"""The version of the data differs whenever committed data differ."""

import pytest

from analytics.models import Annotation, DataChange, EditVersion
from analytics.summaries.version import MAX_CHANGES, data_version, delete_old_changes

pytestmark = pytest.mark.django_db


def changes(*ids):
    """Leave exactly these changes, all of one moment, and no edits."""
    DataChange.objects.all().delete()
    EditVersion.objects.all().delete()
    DataChange.objects.bulk_create(DataChange(pk=pk) for pk in ids)
    moment = DataChange.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()
    DataChange.objects.update(changed_at=moment)
    return moment


def test_no_change_at_all():
    changes()

    assert data_version() == ("0-0-0-0.000000-UTC", None, "")


def test_oldest_newest_count_and_time_make_the_version():
    moment = changes(11, 12, 14)

    assert data_version() == (f"11-14-3-{moment.timestamp():.6f}-UTC", moment, "")


def test_a_change_that_was_committed_late_shows_in_the_count():
    moment = changes(11, 14)
    before = data_version()[0]
    DataChange.objects.create(pk=12)
    DataChange.objects.update(changed_at=moment)

    assert data_version()[0] != before


def test_a_late_change_is_told_from_a_forgotten_one():
    moment = changes(11, 12, 15)
    before = data_version()[0]
    # The oldest is forgotten and a late one comes in: newest, count and time are the same.
    DataChange.objects.filter(pk=11).delete()
    DataChange.objects.create(pk=14)
    DataChange.objects.update(changed_at=moment)

    assert data_version()[0] != before


def test_only_the_newest_changes_are_kept():
    changes(*range(1, MAX_CHANGES + 3))

    delete_old_changes()

    kept = list(DataChange.objects.order_by("pk").values_list("pk", flat=True))
    assert (kept[0], kept[-1], len(kept)) == (3, MAX_CHANGES + 2, MAX_CHANGES)


def test_so_many_changes_are_all_kept():
    changes(*range(1, MAX_CHANGES + 1))

    delete_old_changes()

    assert DataChange.objects.count() == MAX_CHANGES


def test_every_change_of_an_annotation_is_a_version_of_its_own():
    before = data_version()
    seen = [before.edits]

    def changed():
        now = data_version()
        assert (now.data, now.changed_at) == (before.data, before.changed_at)
        assert now.edits not in seen
        seen.append(now.edits)

    row = Annotation.objects.create(start="2026-03-10", end="2026-03-10", text="New policy")
    changed()
    row.text = "Another policy"
    row.save()
    changed()
    row.delete()
    changed()
    assert data_version().edits == seen[-1]
