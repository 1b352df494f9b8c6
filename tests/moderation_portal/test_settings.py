"""The settings, each time read by a process of its own with the environment given."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
READ = """
import json, sys
from moderation_portal import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
PRODUCTION = {"SECRET_KEY": "a-long-random-text", "ALLOWED_HOSTS": "portal.example, other.example"}


def read(names: list[str], **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", READ, *names],
        cwd=PROJECT,
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def values(*names: str, **environment: str) -> dict:
    result = read(list(names), **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("environment", [{}, {"DEBUG": "0"}, {"SECRET_KEY": " "}])
def test_without_a_secret_key_only_debug_mode_starts(environment):
    result = read([], **environment)

    assert result.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY is not set." in result.stderr


def test_debug_mode_is_for_this_machine_only():
    names = ["DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "EMAIL_BACKEND"]
    assert values(*names, DEBUG="1") == {
        "DEBUG": True,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "SESSION_COOKIE_SECURE": False,
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
    }


def test_production_is_closed_by_default():
    expected = {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["portal.example", "other.example"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "TIME_ZONE": "UTC",
    }
    assert values(*expected, **PRODUCTION) == expected


def test_https_can_be_switched_off_for_a_trial():
    names = ["SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE"]
    assert list(values(*names, HTTPS="0", **PRODUCTION).values()) == [False, 0, False]


def test_a_database_of_ones_own():
    url = "postgres://someone:pass%40word@db.example:5433/numbers"
    database = values("DATABASES", DATABASE_URL=url, TEST_DATABASE_NAME="trial", **PRODUCTION)[
        "DATABASES"
    ]["default"]

    assert database["ENGINE"] == "moderation_portal.postgres"
    assert database["OPTIONS"]["tcp_user_timeout"] == 20_000
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)
    assert (database["USER"], database["PASSWORD"]) == ("someone", "pass@word")
    assert (database["NAME"], database["TEST"]) == ("numbers", {"NAME": "trial"})


def test_standbys_are_listed_by_comma():
    several_hosts = "postgres://me@/numbers?host=db2,db3"
    addresses = f"postgres://me@db1/numbers, {several_hosts}"
    databases = values(
        "DATABASES",
        DATABASE_URL="postgres://me@db0/numbers",
        READ_DATABASE_URLS=addresses,
        **PRODUCTION,
    )["DATABASES"]

    assert list(databases) == ["default", "standby1", "standby2"]
    assert databases["standby1"]["HOST"] == "db1"
    assert databases["standby2"]["OPTIONS"]["host"] == "db2,db3"
    assert databases["standby2"]["OPTIONS"]["tcp_user_timeout"] == 20_000
    assert databases["standby1"]["ENGINE"] == "moderation_portal.postgres"


def test_the_embedded_database_keeps_its_data_where_told():
    database = values("DATABASES", PORTAL_DATA_DIR="/srv/numbers", **PRODUCTION)["DATABASES"][
        "default"
    ]

    assert database["ENGINE"] == "moderation_portal.postgres"
    assert database["HOST"] == "/srv/numbers/socket"


def test_mail_goes_to_the_server_named():
    names = ["EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL"]
    mail = values(*names, EMAIL_HOST="mail.example", EMAIL_PORT="465", **PRODUCTION)

    assert mail["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert mail["EMAIL_PORT"] == 465
    assert (mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (False, True)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe': expected 1 or 0"),
        ({"DEBUG": "1", "TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE is 'Mars/Olympus'"),
        ({"DEBUG": "1", "EMAIL_PORT": "-1"}, "EMAIL_PORT is '-1': expected a whole number"),
        ({"DEBUG": "1", "DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must name a PostgreSQL"),
        ({"DEBUG": "1", "DATABASE_URL": "nonsense"}, "DATABASE_URL must name a PostgreSQL"),
        ({"DEBUG": "1", "DATABASE_URL": "postgres://a:b@c:d/e"}, "DATABASE_URL must name a"),
        ({"DEBUG": "1", "READ_DATABASE_URLS": "db1"}, "READ_DATABASE_URLS must name a PostgreSQL"),
        ({"DEBUG": "1", "LOG_LEVEL": "VERBOSE"}, "LOG_LEVEL is 'VERBOSE': expected one of DEBUG"),
        ({"DEBUG": "1", "PORTAL_DATA_DIR": "~nobody-at-all/x"}, "PORTAL_DATA_DIR is '~nobody-at"),
        ({"DEBUG": "1", "POOLED": "perhaps"}, "POOLED is 'perhaps': expected 1 or 0"),
    ],
)
def test_what_cannot_be_meant_is_an_error(environment, message):
    result = read([], **environment)

    assert result.returncode != 0
    assert message in result.stderr


@pytest.mark.parametrize(
    ("program", "starts"),
    [(["manage.py", "diffsettings"], True), (["-c", "import moderation_portal.wsgi"], False)],
)
def test_only_the_command_line_falls_back_to_debug_mode(program, starts):
    result = subprocess.run(
        [sys.executable, *program],
        cwd=PROJECT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode == 0) is starts, result.stderr


def test_a_mistake_is_one_sentence_on_the_command_line():
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=PROJECT,
        env={"PATH": os.defpath, "DATABASE_URL": "postgres://me:secret@db:port/x"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == (
        "Error: DATABASE_URL must name a PostgreSQL: postgres://user:password@host:5432/name\n"
    )
