"""Who looked at whom: noted beside the answer, written a moment later by a thread.

A page costs a few microseconds; a crash loses the last second. Whom an address is about is found
out by the thread (``find_subjects_with``), so that a 304 is recorded as well as the whole page.
"""

import atexit
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, DataError, connection, transaction
from django.utils import timezone

from audit.context import Circumstances, Who
from audit.models import Action, Entry
from audit.recording import new_entry, write

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1
# While the database is away the oldest go.
MAX_PENDING = 50_000
BATCH = 1_000
# The parameters that an entry keeps; whom "moderator" or a search names, its subject says.
KEPT_PARAMETERS = ("session", "start", "end", "team", "format")


@dataclass(frozen=True)
class Look:
    """An answer about people that somebody got, or was refused."""

    at: datetime
    how: Circumstances
    action: Action
    #: The view's name, what stands in the address itself, and the filters.
    view: str
    kwargs: Mapping[str, object]
    query: Mapping[str, str]
    #: The moderator whose work is the viewer's own, where that is all they see.
    own: int | None
    sees_everyone: bool
    status: int = 200


@dataclass(frozen=True)
class LookTarget:
    """Whom an answer was about: one person, or (None) many; and which thing."""

    subject: Who | None
    about: tuple[str, object] = ("", "")


#: Returns None for an answer that is about nobody.
Finder = Callable[[Look], LookTarget | None]

pending: deque[Look] = deque(maxlen=MAX_PENDING)
_finders: list[Finder] = []
_wake = threading.Event()
_lock = threading.Lock()
_threads: list[threading.Thread] = []


def find_subjects_with(finder: Finder) -> None:
    """Name the function that knows whom an address is about."""
    _finders[:] = [finder]


def is_watched(view: str) -> bool:
    """Whether answers of a view may be about somebody; cheap, asked of every answer."""
    return view.startswith(("portal:", "api:", "admin:", "revoke_token"))


def note(look: Look) -> None:
    """Leave a look for the thread."""
    pending.append(look)
    if settings.AUDIT_THREAD and not _threads:
        _start()


def _start() -> None:
    with _lock:
        if not _threads:
            thread = threading.Thread(target=_write_for_ever, name="audit", daemon=True)
            _threads.append(thread)
            thread.start()
            atexit.register(flush)


def _write_for_ever() -> None:
    while True:
        _wake.wait(WAIT_SECONDS)
        if pending:
            flush()
            connection.close()


def flush() -> None:
    """Write what is pending. What the database does not take now is tried again later.

    What it never takes is left out, so that nothing waits behind it.
    """
    while pending:
        batch = [pending.popleft() for _ in range(min(BATCH, len(pending)))]
        try:
            write_looks(batch)
        except DatabaseError:
            logger.exception("The audit could not be written; %d looks wait", len(batch))
            pending.extendleft(reversed(batch))
            return


def write_looks(batch: Sequence[Look]) -> None:
    """Write looks at once; one by one where the database refuses what one of them holds."""
    try:
        with transaction.atomic():
            write([row for look in batch if (row := entry_of(look)) is not None])
    except DataError:
        if len(batch) == 1:
            logger.exception("The audit cannot hold a look at %s", batch[0].view)
            return
        for look in batch:
            write_looks([look])


def entry_of(look: Look) -> tuple[Entry, Who | None, Who | None] | None:
    """The entry of a look; None when it was at nobody and needs none."""
    target = None if look.action == Action.TOKEN else target_of(look)
    if target is None and look.action == Action.LOOK:
        return None
    target = target or LookTarget(None)
    entry = new_entry(
        look.action,
        look.how,
        about=target.about,
        details=details_of(look),
        merge=merged_by(look, target),
    )
    entry.at = look.at
    return entry, look.how.actor, target.subject


def target_of(look: Look) -> LookTarget | None:
    """Whom an answer was about; of one that was refused, whom it would have been about.

    Where nobody was asked for, a refusal is not about the viewer's own work, nor about everybody.
    """
    if look.action == Action.REFUSED:
        look = replace(look, own=None, sees_everyone=False)
    return next((target for finder in _finders if (target := finder(look))), None)


def details_of(look: Look) -> dict[str, object]:
    """The particulars of an entry. Names of people stand in the table of names alone."""
    parameters = {name: value for name, value in look.query.items() if name in KEPT_PARAMETERS}
    if look.action == Action.EXPORT:
        return dict(parameters)
    return {"status": look.status, **parameters} if look.action == Action.REFUSED else {}


def merged_by(look: Look, target: LookTarget) -> tuple[object, ...]:
    """What looks have in common that are one entry; () for those that stay by themselves.

    The same viewer, address and subject within a minute; many people: a day.
    """
    if look.action == Action.EXPORT:
        return ()
    actor = look.how.actor.number if look.how.actor else None
    local = timezone.localtime(look.at)
    if look.action == Action.LOOK and target.subject is None:
        return ("many", actor, *target.about, local.date())
    minute = local.strftime("%Y-%m-%d %H:%M %z")
    place = () if look.action == Action.TOKEN else (look.view, *target.about, target.subject)
    if look.action == Action.REFUSED:
        place = (*place, look.status)
    return (look.action, actor, look.how.token, look.how.address, *place, minute)
