"""Samples: from what they are drawn, how many of each part, and that a seed draws them again."""

import random
from datetime import date

import pytest

from analytics.access import PORTAL, Forbidden, ScopeError
from analytics.models import Moderator, QualitySample, SampledView
from analytics.quality.drawing import SampleDesign, draw_sample, draw_views, plan_sample
from analytics.quality.randomness import chosen_ranks, shuffle
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import refresh
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db
EVERYONE = Scope(PORTAL)
MARCH = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 31))
#: (session, position, video, decision) of all decided views of March.
MARCH_VIEWS = {
    ("s1", 0, "v1", "accepted"),
    ("s1", 1, "v2", "rejected"),
    ("s1", 3, "v4", "rejected"),
    ("s2", 0, "v5", "accepted"),
    ("s2", 1, "v6", "rejected"),
    ("s3", 0, "v1", "rejected"),
    ("s3", 1, "", "accepted"),
}


@pytest.fixture(autouse=True, params=[False, True], ids=["raw", "summed"])
def world(request, db):
    write_world()
    if request.param:
        refresh()


def drawn(method, scope=MARCH, seed=1, **design):
    with snapshot():
        _plan, views = draw_views(SampleDesign(method, scope, **design), seed)
    return [(view.session, view.position, view.video, view.decision) for view in views]


def planned(method, scope=MARCH, **design):
    plan = plan_sample(SampleDesign(method, scope, **design))
    return [(stratum.label, stratum.population, stratum.drawn) for stratum in plan.strata]


def test_everything_decided_can_be_drawn():
    views = drawn("random", size=100)

    assert (len(views), set(views)) == (7, MARCH_VIEWS)


def test_a_part_is_drawn_without_repeats_and_the_seed_draws_it_again():
    views = drawn("random", size=4, seed=7)

    assert len(set(views)) == 4
    assert set(views) < MARCH_VIEWS
    assert drawn("random", size=4, seed=7) == views
    assert any(drawn("random", size=4, seed=seed) != views for seed in range(3))


def test_every_view_is_drawn_as_often():
    times = dict.fromkeys(MARCH_VIEWS, 0)
    for seed in range(300):
        for view in drawn("random", size=2, seed=seed):
            times[view] += 1

    # 300 * 2 / 7 = 85.7, of a hypergeometric spread of 7.8.
    assert min(times.values()) > 60
    assert max(times.values()) < 112


def test_strata_by_moderator_and_by_queue():
    assert planned("by-moderator", size=4) == [("ann", 5, 3), ("ben", 2, 1)]
    assert planned("by-moderator", size=4, at_least=2) == [("ann", 5, 2), ("ben", 2, 2)]
    assert planned("by-queue", size=7) == [("Hate", 1, 1), ("Spam", 4, 4), ("", 2, 2)]
    assert set(drawn("by-queue", size=7)) == MARCH_VIEWS
    assert set(drawn("by-moderator", size=7)) == MARCH_VIEWS


def test_rejects_and_disputed_videos():
    rejects = {view for view in MARCH_VIEWS if view[3] == "rejected"}

    assert set(drawn("rejects")) == rejects
    assert set(drawn("disputed")) == {
        ("s1", 0, "v1", "accepted"),
        ("s3", 0, "v1", "rejected"),
    }


def test_a_moderators_views_only():
    ben = Moderator.objects.get(username="ben")

    assert planned("random", Scope(PORTAL, moderator=ben), size=2) == [("", 3, 2)]
    assert planned("disputed", Scope(PORTAL, moderator=ben)) == [("", 1, 1)]


def test_the_size_follows_from_the_precision():
    plan = plan_sample(SampleDesign("random", MARCH, precision=0.2, expected=0.8))

    # n0 = 1.96² * .16 / .04 = 15.37; of 7: 15.37 / (1 + 14.37 / 7) = 5.04.
    assert plan.size == 6
    assert plan.half_width == pytest.approx(1.959964 * (0.16 / 6 * (1 / 6)) ** 0.5)


@pytest.mark.parametrize(
    ("method", "design", "field"),
    [
        ("random", {}, "size"),
        ("random", {"size": 5, "precision": 0.1}, "precision"),
        ("random", {"size": 0}, "size"),
        ("random", {"precision": 0.5}, "precision"),
        ("random", {"precision": 0.1, "expected": 1.0}, "expected"),
        ("random", {"size": 1, "at_least": -1}, "at_least"),
        ("best", {"size": 5}, "method"),
    ],
)
def test_what_cannot_be_drawn_names_its_field(method, design, field):
    with pytest.raises(ScopeError) as refused:
        plan_sample(SampleDesign(method, MARCH, **design))

    assert refused.value.field == field


def test_a_sample_keeps_what_it_was_drawn_from(lea):
    sample = draw_sample(
        SampleDesign("by-queue", EVERYONE, size=4), by=lea, seed=3, second_checks=2
    )

    kept = QualitySample.objects.get(pk=sample.pk)
    assert (kept.population, kept.seed, kept.start, kept.end) == (
        8,
        3,
        date(2026, 3, 1),
        date(2026, 4, 4),
    )
    assert list(kept.strata.values_list("queue", "population", "drawn")) == [
        ("Hate", 2, 1),
        ("Spam", 4, 2),
        ("", 2, 1),
    ]
    views = list(kept.views.values_list("number", "checks_wanted"))
    assert views == [(1, 2), (2, 2), (3, 1), (4, 1)]
    assert SampledView.objects.current().count() == 4


def test_nothing_to_draw_is_an_error(lea):
    empty = Scope(PORTAL, start=date(2020, 1, 1), end=date(2020, 1, 2))
    with pytest.raises(ScopeError, match="nothing was decided"):
        draw_sample(SampleDesign("random", empty, size=4), by=lea)


def test_moderators_draw_nothing(alice):
    with pytest.raises(Forbidden):
        draw_sample(SampleDesign("random", MARCH, size=4), by=alice)


def test_ranks_and_order_are_the_same_in_every_version():
    generator = random.Random(20_261_127)
    ranks = chosen_ranks(5, 1_000_000, generator)
    order = list(range(8))
    shuffle(order, generator)

    assert (ranks, order) == (RANKS, ORDER)


#: What Python 3.11 gave.
RANKS = [36891, 166936, 261610, 302312, 837863]
ORDER = [2, 5, 7, 4, 0, 1, 6, 3]
