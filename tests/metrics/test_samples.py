"""The samples imported: every metric gives the figures of an independent program."""

import json
from dataclasses import replace
from datetime import date, datetime
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from analytics.access import PORTAL
from analytics.metrics.rate_intervals import reject_design_effect
from analytics.metrics.registry import METRICS
from analytics.scope import Scope
from analytics.summaries import checking
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected-sessions.json").read_text(encoding="utf-8"))


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-6)
    return bool(found == wanted)


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPECTED)
def test_every_figure_of_the_sample(name: str) -> None:
    call_command("import_sessions", str(SAMPLES / name))
    compared = set()
    for case in EXPECTED[name]:
        scope = Scope.parse(case["scope"], PORTAL)
        for slug, wanted in case["rows"].items():
            rows = [
                {key: plain(value) for key, value in row.items()}
                for row in METRICS[slug](scope).rows
            ]
            assert len(rows) == len(wanted), (slug, case["scope"])
            for row, other in zip(rows, wanted, strict=True):
                assert list(row) == list(other), slug
                assert all(same(row[key], other[key]) for key in other), (slug, row, other)
            compared.add(slug)
        everybody = replace(scope, moderator=None, session=None)
        with snapshot():
            effect = reject_design_effect(read_summaries(everybody).by_moderator)
        assert same(effect, case["design_effect"])
    assert len(compared) >= 4
    assert list(checking.differences()) == []
