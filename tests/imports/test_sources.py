"""What a file is that is no text, told from its first bytes."""

import gzip
import io
import tarfile
import zipfile
import zlib

import pytest

from analytics.imports.sources import SNIFFED, describe_binary

DOCUMENT = b'{"username": "ann", "sessions": []}\n'


def tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("sessions.jsonl")
        member.size = len(DOCUMENT)
        archive.addfile(member, io.BytesIO(DOCUMENT))
    return packed.getvalue()


def empty_zip() -> bytes:
    packed = io.BytesIO()
    zipfile.ZipFile(packed, "w").close()
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (tar(), "a tar file"),
        (empty_zip(), "an empty zip file"),
        (zlib.compress(DOCUMENT), "a zlib stream"),
        (zlib.compress(DOCUMENT, 1), "a zlib stream"),
        (zlib.compress(DOCUMENT, 9), "a zlib stream"),
        (gzip.compress(DOCUMENT, mtime=0), "a gzip file"),
        (b"\x04\x22\x4d\x18lz4", "an lz4 file"),
        (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"ORC\n\x0b", "an ORC file"),
        (b"ARROW1\0\0", "an Arrow file"),
        (DOCUMENT.decode().encode("utf-16-be"), "UTF-16"),
        (DOCUMENT.decode().encode("utf-32-le"), "UTF-32"),
        (DOCUMENT, ""),
        ("\ufeffMüller,x\n".encode(), ""),
        (b"x,y\n", ""),
        (b"user_id,a stray \0 in a text\n", ""),
    ],
)
def test_what_is_no_text_has_a_name(content, name):
    assert describe_binary(content[:SNIFFED]) == name
