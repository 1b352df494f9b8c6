"""Databases of other encodings, made for real: refused as soon as somebody connects."""

import pytest
from django.db import OperationalError, connection

from moderation_portal import health
from moderation_portal.postgres import UnsuitableError

NAME = "portal_other_encoding"


@pytest.fixture(params=["LATIN1", "SQL_ASCII"])
def other(request, transactional_db):
    """A connection to a database of another encoding, not opened yet, and the encoding."""
    drop = f"DROP DATABASE IF EXISTS {NAME}"
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(
            f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING '{request.param}'"
            " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    database = connection.copy()
    database.settings_dict = {**connection.settings_dict, "NAME": NAME}
    yield database, request.param
    database.close()
    with connection.cursor() as cursor:
        cursor.execute(drop)


def test_refused_with_the_reason(other):
    database, encoding = other
    sentence = (
        f"The database {NAME} is encoded in {encoding}: the portal needs UTF8. "
        "Create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0."
    )

    with pytest.raises(OperationalError) as refused:
        database.ensure_connection()
    assert isinstance(refused.value.__cause__, UnsuitableError)
    assert refused.value.__cause__.reasons == {"encoding": sentence}
    # Nothing stays open on it.
    assert database.connection is None

    assert [(error.id, error.msg) for error in database.validation.check()] == [
        ("postgres.E002", sentence)
    ]
    assert health.inspect(database) == {"database": "ok", "encoding": sentence}
