"""Who may see what: the parts that every door shares."""

from dataclasses import dataclass

import pytest

from analytics.access import (
    MIN_TEAM,
    PORTAL,
    WITH_OWN_PAGE,
    Forbidden,
    NotVisible,
    ScopeError,
    TooFewPeople,
    may_see_spread,
    own_moderator,
    require_everyone,
)


@dataclass(frozen=True)
class Account:
    """As much of an account as access is decided by."""

    sees_everyone: bool = False
    is_portal_admin: bool = False
    moderator: object = None


def test_a_number_of_the_team_rests_on_five_people():
    assert MIN_TEAM == 5


def test_the_portal_itself_sees_everything_and_is_nobody():
    assert (PORTAL.sees_everyone, PORTAL.is_portal_admin, PORTAL.moderator) == (True, True, None)
    require_everyone(PORTAL, subject="all")


@pytest.mark.parametrize(
    ("error", "status"),
    [(ScopeError, 400), (TooFewPeople, 400), (Forbidden, 403), (NotVisible, 404)],
)
def test_an_error_names_the_field_and_the_reason(error, status):
    raised = error("start", "is after the end")
    assert (raised.status, raised.field, raised.message) == (status, "start", "is after the end")
    assert str(raised) == "start: is after the end"


def test_who_is_linked_to_a_moderator_has_their_work():
    amy = object()
    assert own_moderator(Account(moderator=amy)) is amy
    with pytest.raises(Forbidden) as raised:
        own_moderator(Account())
    assert raised.value.field == "moderator"


def test_everyones_activity_is_for_those_who_see_it():
    require_everyone(Account(sees_everyone=True), subject="the list")
    with pytest.raises(Forbidden, match="the list is for leads and admins"):
        require_everyone(Account(is_portal_admin=True), subject="the list")


@pytest.mark.parametrize(
    ("others", "days", "seen"), [(8, 7, True), (7, 7, False), (8, 6, False), (0, 0, False)]
)
def test_a_spread_is_of_eight_others_over_seven_days(others, days, seen):
    assert may_see_spread(Account(), others=others, days=days) is seen
    assert may_see_spread(Account(sees_everyone=True), others=others, days=days)


def test_a_page_of_their_own_is_for_those_who_see_no_other():
    assert WITH_OWN_PAGE.includes(Account(moderator=object()))
    assert not WITH_OWN_PAGE.includes(Account())
    assert not WITH_OWN_PAGE.includes(Account(sees_everyone=True, moderator=object()))
