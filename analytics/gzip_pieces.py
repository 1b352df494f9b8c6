"""A compressed body of pieces that are compressed once, with other text between them each time."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.middleware.gzip import GZipMiddleware

# RFC 1952: gzip, deflated, with a file name, no time, no flags of the compressor, unknown system.
HEADER = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"
# RFC 1951: a last block, with nothing in it.
LAST_BLOCK = b"\x03\x00"
#: The longest text that a block can hold as it is.
MAX_STORED = 0xFFFF
# A twenty-fifth larger than at zlib's own 6, in two thirds of the time.
LEVEL = 5
#: The polynomial of CRC-32; as in all polynomials here, the highest bit is the factor of 1.
POLYNOMIAL = 0xEDB88320
ONE = 1 << 31


@dataclass(frozen=True)
class GzipPiece:
    """Bytes, deflated, up to the end of a block; their length and checksum.

    ``shift``: what the checksum of everything before is multiplied by in the checksum of both.
    """

    deflated: bytes
    length: int
    checksum: int
    shift: int

    @classmethod
    def of(cls, data: bytes | memoryview) -> GzipPiece:
        """Deflate bytes."""
        compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        deflated = compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)
        return cls(deflated, len(data), zlib.crc32(data), power_of_x(8 * len(data)))

    def plain(self) -> bytes:
        """The bytes themselves."""
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.deflated)


def gzip_body(pieces: Sequence[GzipPiece], texts: Sequence[bytes]) -> bytes:
    """The pieces with a text between each two of them, as one gzip file.

    The file name is of random length, as Django's is (``GZipMiddleware``), which hides the length
    of the body from who watches the line; and the texts are not compressed, so that no length
    tells how alike they are to anything else.
    """
    # A file name of zeros would end at once.
    name = b"a" * secrets.randbelow(GZipMiddleware.max_random_bytes + 1)
    body = [HEADER, name, b"\x00", pieces[0].deflated]
    checksum, length = pieces[0].checksum, pieces[0].length
    for text, piece in zip(texts, pieces[1:], strict=True):
        body += [stored(text), piece.deflated]
        checksum = product(piece.shift, zlib.crc32(text, checksum)) ^ piece.checksum
        length += len(text) + piece.length
    body += [LAST_BLOCK, struct.pack("<LL", checksum, length & 0xFFFFFFFF)]
    return b"".join(body)


def stored(text: bytes) -> bytes:
    """Blocks of deflate that hold a text as it is."""
    blocks = (text[at : at + MAX_STORED] for at in range(0, len(text), MAX_STORED))
    return b"".join(
        b"\x00" + struct.pack("<HH", len(block), len(block) ^ MAX_STORED) + block
        for block in blocks
    )


def product(a: int, b: int) -> int:
    """Two polynomials multiplied, modulo that of CRC-32."""
    result, bit = 0, ONE
    while bit:
        if a & bit:
            result ^= b
        b = b >> 1 ^ POLYNOMIAL if b & 1 else b >> 1
        bit >>= 1
    return result


def power_of_x(exponent: int) -> int:
    """The polynomial x to a power, modulo that of CRC-32: what so many bits more do to a checksum.

    Checksums of long pieces are joined by it without going through them again, as in zlib's
    ``crc32_combine``, which Python does not offer.
    """
    result, square = ONE, ONE >> 1
    while exponent:
        if exponent & 1:
            result = product(square, result)
        square = product(square, square)
        exponent >>= 1
    return result
