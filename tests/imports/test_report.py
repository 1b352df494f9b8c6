"""Reports: bounded, whatever comes in."""

import json

import pytest
from django.core.management import call_command

from analytics.imports.notices import Notices
from analytics.imports.report import MAX_REPORTED, FirstRejections, Rejection, Report, cut
from analytics.imports.sessions.store import store_documents
from tests.api.conftest import with_login

pytestmark = pytest.mark.django_db


def test_the_hundredth_is_kept_and_the_next_is_counted():
    rejections = FirstRejections()
    for n in range(MAX_REPORTED - 1):
        rejections.add(Rejection("x", index=n))
    assert rejections.wants_more()
    assert rejections.count == MAX_REPORTED - 1
    rejections.add(Rejection("x", index=99))
    assert not rejections.wants_more()
    assert (len(rejections.first), rejections.count) == (100, 101)


@pytest.mark.parametrize(("sent", "more"), [(100, []), (101, ["and 1 more rejection; --rejects"])])
def test_the_error_stream_says_how_many_it_left_out(sent, more):
    lines = []
    with Report(lines.append) as report:
        for _ in range(sent):
            report.reject(Rejection("x"))
        report.conclude()
    assert len(lines) == 100 + len(more)
    assert [line.removesuffix(" FILE writes all") for line in lines[100:]] == more


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 81)])
def test_a_text_is_cut_at_80_characters(length, shown):
    text = cut("x" * length)
    assert len(text) == shown
    assert text.endswith("…") == (length > 80)


@pytest.mark.parametrize(("notes", "last"), [(20, "the 20th"), (21, "and 1 more oddities")])
def test_twenty_notices_of_a_kind_are_told(notes, last):
    notices = Notices()
    for n in range(1, notes + 1):
        notices.add("oddities", f"the {n}th")
    *first, told = notices.sentences()
    assert first[:19] == [f"the {n}th" for n in range(1, 20)]
    assert (len(first), told) == (notes - 1, last)


def test_an_answer_has_the_first_hundred_and_the_number_of_all(ada):
    client = with_login(ada)
    answer = client.send("session-documents/", [1] * 250).json()
    assert answer["rejected_count"] == 250
    assert [item["index"] for item in answer["rejected"]] == list(range(100))
    rows = client.send("user-activity/", [{}] * 150, QUERY_STRING="partial=true")
    assert rows.json()["rejected_count"] == 150
    assert len(rows.json()["rejected"]) == 100


def test_a_long_id_is_cut_where_it_is_told(ada):
    session = {"_id": "x" * 5000, "starttime": "2025-10-17T10:00:00Z"}
    document = {"username": "ann", "sessions": [session]}
    answer = with_login(ada).send("session-documents/", document)
    assert answer.status_code == 422
    assert answer.json()["rejected"][0]["session"] == "x" * 80 + "…"
    assert len(answer.content) < 2000


def test_wrong_elements_within_a_document_are_counted():
    outcome = store_documents([{"username": "ann", "sessions": [7] * 250}])
    assert (outcome.counts.rejected, len(outcome.rejections)) == (250, 100)


def test_the_error_stream_has_the_first_hundred_and_the_file_all(tmp_path, capsys):
    path, rejects = tmp_path / "bad.jsonl", tmp_path / "rejects.txt"
    path.write_text("\n".join(["{}"] * 130))
    with pytest.raises(SystemExit):
        call_command("import_sessions", str(path), rejects=str(rejects))
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "and 30 more rejections"
    assert told.out.splitlines()[-1] == (
        "sessions: 0 created, 0 updated, 0 unchanged, 130 rejected"
    )
    assert len(rejects.read_text().splitlines()) == 130


def test_a_path_names_a_long_field_in_short():
    unknown = {"y" * 500: float("nan")}
    document = {"username": "ann", "sessions": [{"_id": "s", "starttime": "x", **unknown}]}
    (rejection,) = store_documents([json.loads(json.dumps(document))]).rejections
    assert len(rejection.path) < 120
