"""docs/asvs.md: every requirement of level 2 has its row, and what a row names exists."""

import re
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "asvs.md"
ANSWERS = {"yes", "partly", "no", "n/a", "operator"}
#: How many requirements of levels 1 and 2 ASVS 5.0.0 has, by chapter and section: level 3 is last.
SECTIONS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}


def rows():
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| V\d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def numbers(cell):
    """``V1.2.6–V1.2.8`` and ``V1.3.8, V1.3.9`` name each."""
    for part in cell.split(", "):
        first, _, last = part.partition("–")
        section, _, low = first.rpartition(".")
        high = last.removeprefix(f"{section}.") if last else low
        yield from (f"{section}.{number}" for number in range(int(low), int(high) + 1))


def test_every_requirement_has_one_row():
    found = Counter(number for row in rows() for number in numbers(row[0]))
    wanted = {
        f"V{chapter}.{section}.{n}"
        for chapter, sections in SECTIONS.items()
        for section, last in sections.items()
        for n in range(1, last + 1)
    }
    assert {number: count for number, count in found.items() if count > 1} == {}
    assert set(found) == wanted


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_is_whole_and_names_files_that_exist(row):
    assert len(row) == 5
    assert row[2] in ANSWERS
    if row[2] in ("no", "partly"):
        assert row[3], "what is missing has to be said"
    for name in re.findall(r"`((?:tests|deploy|analytics|accounts)/[^`]*)`", " ".join(row)):
        assert (PROJECT / name).exists(), name
    for name, heading in re.findall(r"\]\((\w+\.md)(?:#([\w-]+))?\)", row[3]):
        text = (PROJECT / "docs" / name).read_text()
        headings = {
            re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        assert not heading or heading in headings, (name, heading)
