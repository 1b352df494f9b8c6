"""What holds for every template, style sheet and script: lines that can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

BASE = Path(settings.BASE_DIR)
FOLDERS = (BASE / "templates", BASE / "accounts" / "templates")
TEMPLATES = {
    str(path.relative_to(folder)): path for folder in FOLDERS for path in folder.rglob("*.html")
}
ASSETS = sorted(
    path
    for suffix in ("css", "js")
    for path in (BASE / "static" / "portal").rglob(f"*.{suffix}")
    if "vendor" not in path.parts
)
MAX_LINE = 120


def long_lines(path):
    lines = path.read_text().splitlines()
    return [number for number, line in enumerate(lines, start=1) if len(line) > MAX_LINE]


def test_there_are_templates():
    assert {"portal/base.html", "accounts/tokens.html", "accounts/password_state.html"} <= set(
        TEMPLATES
    )


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_compiles_and_is_readable(name):
    get_template(name)
    assert not long_lines(TEMPLATES[name])


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.name)
def test_a_style_sheet_or_script_is_readable(path):
    assert not long_lines(path)


def test_there_are_style_sheets_and_scripts():
    assert {"portal.css", "admin.css", "charts.js"} <= {path.name for path in ASSETS}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_strings_are_plain_english_until_there_are_other_languages(name):
    text = TEMPLATES[name].read_text()
    for tag in ("{% translate", "{% blocktranslate", "i18n"):
        assert tag not in text


def test_the_contents_of_the_style_sheet_list_its_parts():
    text = next(path for path in ASSETS if path.name == "portal.css").read_text()
    contents, _, sheet = text.partition("*/")
    assert re.findall(r"^   - (.+)$", contents, re.M) == re.findall(
        r"^/\* --- (.+?) ---", sheet, re.M
    )
