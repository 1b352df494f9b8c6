"""Ids in URLs: any text, with slashes, spaces and line ends too.

Browsers resolve the path segments ``.`` and ``..`` even when they are quoted: as ids they are
written ``~.`` and ``~..``, and a leading ``~`` is doubled.
"""

_DOT_SEGMENTS = (".", "..")
_ESCAPE = "~"


class IdConverter:
    """A path converter for ids."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The id in a URL, unescaped; raises ``ValueError`` for NUL, which no id holds: 404."""
        if "\0" in value:
            raise ValueError("an id holds no NUL character")
        if value.startswith(_ESCAPE * 2) or (
            value[1:] in _DOT_SEGMENTS and value.startswith(_ESCAPE)
        ):
            return value[1:]
        return value

    def to_url(self, value: str) -> str:
        """The id, escaped; Django quotes the rest."""
        return f"{_ESCAPE}{value}" if value in _DOT_SEGMENTS or value.startswith(_ESCAPE) else value
