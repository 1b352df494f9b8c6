"""What is counted once however often it occurs: different videos and queues, a row each."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.core import signing
from django.db.models import Count

from analytics.access import ScopeError
from analytics.metrics.results import Value
from analytics.models import Subject, Video, VideoView
from analytics.rows.lists import ROWS_AT_ONCE, Entry, EntryPage, RecordList
from analytics.summaries.snapshots import repeatable_read, snapshot

Thing = dict[str, Value]


class ThingList(RecordList):
    """Things by a key that orders them; the summaries know all keys."""

    summary = None
    #: The fields of a thing.
    columns: tuple[str, ...]

    @property
    def keys(self) -> Sequence[Any]:
        """The keys of the things, in order."""
        raise NotImplementedError

    def place_after(self, key: Any) -> int:
        """How many keys come up to this one."""
        raise NotImplementedError

    def things(self, keys: Sequence[Any]) -> list[Thing]:
        """The things of these keys."""
        raise NotImplementedError

    @property
    def signer(self) -> signing.Signer:
        """Signs cursors: the last key of the page before."""
        return signing.Signer(salt=f"analytics.rows.things:{self.kind.name}")

    def page(self, size: int, cursor: str | None = None, before: str | None = None) -> EntryPage:
        """The ``size`` things after a cursor, or before one; raises ``ScopeError``."""
        start = self.place_of(cursor)
        end = start + size
        if before is not None:
            end = max(0, self.place_of(before) - 1)
            start = max(0, end - size)
        keys = list(self.keys[start:end])
        return EntryPage(
            [Entry(thing) for thing in self.things(keys)],
            self.signer.sign_object(keys[-1]) if keys and end < self.count else None,
            self.signer.sign_object(keys[0]) if keys and start > 0 else None,
        )

    def place_of(self, cursor: str | None) -> int:
        """How many things come up to the one that a cursor holds; raises ``ScopeError``."""
        if cursor is None:
            return 0
        try:
            return self.place_after(self.signer.unsign_object(cursor))
        except (signing.BadSignature, ValueError):
            raise ScopeError("cursor", "belongs to no list of this kind") from None

    def all_entries(self) -> Iterator[Entry]:
        """Yield every thing, in one state of the data."""
        with repeatable_read():
            with snapshot():
                keys = list(self.keys)
            for start in range(0, len(keys), ROWS_AT_ONCE):
                with snapshot():
                    things = self.things(keys[start : start + ROWS_AT_ONCE])
                yield from map(Entry, things)


class VideoThings(ThingList):
    """The different videos, in the order in which the portal first heard of them."""

    columns = ("videoId", "views", "sessions", "moderators")

    @cached_property
    def count(self) -> int:
        """How many different videos."""
        return self.reader.unique_videos

    @property
    def keys(self) -> Any:
        """The videos' keys, as a bitmap that can be cut like a list."""
        return self.reader.seen_videos

    def place_after(self, key: int) -> int:
        """How many videos have a key up to this one."""
        return int(self.keys.rank(key))

    def things(self, keys: Sequence[int]) -> list[Thing]:
        """The videos with how often they were seen in scope."""
        in_scope = self.selection.scope.session_filter("session__")
        views = VideoView.objects.filter(in_scope, video__in=keys).order_by()
        counted = views.values_list("video").annotate(
            Count("pk"),
            Count("session", distinct=True),
            Count("session__moderator", distinct=True),
        )
        counts_by_key = {key: counts for key, *counts in counted}
        names = dict(Video.objects.filter(pk__in=keys).values_list("pk", "public_id"))
        return [
            dict(zip(self.columns, (names[key], *counts_by_key[key]), strict=True)) for key in keys
        ]


class QueueThings(ThingList):
    """The active queues, by name."""

    columns = ("queue", "assignments", "items")

    @cached_property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Assignments and items of each queue."""
        counts = self.reader.values.get(Subject.QUEUE, {})
        return {queue: found for (queue, _), found in sorted(counts.items())}

    @cached_property
    def count(self) -> int:
        """How many queues."""
        return len(self.counts)

    @property
    def keys(self) -> Sequence[str]:
        """Their names."""
        return list(self.counts)

    def place_after(self, key: str) -> int:
        """How many names come up to this one."""
        return sum(name <= key for name in self.counts)

    def things(self, keys: Sequence[str]) -> list[Thing]:
        """The queues with their assignments and items in scope."""
        return [
            {"queue": key, "assignments": self.counts[key][0], "items": self.counts[key][1]}
            for key in keys
        ]
