"""A page without data says so once, not on each of its cards."""

from types import SimpleNamespace

import pytest

from analytics.presentation.page_body import empty_page_state


def card(state):
    """As much of a page's card as the page's state is made of."""
    made = SimpleNamespace(
        state=state, state_title="Nothing", state_text="No data", state_url="/", state_action="All"
    )
    return SimpleNamespace(card=made, has_data=state == "ok")


@pytest.mark.parametrize(
    ("states", "said_once"),
    [
        (["empty"] * 2, False),
        (["empty"] * 3, True),
        (["empty", "empty", "ok"], False),
        (["empty", "empty", "failed"], False),
    ],
)
def test_three_empty_cards_are_one_state(states, said_once):
    state = empty_page_state([card(each) for each in states])
    expected = {
        "kind": "empty", "title": "Nothing", "text": "No data", "url": "/", "action": "All"
    }  # fmt: skip
    assert state == (expected if said_once else None)
