"""What annotations may say: nothing about a person, as far as that can be seen."""

from collections.abc import Iterable

from django.db.models import QuerySet

from analytics.models import Moderator

#: Shorter names are words of any text.
MIN_NAME_LENGTH = 3


class PeopleNames:
    """Moderators' names, looked for in texts; read once, when the first text is looked at.

    ``people``: whose; everybody's by default, which is for those alone who may see all names: what
    is refused tells that a name is there.
    """

    def __init__(self, people: QuerySet[Moderator] | None = None) -> None:
        self._people = Moderator.objects.all() if people is None else people
        self._names: dict[str, str] | None = None

    @property
    def names(self) -> dict[str, str]:
        """The names as they are, by their case-folded form."""
        if self._names is None:
            every = self._people.values_list("username", flat=True)
            self._names = {name.casefold(): name for name in every if len(name) >= MIN_NAME_LENGTH}
        return self._names

    def find(self, text: str) -> str | None:
        """The first name that stands in a text as a word, in upper or lower case."""
        lengths = {len(name) for name in self.names}
        folded = text.casefold()
        ends = set(word_ends(folded))
        for start in word_starts(folded):
            for length in lengths:
                end = start + length
                if end in ends and (found := self.names.get(folded[start:end])):
                    return found
        return None

    def why_refused(self, text: str) -> str:
        """The sentence for who may see names; empty where the text names nobody."""
        name = self.find(text)
        if name is None:
            return ""
        return (
            f"names the moderator {name}. Everybody reads annotations, so they say nothing about"
            " a person; what concerns one person belongs in a talk with them"
        )


def word_starts(text: str) -> Iterable[int]:
    """Where a word may begin: not behind a letter, digit or underscore."""
    return (at for at in range(len(text)) if at == 0 or not is_of_word(text[at - 1]))


def word_ends(text: str) -> Iterable[int]:
    """Where a word may end, exclusive: not before a letter, digit or underscore."""
    return (at for at in range(1, len(text) + 1) if at == len(text) or not is_of_word(text[at]))


def is_of_word(character: str) -> bool:
    """Whether it is part of a word."""
    return character.isalnum() or character == "_"
