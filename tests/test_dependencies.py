"""What is installed is pinned, and what is used directly is explained."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def pins(name: str) -> dict[str, str]:
    """Return package to version of a requirements file, by normalised name."""
    lines = (PROJECT / name).read_text().splitlines()
    found = (re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line) for line in lines)
    return {re.sub(r"[._]", "-", pin[1]).lower(): pin[2] for pin in found if pin}


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "requirements-dev.txt", "requirements-mutants.txt", "constraints.txt"],
)
def test_every_line_is_an_exact_pin(name):
    lines = (PROJECT / name).read_text().splitlines()

    assert len(pins(name)) == len([line for line in lines if line and line[0] not in "#-"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_direct_dependencies_agree_with_the_constraints_and_are_explained(name):
    constraints = pins("constraints.txt")
    explained = (PROJECT / "docs" / "dependencies.md").read_text().lower()

    for package, version in pins(name).items():
        assert constraints[package] == version
        assert re.search(rf"[| ]{package}[ ,]", explained), f"{package} is not explained"
