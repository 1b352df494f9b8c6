"""The client's address behind proxies."""

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from requests.adapters import HTTPAdapter

from moderation_portal.client_address import forwarded_address
from tests.ports import free_port

DEPLOYED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.mark.parametrize(
    ("header", "hops", "address"),
    [
        ("203.0.113.1", 1, "203.0.113.1"),
        ("198.51.100.9, 203.0.113.1", 1, "203.0.113.1"),
        ("198.51.100.9, 203.0.113.1, 10.0.0.1", 2, "203.0.113.1"),
        ("203.0.113.1:5123", 1, "203.0.113.1"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("", 1, ""),
        ("203.0.113.1", 2, ""),
        ("203.0.113.1", 0, ""),
        ("unknown", 1, ""),
    ],
)
def test_forwarded_address(header, hops, address):
    assert forwarded_address(header, hops=hops) == address


class Echo(BaseHTTPRequestHandler):
    """Answers with the header in the place of the portal."""

    def do_GET(self):
        body = self.headers.get("X-Forwarded-For", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@contextmanager
def echo():
    """The port of an ``Echo``."""
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@contextmanager
def nginx_before(port, folder):
    """The port of nginx as it is deployed, without its certificate, before this one."""
    own = free_port()
    text = DEPLOYED.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    text = re.sub(r"listen 80;", f"listen unix:{folder}/plain;", text)
    text = re.sub(r"listen 443 [^;]+;", f"listen 127.0.0.1:{own};", text)
    text = re.sub(r"ssl_\w+ [^;]+;", "", text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    top = f"pid {folder}/pid; error_log stderr; daemon off; events {{}}"
    folder.mkdir()
    (folder / "conf").write_text(f"{top} http {{ access_log off; {places} {text} }}")
    with subprocess.Popen(
        [NGINX, "-p", folder, "-c", folder / "conf"], stderr=subprocess.PIPE, text=True
    ) as nginx:
        try:
            wait_for(own, nginx)
            yield own
        finally:
            nginx.terminate()


def wait_for(port, process):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError("nginx does not listen")


@pytest.mark.skipif(NGINX is None and "CI" not in os.environ, reason="no nginx here")
def test_as_many_hops_as_there_are_proxies(tmp_path):
    """Two of the deployed proxy, one before the other, and a client that makes up a header."""

    class FromElsewhere(HTTPAdapter):
        def init_poolmanager(self, *args, **options):
            super().init_poolmanager(*args, source_address=("127.0.0.7", 0), **options)

    with (
        echo() as portal,
        nginx_before(portal, tmp_path / "inner") as inner,
        nginx_before(inner, tmp_path / "outer") as outer,
        requests.Session() as client,
    ):
        client.mount("http://", FromElsewhere())
        forged = {"X-Forwarded-For": "203.0.113.1, 203.0.113.2"}
        one, two = (
            client.get(f"http://127.0.0.1:{port}/", headers=forged, timeout=60).text
            for port in (inner, outer)
        )
    assert forwarded_address(one, hops=1) == "127.0.0.7"
    assert forwarded_address(two, hops=2) == "127.0.0.7"
