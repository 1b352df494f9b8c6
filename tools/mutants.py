"""A mutation run over one module: which small changes of its code does no test notice?

    python -m tools.mutants analytics/insights/spread.py [tests/insights ...]

docs/testing.md explains it. The changes are made in a copy of the project, never in the working
tree; the session file keeps what was tried, so that a run can be stopped and continued.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
ROOM = PROJECT / "var" / "mutants"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "staticfiles", "__pycache__", ".*_cache", ".hypothesis"
)
# Changes that say nothing about the tests: types of annotations, and decorators.
SKIPPED_OPERATORS = ("core/ReplaceBinaryOperator_BitOr_.*", "core/RemoveDecorator")
# A change may loop for ever.
TIMEOUT_SECONDS = 120

CONFIG = """
[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{python} -m pytest -x -q -n 0 --reuse-db -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = {skipped}
"""


def tests_of(module: Path) -> list[str]:
    """The tests of a module: the file of its name, or the folder of its room."""
    inside = module.relative_to("analytics") if module.parts[0] == "analytics" else module
    file = Path("tests") / inside.parent / f"test_{inside.name}"
    if (PROJECT / file).exists():
        return [str(file)]
    folder = Path("tests") / inside.parent
    if (PROJECT / folder).exists() and folder != Path("tests"):
        return [str(folder)]
    raise SystemExit(f"No tests found for {module}: name them after it.")


def fingerprint(tests: list[str], module: Path) -> str:
    """Changes when the module or one of the tests does."""
    digest = hashlib.sha256()
    for name in [str(module), *tests]:
        path = PROJECT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def run(*command: str, cwd: Path, **environment: str) -> None:
    """Run a command; raises ``CalledProcessError`` when it fails."""
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True)


def copy_project(target: Path) -> None:
    """A fresh copy of the project, where the changes are made."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(PROJECT, target, ignore=NOT_COPIED)


def survivors(session: Path) -> Iterator[str]:
    """The diffs of the changes that no test noticed."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome

    with use_db(session, mode=WorkDB.Mode.open) as database:
        for _item, result in database.completed_work_items:
            if result.test_outcome == TestOutcome.SURVIVED:
                yield result.diff
        finished, total = database.num_results, database.num_work_items
    yield f"{finished} of {total} changes tried"


def main() -> None:
    """Prepare the copy and the session, try the changes, and print the survivors."""
    parser = argparse.ArgumentParser(description="Try small changes of a module on its tests.")
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    tests = options.tests or tests_of(options.module)
    name = "-".join(options.module.with_suffix("").parts)
    folder = ROOM / f"{name}-{fingerprint(tests, options.module)}"
    copy, session = folder / "project", folder / "session.sqlite"
    config = folder / "cosmic-ray.toml"
    scripts = Path(sys.executable).parent
    copy_project(copy)
    config.write_text(
        CONFIG.format(
            module=options.module,
            timeout=TIMEOUT_SECONDS,
            python=sys.executable,
            tests=" ".join(tests),
            skipped=list(SKIPPED_OPERATORS),
        )
    )
    environment = {"PORTAL_DATA_DIR": str(folder / "data"), "PYTHONDONTWRITEBYTECODE": "1"}
    cosmic_ray = str(scripts / "cosmic-ray")
    try:
        run(cosmic_ray, "baseline", str(config), cwd=copy, **environment)
        if not session.exists():
            run(cosmic_ray, "init", str(config), str(session), cwd=copy)
            run(str(scripts / "cr-filter-operators"), str(session), str(config), cwd=copy)
        run(cosmic_ray, "exec", str(config), str(session), cwd=copy, **environment)
    finally:
        stop = [sys.executable, "manage.py", "database", "stop"]
        subprocess.run(stop, cwd=copy, env={**os.environ, "DEBUG": "1", **environment}, check=False)
    for line in survivors(session):
        print(line)


if __name__ == "__main__":
    main()
