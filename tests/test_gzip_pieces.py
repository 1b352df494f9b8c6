"""A compressed body of pieces is one gzip file, whatever stands between them."""

import gzip
import random
import zlib

import pytest

from analytics.gzip_pieces import MAX_STORED, GzipPiece, gzip_body, power_of_x, product


@pytest.mark.parametrize(
    ("pieces", "texts"),
    [
        ([b""], []),
        ([b"alone"], []),
        ([b"", b""], [b""]),
        ([b"<p>", b"</p>"], ["Zoë".encode()]),
        ([b"a" * 70_000, b"", random.Random(1).randbytes(3000)], [b"x", b"y" * (MAX_STORED + 1)]),
    ],
)
def test_the_body_is_the_pieces_and_the_texts_in_turn(pieces, texts):
    body = gzip_body([GzipPiece.of(piece) for piece in pieces], texts)
    # Raises when the checksum or the length at its end is not that of the content.
    assert gzip.decompress(body) == b"".join(
        part for pair in zip(pieces, [*texts, b""], strict=True) for part in pair
    )


def test_a_piece_gives_its_bytes():
    assert GzipPiece.of(b"the same " * 999).plain() == b"the same " * 999


def test_checksums_are_joined():
    """As in zlib's crc32_combine: that of "abcdef" from those of "abc" and "def"."""
    both = product(power_of_x(8 * 3), zlib.crc32(b"abc")) ^ zlib.crc32(b"def")
    assert both == zlib.crc32(b"abcdef") == 0x4B8E39EF


def test_the_length_of_a_body_is_no_longer_that_of_its_text():
    piece = GzipPiece.of(b"the same text")
    assert len({len(gzip_body([piece], [])) for _ in range(50)}) > 5
