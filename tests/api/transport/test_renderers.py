"""JSON that every reader can read."""

import json

import pytest

from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer, JSONLinesRenderer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1.0, "ü": "😀"}, '{"a":1.0,"ü":"😀"}'),
        ([float("nan"), float("inf"), float("-inf")], "[null,null,null]"),
        ({1: None, 2.5: False}, '{"1":null,"2.5":false}'),
        ([], "[]"),
        (None, "null"),
    ],
)
def test_json(value, text):
    assert FastJSONRenderer().render(value).decode() == text


def test_what_the_fast_encoder_refuses():
    rendered = FastJSONRenderer().render({"lone": "\ud800", "huge": 10**30})
    assert json.loads(rendered) == {"lone": "\ud800", "huge": 10**30}


def test_streams_are_written_by_their_views():
    for renderer in (CSVRenderer(), JSONLinesRenderer()):
        assert renderer.render([{"a": 1}]) == b""
    assert (CSVRenderer.media_type, CSVRenderer.format) == ("text/csv", "csv")
    assert (JSONLinesRenderer.media_type, JSONLinesRenderer.format) == (
        "application/jsonl",
        "jsonl",
    )
