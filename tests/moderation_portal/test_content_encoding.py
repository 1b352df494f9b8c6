"""Encodings that a client refuses."""

import pytest


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("gzip;q=0", None),
        ("br, GZIP; Q=0.000", None),
        ("gzip;q=0, *", None),
        ("", None),
    ],
)
# The first is made for each, the second is kept as it was sent.
@pytest.mark.parametrize("path", ["/search/", "/review/"])
def test_what_is_refused_is_not_sent(client, lea, path, accepted, encoding):
    client.force_login(lea)
    answer = client.get(path, headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
