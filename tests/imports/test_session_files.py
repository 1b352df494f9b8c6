"""The files of one import as batches, with how far the reading is."""

import json

import pytest

from analytics.imports import session_files
from analytics.imports.session_files import Findings, Progress, read_files, with_progress
from analytics.imports.sessions import store


def line(name: str, duration: int = 60) -> str:
    # Longer than what is read of a file to tell what it is.
    session = {"_id": name, "starttime": "2025-10-17T10:00:00Z", "note": "x" * 5000}
    session["duration"] = duration
    return json.dumps({"username": "ann", "sessions": [session]}) + "\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BATCH_WEIGHT", 1)
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(line("s1") + line("s2"))
    second.write_text(line("s3") + line("s1", 61))
    return [str(first), str(second)]


def finish(reading) -> tuple[list, Findings]:
    items = []
    while True:
        try:
            items.append(next(reading))
        except StopIteration as end:
            return items, end.value


def test_batches_tell_how_far_the_reading_is(files):
    items, _findings = finish(read_files(files))
    first, second = files
    half, size = len(line("s1")), 2 * len(line("s1"))
    assert [(progress, [entry.username for entry in batch]) for progress, batch in items] == [
        (Progress(first, size, half), ["ann", "ann"]),
        (Progress(first, size, size), ["ann", "ann"]),
        (Progress(second, size, half), ["ann", "ann"]),
        (Progress(second, size, size), ["ann", "ann"]),
    ]


@pytest.mark.django_db
def test_what_deserves_a_look_comes_at_the_end(files):
    _items, findings = finish(read_files(files))
    assert findings.found_documents
    (sentence,) = findings.notices.sentences()
    assert sentence == (
        f"{files[1]}: line 2: the session s1 was in {files[0]}: line 1 already, with other values;"
        " the later one counts"
    )


def test_files_without_documents_are_told_apart(tmp_path):
    (tmp_path / "file").write_text("oops\n")
    items, findings = finish(read_files([str(tmp_path / "file"), str(tmp_path / "missing")]))
    assert [str(entry) for _progress, batch in items for entry in batch] == [
        f"{tmp_path}/file: line 1: not JSON: Expecting value at character 1",
        f"{tmp_path}/missing: cannot be read: No such file or directory",
    ]
    assert not findings.found_documents


def test_each_file_has_a_bar(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, size, **options):
            bars.append([options["description"], size])
            self.n = 0

        def __enter__(self):
            return self

        def __exit__(self, *error):
            bars[-1].append("closed")

        def update(self, read):
            self.n += read
            bars[-1].append(self.n)

    monkeypatch.setattr(session_files, "progress_bar", Bar)
    places = [("a", 9, 4), ("a", 9, 9), ("-", None, 0)]
    reading = [(Progress(*place), [number]) for number, place in enumerate(places)]
    assert list(with_progress(reading)) == [[0], [1], [2]]
    assert bars == [["a", 9, 4, 9, "closed"], ["-", None, 0, "closed"]]
