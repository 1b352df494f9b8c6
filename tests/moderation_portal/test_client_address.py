"""The client's address behind proxies."""

import pytest

from moderation_portal.client_address import forwarded_address


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
