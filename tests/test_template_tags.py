"""The filters and tags that templates use."""

import json

import numpy as np
import pytest

from analytics.templatetags.portal import (
    css_string,
    drawings,
    favicon,
    figures_script,
    icon,
    script_json,
)
from moderation_portal.static_files import read_source


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("henrik.lund · 21:23", '"henrik.lund · 21:23"'),
        ('a"b\\c', '"a\\22 b\\5c c"'),
        ("</style>\n", '"\\3c /style\\3e \\a "'),
    ],
)
def test_a_css_string_never_ends_early(text, string):
    assert css_string(text) == string


def test_the_mark_of_the_portal_is_within_the_page():
    html = favicon()
    assert html.startswith('<link rel="icon" href="data:image/svg+xml,%3Csvg%20xmlns%3D%22http')
    assert html.endswith('%3C/svg%3E" type="image/svg+xml">')


def test_an_icon_is_drawn_within_the_page():
    assert icon("chevron", "small") == (
        '<svg class="icon small" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        '<path d="m5 7.5 5 5 5-5"/></svg>'
    )
    # None of the file is left out, and nothing in it refers to another element.
    text = read_source("portal/icons.svg")
    assert len(drawings()) == text.count("<symbol")
    assert 'id="' not in "".join(shapes for _box, shapes in drawings().values())


def test_figures_in_a_script_read_back_and_end_no_element():
    figures = {"a": {"data": [{"y": [1, 0.5, None], "hovertext": ["</script><!-- & —"]}]}}
    texts = {name: script_json(each) for name, each in figures.items()} | {"b": "{}"}
    text = "".join(figures_script(texts, "figures"))
    head, body = text.removesuffix("</script>").split(">", 1)
    assert head == '<script id="figures" type="application/json"'
    assert json.loads(body) == figures | {"b": {}}
    assert not set("<>&") & set(body)


@pytest.mark.parametrize("number", [np.float64(0.5), 2**64])
def test_figures_may_hold_any_number(number):
    parts = figures_script({"a": script_json({"y": [number, "<"]})}, "figures")
    body = "".join(parts).split(">")[1]
    assert json.loads(body.removesuffix("</script")) == {"a": {"y": [number, "<"]}}
