"""An entry in the tables of fields: of session documents, and of each kind of rows."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True)
class BaseField:
    """One field: its name in documents, files and REST, and where it is stored.

    ``attribute`` is the model's field and the record's; empty: the name. Where that is a
    reference, ``reference`` says what of the other model the value is.
    """

    name: str
    _: KW_ONLY
    attribute: str = ""
    reference: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        """Use the name as the attribute where none is given."""
        if not self.attribute:
            object.__setattr__(self, "attribute", self.name)

    @property
    def lookup(self) -> str:
        """The value as the ORM finds it."""
        return f"{self.attribute}__{self.reference}" if self.reference else self.attribute
