"""Declared parameters: what a request may hold is what the description says."""

import django_filters
import pytest
from django.http import QueryDict

from analytics.access import ScopeError
from analytics.api.filters import QueueFilters, SessionFilters
from analytics.api.transport.parameters import (
    FLAG,
    SCOPE,
    TEXT,
    Parameter,
    check_query,
    enum_schema,
    filter_parameters,
    format_parameter,
)

SIZE = Parameter("size", "How many.", {"type": "integer", "minimum": 1, "maximum": 1000})
WORD = Parameter("word", "A text.", TEXT | {"maxLength": 5})
OPEN = Parameter("open", "Whether.", FLAG)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("size=1", {"size": "1"}),
        ("size=1000&word=a%20b", {"size": "1000", "word": "a b"}),
        ("word=abcde", {"word": "abcde"}),
        ("open=false", {"open": "false"}),
    ],
)
def test_what_is_taken(query, values):
    assert check_query(QueryDict(query), (SIZE, WORD, OPEN)) == values


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("colour=red", "colour", "unknown parameter; this takes size, word, open"),
        ("size=1&size=1", "size", "given more than once"),
        ("size=", "size", "is empty; leave it out for all"),
        ("size=0", "size", "is not a whole number from 1 to 1000"),
        ("size=1001", "size", "is not a whole number from 1 to 1000"),
        ("size=01", "size", "is not a whole number from 1 to 1000"),
        ("size=1.0", "size", "is not a whole number from 1 to 1000"),
        ("size=%C2%B2", "size", "is not a whole number from 1 to 1000"),
        ("size=" + "9" * 5000, "size", "is not a whole number from 1 to 1000"),
        ("word=abcdef", "word", "is longer than 5 characters"),
        ("word=a%00", "word", "holds a NUL character"),
        ("open=1", "open", "'1' is none of true, false"),
        ("open=True", "open", "'True' is none of true, false"),
    ],
)
def test_what_is_refused(query, field, message):
    with pytest.raises(ScopeError) as refused:
        check_query(QueryDict(query), (SIZE, WORD, OPEN))
    assert (refused.value.field, refused.value.message) == (field, message)


def test_described_as_checked():
    described = WORD.as_openapi()
    assert (described.name, described.location, described.required) == ("word", "query", False)
    assert described.type == TEXT | {"maxLength": 5}
    in_path = Parameter("slug", "It.", TEXT, "a", in_path=True).as_openapi()
    assert (in_path.location, in_path.required) == ("path", True)
    assert [example.value for example in in_path.examples] == ["a"]
    assert format_parameter(("json", "csv")).schema == enum_schema(("json", "csv"))


def test_filters_are_parameters():
    found = {parameter.name: parameter.schema for parameter in filter_parameters(SessionFilters)}
    assert found["open"] == FLAG
    assert found["duration_min"]["type"] == "number"
    names = [parameter.name for parameter in filter_parameters(QueueFilters)]
    assert names == list(QueueFilters.base_filters)
    assert issubclass(QueueFilters, django_filters.FilterSet)


def test_the_scope_has_the_parameters_of_the_contract():
    assert list(SCOPE) == ["moderator", "session", "start", "end"]
    assert SCOPE["start"].schema["format"] == "date"
    assert SCOPE["moderator"].example == "user1"
