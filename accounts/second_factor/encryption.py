"""Secrets of second factors, encrypted in the database: a stolen backup opens no account."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str) -> str:
    """The text under the key that follows from ``SECRET_KEY``."""
    return cipher().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The text; raises ``InvalidToken`` when neither today's key nor an older one fits."""
    return cipher().decrypt(encrypted.encode()).decode()


def rotate(encrypted: str) -> str:
    """The same text under today's key."""
    return cipher().rotate(encrypted.encode()).decode()


def cipher() -> MultiFernet:
    """The one of today's keys."""
    return ciphers(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def ciphers(*secrets: str) -> MultiFernet:
    """One cipher for each secret; the first encrypts."""
    return MultiFernet([Fernet(key_from(secret)) for secret in secrets])


def key_from(secret: str) -> bytes:
    """A key that is used for nothing else and tells nothing of the secret."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.second_factor")
    return urlsafe_b64encode(hkdf.derive(secret.encode()))
