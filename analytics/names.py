"""Names of people, queues, reasons and kinds: what is one name, whoever typed it how.

Every import and every parameter of a URL normalises names in the same way, so that one person is
one person however a program or a spreadsheet padded the name.
"""

from __future__ import annotations

import unicodedata

# Characters that nobody sees and that are no white space to Python: zero-width ones, byte order
# marks and the marks of writing direction that copying brings along.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\u180e\ufeff"
# Every white space of Unicode lies below U+3001.
_BLANKS = _INVISIBLE + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


def normalise(name: str) -> str:
    """A name without invisible characters at both ends, in Unicode's form NFC."""
    if name.isascii():
        return name.strip()
    return unicodedata.normalize("NFC", name.strip(_BLANKS)).strip(_BLANKS)


def look_alike_key(name: str) -> str:
    """Equal for two names that people take for one: compatibility form, case folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
