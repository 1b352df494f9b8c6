"""Ids in addresses: whatever people call their things, slashes, blanks and line ends too.

A browser takes the steps ``.`` and ``..`` of a path for directions, however they are quoted: as
ids they are written ``~.`` and ``~..``, and a leading ``~`` is doubled.
"""

_DIRECTIONS = (".", "..")
_MARK = "~"


class IdConverter:
    """A path converter for ids."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The id that an address names."""
        if value.startswith(_MARK * 2) or (value[1:] in _DIRECTIONS and value.startswith(_MARK)):
            return value[1:]
        return value

    def to_url(self, value: str) -> str:
        """The id as addresses have it; Django quotes the rest."""
        return f"{_MARK}{value}" if value in _DIRECTIONS or value.startswith(_MARK) else value
