"""What deploy/ describes starts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_the_container_holds_all_that_the_portal_needs(tmp_path):
    lines = (PROJECT / "deploy" / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ")]
    for name in (name for names in copied for name in names):
        source = PROJECT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)

    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 60}
    command = [sys.executable, "-m", "gunicorn", "moderation_portal.wsgi", "--check-config"]
    tried = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
    )

    assert tried.returncode == 0, tried.stderr
