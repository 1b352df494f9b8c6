"""The fields of the filter bar: lists of a length that can be looked through."""

import re
from datetime import timedelta

import pytest
from django import forms
from pytest_django.asserts import assertHTMLEqual

from analytics.models import Moderator
from analytics.presentation.filters import Select, moderator_field, session_field
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions

pytestmark = pytest.mark.django_db


def options(field):
    """The values of a list; None for a field to type into."""
    html = field.widget.render("name", "")
    return re.findall(r'<option value="([^"]*)"', html) if "<select" in html else None


def test_a_list_is_what_django_writes_of_it():
    choices = [("", "Everyone (2)"), ("amy", "amy"), ('<b>"', "Zoë & <b>")]
    for value in ("", "amy", '<b>"', None, "gone"):
        for attrs in ({}, {"aria-invalid": "true"}, {"required": True}):
            ours, theirs = (
                widget(attrs, choices).render("moderator", value, {"id": "id_moderator"})
                for widget in (Select, forms.Select)
            )
            assertHTMLEqual(ours, theirs)


@pytest.mark.parametrize(("people", "listed"), [(200, True), (201, False)])
def test_two_hundred_moderators_are_a_list(lea, people, listed):
    names = [f"m{n:03d}" for n in range(people)]
    Moderator.objects.bulk_create(Moderator(username=name) for name in names)
    field = moderator_field(lea, "")
    assert options(field) == (["", *names] if listed else None)


@pytest.mark.parametrize(("sessions", "listed"), [(100, True), (101, False)])
def test_a_hundred_sessions_are_a_list(lea, sessions, listed):
    write_sessions(
        [
            PlainSession(f"s{n:03d}", "amy", NOON + timedelta(hours=n), None, [], [], [])
            for n in range(sessions)
        ]
    )
    newest = [f"s{n:03d}" for n in reversed(range(sessions))]
    field = session_field(Scope(lea, Moderator.objects.get()), "")
    if listed:
        assert options(field) == ["", *newest]
    else:
        assert options(field) is None
        suggested = re.findall(r'<option value="([^"]+)"', field.widget.render("session", ""))
        assert suggested == newest[:100]
