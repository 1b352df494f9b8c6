"""Another state of the portal, checked out beside this one, on the same data."""

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.generator import Size
from benchmarks.serving import Served, serve

# What that state runs, by its own code: makes the data in its own folder, migrates them, logs in.
PREPARE = """
import json, os, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from benchmarks import databases, run, serving
from benchmarks.generator import SIZES
size = SIZES[sys.argv[1]]
run.prepare(size)
database = run.name_of(size)
with databases.using(database):
    print(json.dumps([databases.url_of(database), serving.cookie()]))
"""


def serve_other(tree: Path, size: Size, *, workers: int) -> AbstractContextManager[Served]:
    """Serve a size by the portal in ``tree``; its data are made in ``tree/.portal``, once.

    With this interpreter: its packages have to do for both.
    """
    environment = {
        **os.environ,
        "PORTAL_DATA_DIR": str(tree / ".portal"),
        "DJANGO_SETTINGS_MODULE": "moderation_portal.settings",
    }
    command = [sys.executable, "-c", PREPARE, size.name]
    done = subprocess.run(
        command, cwd=tree, env=environment, check=True, capture_output=True, text=True
    )
    url, cookie = json.loads(done.stdout.splitlines()[-1])
    return serve(url, cookie, workers=workers, project=tree)
