"""Every error below /api/ is a problem with a sentence, and says nothing that it should not."""

import gzip
import json

import pytest

from analytics.api import metrics
from tests.api.conftest import API, ApiClient


def problem_of(answer, status):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert body["detail"]
    assert isinstance(body["errors"], list)
    return body


def test_nobody(db):
    answer = ApiClient().read("metrics/")
    assert problem_of(answer, 401)["title"] == "Unauthorized"
    assert answer.headers["WWW-Authenticate"] == 'Token realm="Moderation portal"'


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "post"])
def test_methods_that_are_not_there(reader, method):
    answer = getattr(reader, method)(f"{API}metrics/")
    problem_of(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        ("metrics/", "text/html"),
        ("metrics/decisions/", "image/png"),
        ("export/videos.csv", "application/json"),
        ("schema/", "text/csv"),
    ],
)
def test_what_is_not_offered(reader, address, accept):
    problem_of(reader.read(address, headers={"accept": accept}), 406)


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html,*/*;q=0.8", ""])
def test_what_anybody_accepts(reader, accept):
    answer = reader.read("metrics/", headers={"accept": accept} if accept else {})
    assert answer.headers["Content-Type"] == "application/json"


def test_a_fault_of_the_portal(reader, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(metrics, "column_data", broken)
    reader.raise_request_exception = False
    body = problem_of(reader.read("metrics/"), 500)
    assert "secret" not in json.dumps(body)
    assert "the secret is 42" in caplog.text


def test_addresses_that_are_too_long_for_django(reader):
    problem_of(reader.read("sessions/", {f"p{n}": "1" for n in range(1001)}), 400)


def test_compressed_answers_are_the_same_for_etags(sender, reader):
    gzipped = reader.read("metrics/", headers={"accept-encoding": "gzip"})
    assert gzipped.headers["Content-Encoding"] == "gzip"
    etag = gzipped.headers["ETag"]
    assert etag.startswith("W/")
    plain = reader.read("metrics/")
    assert gzip.decompress(gzipped.content) == plain.content
    for known in (etag, plain.headers["ETag"], f'"other", {etag}', "*"):
        again = reader.read("metrics/", headers={"if-none-match": known})
        assert again.status_code == 304
    for unknown in ('"other"', "garbage", ""):
        again = reader.read("metrics/", headers={"if-none-match": unknown})
        assert again.status_code == 200


def test_any_etag_will_do_only_where_there_is_an_answer(reader):
    anything = {"if-none-match": "*"}
    assert reader.read("sessions/none/", headers=anything).status_code == 404
    assert reader.read("metrics/", {"colour": "red"}, headers=anything).status_code == 400
    assert reader.read("schema/", headers=anything).status_code == 304


def test_a_method_that_is_not_there_is_told_before_its_parameters(reader):
    problem_of(reader.put(f"{API}metrics/?colour=red"), 405)
