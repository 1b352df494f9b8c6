"""The numbers for Prometheus: who gets them, and that they are right over several processes."""

import os
import re
import subprocess
import sys

import pytest


def value_of(text: str, line: str) -> float:
    """The value of a sample, by how its line begins."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0


def test_requests_and_failed_logins_are_counted(client, db):
    line = 'portal_requests_total{method="POST",status="200",view="login"}'
    before = client.get("/metrics").text
    client.post("/login/", {"username": "alice", "password": "wrong"})
    client.get("/metrics", headers={"host": "10.0.0.1:8000"})
    after = client.get("/metrics").text
    assert value_of(after, line) - value_of(before, line) == 1
    failed = "portal_failed_logins_total"
    assert value_of(after, failed) - value_of(before, failed) == 1
    assert "alice" not in after


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("", {}, 404),
        # By a proxy on this machine that the portal does not know of.
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 404),
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}, 404),
    ],
)
def test_without_a_token_they_are_this_machine_s(client, db, address, headers, status):
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert answer.status_code == status


def test_behind_a_proxy_the_client_s_address_counts(client, db, settings):
    settings.BEHIND_PROXY = True
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404
    assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("header", "status"), [("", 404), ("Bearer wrong", 404), ("Bearer s3", 200), ("s3", 404)]
)
def test_with_a_token_they_are_for_whoever_has_it(client, db, settings, header, status):
    settings.METRICS_TOKEN = "s3"
    answer = client.get("/metrics", headers={"authorization": header}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == status


COUNT = "from moderation_portal import prometheus as p; p.count_request('GET', 'login', 200, 0.1)"
READ = (
    "from prometheus_client import CollectorRegistry, generate_latest;"
    "from prometheus_client.multiprocess import MultiProcessCollector;"
    "r = CollectorRegistry(); MultiProcessCollector(r); print(generate_latest(r).decode())"
)


def test_several_processes_count_together(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    for _ in range(3):
        run(COUNT)
    line = 'portal_requests_total{method="GET",status="200",view="login"}'
    assert value_of(run(READ), line) == 3
