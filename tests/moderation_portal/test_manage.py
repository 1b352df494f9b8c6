"""What the command line says when the database fails."""

import psycopg
import pytest
from django.db import OperationalError

import manage


def run_into(failure, monkeypatch):
    """Run a command that fails in this way."""

    def fail(_argv):
        try:
            raise failure
        except psycopg.Error as cause:
            raise OperationalError(*cause.args) from cause

    monkeypatch.setattr("django.core.management.execute_from_command_line", fail)
    manage.main()


@pytest.mark.parametrize(
    "failure",
    [
        psycopg.OperationalError("it is away\n"),
        psycopg.errors.ProtocolViolation("it is away"),  # PgBouncer's
        psycopg.errors.AdminShutdown("it is away"),
        psycopg.errors.DiskFull("it is away"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_server_that_is_away_is_one_sentence(failure, monkeypatch):
    with pytest.raises(SystemExit) as ended:
        run_into(failure, monkeypatch)
    assert ended.value.code == "Error: it is away"


def test_a_fault_of_the_command_keeps_its_traceback(monkeypatch):
    with pytest.raises(OperationalError, match="too long"):
        run_into(psycopg.errors.QueryCanceled("too long"), monkeypatch)
