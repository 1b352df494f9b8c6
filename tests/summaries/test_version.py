"""The version of the data differs whenever committed data differ."""

import pytest
from django.utils import timezone

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


def many_changes(n):
    """Leave so many changes of one moment, whose keys others follow; returns the keys."""
    changes()
    moment = timezone.now()
    rows = DataChange.objects.bulk_create(DataChange(changed_at=moment) for _ in range(n))
    return [row.pk for row in rows]


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
    made = many_changes(MAX_CHANGES + 2)

    delete_old_changes()

    kept = list(DataChange.objects.order_by("pk").values_list("pk", flat=True))
    # The last says that the first went.
    assert kept[:-1] == made[3:]
    assert len(kept) == MAX_CHANGES


def test_a_late_change_that_is_forgotten_leaves_a_version_of_its_own():
    first, *_others = many_changes(MAX_CHANGES)
    before = data_version()
    # Begun before all the others, and committed after them.
    DataChange.objects.create(pk=first - 1, changed_at=before.changed_at)
    seen = data_version()

    delete_old_changes()

    assert len({before.data, seen.data, data_version().data}) == 3
    assert data_version().changed_at == before.changed_at
    # And once only, however often the summaries are refreshed.
    after = data_version()
    delete_old_changes()
    assert data_version() == after


def test_so_many_changes_are_all_kept():
    many_changes(MAX_CHANGES)

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
