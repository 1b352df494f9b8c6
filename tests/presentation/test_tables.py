"""Tables of rows: words, links, bars, sorting, and nothing unescaped."""

from datetime import UTC, date, datetime

import pytest

from analytics.figures.labels import get_column
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Column, Result
from analytics.presentation.cells import content
from analytics.presentation.tables import metric_table, value_cell


def cells(told):
    """The cells' HTML of each row."""
    return [row.split("<td") for row in told.body.split("<tr>")[1:]]


def test_rows_in_words_with_their_values_to_sort_by():
    rows = [
        {"decision": "accepted", "videos": 24_918, "share": 0.6487},
        {"decision": "none", "videos": 5_088, "share": None},
    ]
    told = metric_table(METRICS["decisions"], Result(rows, n=30_006))
    assert [(c.label, c.numeric) for c in told.columns] == [
        ("Decision", False),
        ("Videos", True),
        ("Share", True),
    ]
    assert told.body == (
        '<tr><th scope="row"><i class="swatch swatch-accepted"></i>Accepted</th>'
        '<td class="num" data-sort="24918">24,918</td>'
        '<td class="num" data-sort="0.6487">64.9\u00a0%</td></tr>'
        '<tr><th scope="row"><i class="swatch swatch-none"></i>No decision</th>'
        '<td class="num" data-sort="5088">5,088</td>'
        '<td class="num" data-sort="">—</td></tr>'
    )


def person(name, **more):
    zero = dict.fromkeys((column.name for column in METRICS["moderator-review"].columns), 0)
    return {**zero, "moderator": name, **more}


def test_names_lead_to_people_only_for_those_who_may_follow():
    result = Result([person("<ann> & co", reject_low=0.2481, reject_high=0.2574)], n=1)
    without = metric_table(METRICS["moderator-review"], result)
    assert '<th scope="row">&lt;ann&gt; &amp; co</th>' in without.body
    told = metric_table(
        METRICS["moderator-review"], result, moderator_link=lambda name: f"?moderator={name}&x=1"
    )
    assert '<a href="?moderator=&lt;ann&gt; &amp; co&amp;x=1">&lt;ann&gt; &amp; co</a>' in told.body


def test_the_bounds_of_an_interval_are_one_column():
    result = Result([person("ann", reject_low=0.2481, reject_high=0.2574)], n=1)
    told = metric_table(METRICS["moderator-review"], result)
    labels = [column.label for column in told.columns]
    assert labels.index("95 % interval") == labels.index("Reject rate") + 1
    assert not any("low" in label or "high" in label for label in labels)
    assert '<td class="num" data-sort="0.2481">24.8–25.7\u00a0%</td>' in told.body
    unknown = Result([person("ann", reject_low=None, reject_high=None)], n=1)
    assert (
        '<td class="num" data-sort="">—</td>'
        in metric_table(METRICS["moderator-review"], unknown).body
    )


def test_bars_are_of_the_greatest_count_and_of_the_whole_of_a_share():
    rows = [
        person("ann", sessions=4, completion_rate=0.5, reject_rate=0.1, occupancy=0.9),
        person("bob", sessions=1, completion_rate=0.25, reject_rate=0.2, occupancy=0.8),
    ]
    told = metric_table(METRICS["moderator-review"], Result(rows, n=2))
    assert '--value:100.00%"></i></span><span>4</span>' in told.body
    assert '--value:25.00%"></i></span><span>1</span>' in told.body
    assert '--value:50.00%"></i></span><span>50.0\u00a0%</span>' in told.body


def test_sessions_lead_to_their_pages_whatever_their_ids_are():
    row = {
        "session": 'a/b?<"c">',
        "moderator": "ann",
        "started_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
        "unique_videos": 3,
    }
    told = metric_table(METRICS["unique-videos-per-session"], Result([row], n=1))
    assert '<a href="/sessions/a/b%3F%3C%22c%22%3E/">a/b?&lt;&quot;c&quot;&gt;</a>' in told.body
    assert 'data-sort="2026-03-01T10:00:00+00:00"' in told.body


def test_a_condensed_result_has_the_columns_of_its_days():
    row = {"day": date(2026, 3, 1), "sessions": 600, "mean": 2.5, "low": 1, "high": 9}
    told = metric_table(METRICS["unique-videos-per-session"], Result([row], n=600, condensed=True))
    assert [column.label for column in told.columns] == [
        "Day",
        "Sessions",
        "Unique videos, mean",
        "Lowest",
        "Highest",
    ]


def test_very_long_tables_are_cut():
    rows = [{"speed": 1 + place / 100, "changes": 1} for place in range(7)]
    told = metric_table(METRICS["playback-speeds"], Result(rows, n=7), max_rows=5)
    assert (told.rows, told.left_out, told.body.count("<tr>")) == (7, 2, 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [("<script>", "&lt;script&gt;"), (None, "—"), ("it's", "it&#x27;s")],
)
def test_every_text_is_escaped(value, text):
    assert content(value_cell(Column("queue", "Queue", "text"), value, {}, None)) == text


@pytest.mark.parametrize(
    ("slug", "column", "text"),
    [
        ("decisions-by-queue", "queue", "unknown"),
        ("decisions-by-reason", "reason", "unknown"),
        ("decisions-by-reason", "reject_rate", "—"),
        ("queue-details", "subqueue", "no subqueue"),
        ("queue-details", "subqueue_items", "—"),
    ],
)
def test_a_key_without_a_value_has_words_and_sorts_last(slug, column, text):
    cell = value_cell(get_column(METRICS[slug], column), None, {}, None)
    assert (content(cell), cell.sort) == (text, "")


@pytest.mark.parametrize(("rows", "left_out"), [(500, 0), (501, 1)])
def test_a_table_has_five_hundred_rows(rows, left_out):
    result = Result([{"speed": float(n), "changes": n} for n in range(rows)], n=rows)
    table = metric_table(METRICS["playback-speeds"], result)
    assert (table.body.count("<tr>"), table.rows, table.left_out) == (500, rows, left_out)
