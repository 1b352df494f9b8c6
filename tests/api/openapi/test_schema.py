"""The description: complete, valid, kept up to date, served with its reference."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from analytics.api.openapi.document import openapi, openapi_text
from analytics.api.openapi.request_bodies import row
from analytics.imports.rows.fields import KINDS
from tests.api.conftest import ApiClient, with_login

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.yaml"


def operations():
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_valid():
    validate_schema(yaml.safe_load(openapi_text("yaml")))
    assert openapi()["openapi"].startswith("3.1")


def test_nothing_was_guessed(capsys):
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        openapi.__wrapped__()
        assert not GENERATOR_STATS
    assert capsys.readouterr().err == ""


def test_committed():
    call_command("document_api", "--check")


def test_command_writes_it_and_says_what_to_run(tmp_path, settings, capsys):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(SystemExit):
        call_command("document_api", "--check")
    assert "make docs" in capsys.readouterr().err
    call_command("document_api")
    assert (tmp_path / "docs" / "openapi.yaml").read_bytes() == openapi_text("yaml")
    call_command("document_api", "--check")


def test_every_address_is_described():
    resolver = next(p for p in get_resolver().url_patterns if str(p.pattern) == "api/")
    named = {p.name for p in resolver.url_patterns} - {"docs", "not-found"}
    assert len(openapi()["paths"]) == len(named)


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_complete(name, operation):
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", ()):
        assert parameter["description"], (name, parameter)
    for status, answer in operation["responses"].items():
        if "$ref" in answer or status in ("204", "304"):
            continue
        for media in answer["content"].values():
            assert media["examples"], (name, status)
    if "requestBody" in operation:
        assert operation["requestBody"]["required"]
        assert operation["requestBody"]["content"]["application/json"]["examples"]
    assert {"400", "401", "403", "406", "429", "500"} <= set(operation["responses"])


def test_served(reader, lea):
    answer = reader.read("schema/")
    assert answer.json()["openapi"] == "3.1.1"
    as_yaml = reader.read("schema/", {"format": "yaml"})
    assert as_yaml.headers["Content-Type"] == "application/yaml"
    assert as_yaml.content == COMMITTED.read_bytes()
    again = reader.read("schema/", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert reader.read("schema/", {"version": "2"}).status_code == 400


def test_reference(lea, alice):
    page = with_login(alice).read("docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "swagger-ui-bundle" in text
    assert "//cdn" not in text
    asked = ApiClient().read("docs/")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/login/?next=/api/v1/docs/")


def types_in(value):
    """Yield every list of types in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), list):
            yield value["type"]
        for inner in value.values():
            yield from types_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from types_in(inner)


def test_no_type_is_named_twice():
    assert all(len(set(types)) == len(types) for types in types_in(openapi()))


def test_rows_are_described_by_their_models():
    schema = row(KINDS["recommendations"])
    assert schema["required"] == [
        "recommendation_id", "date", "recommendation_type", "click_through_rate",
    ]  # fmt: skip
    columns = schema["properties"]
    assert columns["date"]["format"] == "date"
    rate = columns["click_through_rate"]
    assert (rate["type"], rate["minimum"], rate["maximum"]) == (["number", "string"], 0, 1)
    assert columns["recommendation_id"]["maxLength"] == 500
    assert columns["feedback_score"]["anyOf"][0]["maximum"] == 1e12
    assert columns["feedback_score"]["anyOf"][1]["type"] == ["string", "null"]
    rating = row(KINDS["user-activity"])["properties"]["feedback_rating"]["anyOf"][0]
    assert (rating["type"], rating["minimum"], rating["maximum"]) == (["integer", "string"], 1, 6)
