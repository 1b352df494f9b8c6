"""What holds for every template: lines that can be read, and no translation half done."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

BASE = Path(settings.BASE_DIR)
FOLDERS = (BASE / "templates", BASE / "accounts" / "templates")
TEMPLATES = {
    str(path.relative_to(folder)): path for folder in FOLDERS for path in folder.rglob("*.html")
}
MAX_LINE = 120


def test_there_are_templates():
    assert {"portal/base.html", "accounts/tokens.html", "accounts/password_state.html"} <= set(
        TEMPLATES
    )


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_compiles_and_is_readable(name):
    get_template(name)
    lines = TEMPLATES[name].read_text().splitlines()
    too_long = [nr for nr, line in enumerate(lines, start=1) if len(line) > MAX_LINE]
    assert not too_long, f"{name}: lines over {MAX_LINE} characters: {too_long}"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_strings_are_plain_english_until_there_are_other_languages(name):
    text = TEMPLATES[name].read_text()
    for tag in ("{% translate", "{% blocktranslate", "i18n"):
        assert tag not in text
