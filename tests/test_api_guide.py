"""docs/api.md: every command and program in it is run, and does what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.models import Role
from accounts.tokens import ApiToken
from tests.conftest import make_user

GUIDE = Path(__file__).parents[1] / "docs" / "api.md"
EXAMPLE = re.compile(
    r"```(?P<language>bash|python)\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL
)


def examples():
    """Yield the heading, language, code and output of each example."""
    for section in GUIDE.read_text().split("\n## ")[1:]:
        heading = section.splitlines()[0]
        for found in EXAMPLE.finditer(section):
            yield heading, found["language"], found["code"], found["output"]


def test_five_tasks_in_both_languages():
    found = {(heading, language) for heading, language, _, _ in examples()}
    headings = {heading for heading, _ in found}
    assert len(headings) >= 5
    assert found == {(heading, word) for heading in headings for word in ("bash", "python")}


@pytest.mark.django_db(transaction=True)
def test_every_example(live_server, tmp_path):
    def token(name, role, scope):
        return ApiToken.objects.create_token(make_user(name, role), "guide", scope=scope)[1]

    environment = {
        **os.environ,
        "PORTAL": live_server.url,
        "INGEST_TOKEN": token("review-tool", Role.PROGRAM, "ingest"),
        "READ_TOKEN": token("lea", Role.LEAD, "read"),
    }
    run = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    for heading, language, code, output in examples():
        done = subprocess.run(
            [*run[language], code],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, (heading, language, done.stderr)
        # CSV lines end in CR LF.
        found = done.stdout.replace("\r\n", "\n").strip()
        assert found == output.strip(), (heading, language)
