"""Clients of the API: logins and tokens."""

import json
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.tokens import ApiToken, TokenScope
from tests.conftest import make_user

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
API = "/api/v1/"


class ApiClient(Client):
    """A test client that speaks JSON and, with ``token``, sends it."""

    def __init__(self, token: str | None = None, **kwargs) -> None:
        headers = {} if token is None else {"Authorization": f"Token {token}"}
        super().__init__(headers=headers, **kwargs)

    def read(self, address, params=None, **extra):
        """GET below /api/v1/."""
        return self.get(f"{API}{address}", params or {}, **extra)

    def send(self, address, value, **extra):
        """POST below /api/v1/."""
        body = value if isinstance(value, bytes) else json.dumps(value)
        extra.setdefault("content_type", "application/json")
        return self.post(f"{API}{address}", body, **extra)


def with_login(user: User) -> ApiClient:
    """Return a client that is logged in."""
    client = ApiClient()
    client.force_login(user)
    return client


def with_token(user: User, scope: str = TokenScope.READ) -> ApiClient:
    """Return a client that has a token of the user."""
    return ApiClient(ApiToken.objects.create_token(user, "test", scope=scope)[1])


def documents(name: str = "sessions.jsonl") -> list:
    """Return the documents of a sample."""
    lines = (SAMPLES / name).read_text().splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@pytest.fixture
def reader(lea) -> ApiClient:
    """A lead's program that reads."""
    return with_token(lea)


@pytest.fixture
def sender(db) -> ApiClient:
    """A program that sends data in."""
    return with_token(make_user("review-tool", Role.PROGRAM), TokenScope.INGEST)
