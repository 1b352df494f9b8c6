"""Which representation is chosen for what a client accepts."""

import pytest
from rest_framework.exceptions import NotAcceptable

from analytics.access import ScopeError
from analytics.api.transport.negotiation import by_accept, by_format
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer

JSON, CSV = FastJSONRenderer(), CSVRenderer()


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", JSON),
        (" , ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("application/json; charset=utf-8", JSON),
        ("text/csv, application/json", JSON),
        ("text/csv, */*", CSV),
        ("text/csv;q=0.5, application/json;q=0.4", CSV),
        ("text/csv;q=0.5, */*;q=0.8", JSON),
        ("application/json;q=0, text/csv", CSV),
        ("application/json;q=0, */*", CSV),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_accept(header, chosen):
    assert by_accept(header, [JSON, CSV]) is chosen


@pytest.mark.parametrize(
    "header", ["text/html", "application/json;q=0", "*/*;q=0", "text", "text/*;q=0, image/png"]
)
def test_nothing_that_is_accepted(header):
    with pytest.raises(NotAcceptable):
        by_accept(header, [JSON, CSV])


def test_format():
    assert by_format("csv", [JSON, CSV]) is CSV
    with pytest.raises(ScopeError) as refused:
        by_format("CSV", [JSON, CSV])
    assert refused.value.message == "'CSV' is not offered here; this takes json or csv"


def test_over_http(reader):
    empty = reader.read("metrics/decisions/", headers={"accept": ""})
    assert (empty.status_code, empty.headers["Content-Type"]) == (200, "application/json")
    as_csv = {"accept": "application/json;q=0, text/csv"}
    answer = reader.read("metrics/decisions/", headers=as_csv)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    by_name = reader.read("metrics/decisions/", {"format": "json"}, headers=as_csv)
    assert by_name.headers["Content-Type"] == "application/json"
    # A view of one representation takes no format.
    refused = reader.read("metrics/", {"format": "json"})
    assert refused.json()["errors"][0]["field"] == "format"
