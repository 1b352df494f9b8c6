"""Which findings the overview shows."""

from types import SimpleNamespace

import pytest

from analytics.presentation.findings import most_important


def finding(level, kind="finding"):
    """As much of a shown finding as the choice looks at."""
    return SimpleNamespace(level=level, kind=kind, is_quiet=False)


@pytest.mark.parametrize(("there", "shown"), [(3, 3), (4, 3)])
def test_three_are_shown(there, shown):
    findings = [finding("watch") for _ in range(there)]
    assert most_important(findings) == findings[:shown]


def test_those_with_too_little_data_are_shown_when_there_are_no_others():
    few, watch = finding("few"), finding("watch")
    assert most_important([few, watch]) == [watch]
    assert most_important([few]) == [few]
    assert most_important([few], kind="action") == []
