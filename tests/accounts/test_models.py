"""The user model: one role, and flags that follow it."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import Role, User
from analytics.models import Moderator


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "flags", "sees_everyone", "is_portal_admin"),
    [
        (Role.MODERATOR, False, False, False),
        (Role.LEAD, False, True, False),
        (Role.ADMIN, True, True, True),
    ],
)
def test_what_a_role_means(role, flags, sees_everyone, is_portal_admin):
    user = User.objects.create_user("someone", role=role)

    assert (user.is_staff, user.is_superuser) == (flags, flags)
    assert (user.sees_everyone, user.is_portal_admin) == (sees_everyone, is_portal_admin)


def test_a_new_user_is_a_moderator_of_nothing(db):
    user = User.objects.create_user("someone")

    assert (user.role, user.moderator) == (Role.MODERATOR, None)


def test_flags_follow_when_only_the_role_is_saved(alice):
    alice.role = Role.ADMIN
    alice.save(update_fields=["role"])

    alice.refresh_from_db()
    assert alice.is_staff
    assert alice.is_superuser


@pytest.mark.parametrize(
    "changes", [{"is_staff": True}, {"is_superuser": True}, {"role": "admin"}, {"role": "boss"}]
)
def test_the_database_refuses_a_contradiction(alice, changes):
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=alice.pk).update(**changes)


def test_createsuperuser_makes_an_admin(db):
    call_command("createsuperuser", "--noinput", username="root", email="root@portal.example")

    assert User.objects.get(username="root").role == Role.ADMIN


def test_a_moderator_has_one_account(alice):
    with pytest.raises(IntegrityError):
        User.objects.create_user("second", moderator=alice.moderator)


def test_an_account_survives_its_moderator(alice):
    Moderator.objects.all().delete()

    alice.refresh_from_db()
    assert alice.moderator is None
