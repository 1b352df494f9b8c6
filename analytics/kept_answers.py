"""Answers kept as they were sent, for as long as they would be made the same again.

An answer (a page, a file of a metric, an answer of the API, charts that are drawn again) is made of
the data and what people add to them (whose version is asked of the database at every request), of
its address, the day, and of what the viewer may see. It is kept by all of these, as it goes over
the line, and once for everybody who may see the same: it is made for a viewer without a name
(``nameless``), so that nothing in it can be one person's. What is a person's or the moment's (the
name in the bar, the token of the forms, the time of day, when the data last changed) is a
placeholder in it (``analytics.placeholders``) and written each time it is sent.

At a new version of the data, what an answer was made of is read again (``analytics.reads``): where
all of it is as it was, the answer is good for the new version, too.

Whatever else an answer is made of has to be in ``answer_key``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.middleware.gzip import re_accepts_gzip
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.models import User
from analytics.access import ScopeError
from analytics.conditional import address_of, conditional_response, has_current
from analytics.gzip_pieces import GzipPiece, gzip_body
from analytics.keeping import KeptThings, kept_lock
from analytics.kept_parts import forget_parts, keeping_parts
from analytics.models import Moderator
from analytics.placeholders import Fill, Moment, Placeholders, placeholders
from analytics.reads import ReadBefore, noting_reads, read, read_before, reads_the_same
from analytics.single_flight import SingleFlight
from analytics.summaries.snapshots import current_state, database_name, savepoint, snapshot
from analytics.summaries.version import DataVersion, data_version
from analytics.viewer import viewer_of

logger = logging.getLogger(__name__)

# Compressed pages take 10 to 100 kB each. A worker has other caches beside this one.
MAX_BYTES = 6 * 2**20
# A longer file is sent as it is written.
MAX_FILE_BYTES = 4 * 2**20
# As long as anything should take to make. Who has waited for so long makes it, too.
MAX_WAIT_SECONDS = 10.0
#: The fields of an account that say who it is, and not what it sees or how: a page for a viewer
#: without them is the same for everybody else who has the other fields alike.
IDENTITY = frozenset(
    {
        "id",
        "username",
        "first_name",
        "last_name",
        "email",
        "display_name",
        "password",
        "last_login",
        "date_joined",
        "access_version",
    }
)
NO_MOMENT = datetime.fromtimestamp(0, UTC)
CSRF_TOKEN = rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"'

Build = Callable[[], HttpResponseBase]
#: What stands at a place of an answer, for who asks and at what moment.
Write = Callable[[HttpRequest, Moment], bytes]
#: Takes an answer apart at what is a person's or the moment's.
TakeApart = Callable[[HttpResponse, Placeholders], "KeptAnswer"]


@dataclass(frozen=True)
class KeptAnswer:
    """An answer in pieces, with what writes the text between each two of them.

    None is the token of the forms, the same at all places of an answer. ``version``: of the data
    that it is good for; ``reads``: what it was made of, None where that is not all known.
    """

    pieces: tuple[GzipPiece, ...]
    between: tuple[Write | None, ...]
    headers: tuple[tuple[str, str], ...]
    good_until: datetime | None
    version: DataVersion | None = None
    reads: ReadBefore | None = None

    @property
    def size(self) -> int:
        """Bytes of memory, as good as all of it."""
        deflated = sum(len(piece.deflated) for piece in self.pieces)
        return deflated + 200 * len(self.pieces) + 500 * len(self.reads or ())

    def is_good(self, version: DataVersion) -> bool:
        """Whether it is what would be made of a version of the data now."""
        return self.version == version and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether its time is over, whatever the data."""
        return self.good_until is not None and timezone.now() >= self.good_until

    def response(self, request: HttpRequest) -> HttpResponse:
        """The answer for who asks now, compressed if the client takes that."""
        moment = Moment(timezone.now(), self.version.changed_at if self.version else None)
        token = get_token(request).encode() if None in self.between else b""
        texts = [token if write is None else write(request, moment) for write in self.between]
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            response = HttpResponse(gzip_body(self.pieces, texts))
            response.headers["Content-Encoding"] = "gzip"
        else:
            parts = [self.pieces[0].plain()]
            for text, piece in zip(texts, self.pieces[1:], strict=True):
                parts += [text, piece.plain()]
            response = HttpResponse(b"".join(parts))
        for name, value in self.headers:
            response.headers[name] = value
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


_answers: KeptThings[KeptAnswer] = KeptThings(MAX_BYTES, lambda kept: kept.size)
_making = SingleFlight(MAX_WAIT_SECONDS)


def forget_answers() -> None:
    """Keep none of the answers, and none of their parts."""
    with kept_lock:
        _answers.clear()
    forget_parts()


def kept_answer(
    request: HttpRequest,
    build: Build,
    *also: str,
    etag: Callable[[DataVersion], str] | None = None,
    take_apart: TakeApart | None = None,
) -> HttpResponseBase:
    """The answer that is kept, or else one that is made in a snapshot and kept.

    Of those who want the same at the same time one makes it. ``also`` are the headers and the like
    that make it another answer; ``etag``, where it has one, gives that of a version of the data.
    """
    version = data_version()
    key = answer_key(request, *also)
    kept = find_answer(key, version)
    if kept is None and not (etag and has_current(request, etag(version))):
        with _making.first((key, version)) as is_first:
            if is_first:
                return make_answer(request, build, *also, etag=etag, take_apart=take_apart)
        # It was made of the data as they were a moment later.
        version = data_version()
        kept = find_answer(key, version)
    if kept is None:
        return make_answer(request, build, *also, etag=etag, take_apart=take_apart)
    return unless_unchanged(request, version, etag, partial(kept.response, request))


def make_answer(
    request: HttpRequest,
    build: Build,
    *also: str,
    etag: Callable[[DataVersion], str] | None = None,
    take_apart: TakeApart | None = None,
) -> HttpResponseBase:
    """An answer, and its ETag, of one snapshot; it is kept."""
    with snapshot():
        version = current_state().last_change
        make = partial(
            keep_answer, request, answer_key(request, *also), version, build,
            take_apart or in_pieces,
        )  # fmt: skip
        return unless_unchanged(request, version, etag, make)


def unless_unchanged(
    request: HttpRequest,
    version: DataVersion,
    etag: Callable[[DataVersion], str] | None,
    build: Build,
) -> HttpResponseBase:
    """An answer of a version of the data, or 304 where it has an ETag."""
    return build() if etag is None else conditional_response(request, etag(version), build)


def answer_key(request: HttpRequest, *also: str) -> Hashable:
    """Everything that an answer is made of beside the data and what people add to them."""
    return (
        database_name(),
        address_of(request),
        timezone.get_current_timezone_name(),
        timezone.localtime().strftime("%Y-%m-%d %z"),
        *standing(viewer_of(request)),
        *also,
    )


def standing(user: User) -> tuple[Hashable, ...]:
    """What an account sees, and how: all its fields but those that say who it is."""
    fields = (field for field in user._meta.concrete_fields if field.name not in IDENTITY)
    return (user.has_usable_password(), *(getattr(user, field.attname) for field in fields))


def nameless(user: User) -> User:
    """An account that nobody has, which sees the same as this one.

    Its negative key is another one for each standing, so that no two are taken for the same.
    """
    fields = (field for field in user._meta.concrete_fields if field.name not in IDENTITY)
    same = User(**{field.attname: getattr(user, field.attname) for field in fields})
    same.pk = -1 - abs(hash(standing(user)))
    # Nothing that differs from time to time: it tells what is made of it apart.
    same.date_joined = NO_MOMENT
    if not user.has_usable_password():
        same.password = UNUSABLE_PASSWORD_PREFIX
    return same


def with_own_moderator(user: User) -> User:
    """An account with its moderator, read now: the ORM would read it where nobody notes that."""
    if user.moderator_id is not None:
        user.moderator = load_moderator(user.moderator_id)
    return user


@read
def load_moderator(key: int) -> Moderator | None:
    """A moderator by key."""
    return Moderator.objects.filter(pk=key).first()


def find_answer(key: Hashable, version: DataVersion) -> KeptAnswer | None:
    """The answer that is kept, if it is good for a version of the data."""
    with kept_lock:
        kept = _answers.get(key)
    return kept if kept is not None and kept.is_good(version) else None


def find_lasting(key: Hashable, version: DataVersion) -> KeptAnswer | None:
    """The answer that was kept of another version, if it is good for that of the open snapshot."""
    with kept_lock:
        kept = _answers.get(key)
    if kept is None or kept.reads is None or kept.is_over:
        return None
    try:
        with savepoint():
            is_same = reads_the_same(kept.reads)
    except ScopeError:
        # Nobody may see it any more, or it is gone.
        return None
    # Whatever is wrong, making the answer anew reports it.
    except Exception:
        logger.info("What an answer was made of could not be read again", exc_info=True)
        return None
    return replace(kept, version=version) if is_same else None


def keep_answer(
    request: HttpRequest,
    key: Hashable,
    version: DataVersion,
    build: Build,
    take_apart: TakeApart,
) -> HttpResponseBase:
    """Make an answer and keep it; what is no whole answer (a refusal, a redirect) is sent as is."""
    kept = find_lasting(key, version)
    if kept is None:
        user = viewer_of(request)
        try:
            with placeholders() as made, noting_reads() as noted, keeping_parts(key):
                request.user = with_own_moderator(nameless(user))
                response = in_memory(build())
        finally:
            request.user = user
        if not isinstance(response, HttpResponse):
            return response
        # Puts in the scripts of the charts, which it does after the view otherwise.
        request.dpd_content_handler.adjust_response(response)  # type: ignore[attr-defined]
        kept = replace(take_apart(response, made), version=version, reads=read_before(noted))
        if response.status_code != 200:
            sent = kept.response(request)
            sent.status_code = response.status_code
            return sent
    _answers.keep(key, kept)
    return kept.response(request)


def in_memory(response: HttpResponseBase) -> HttpResponseBase:
    """A streamed answer as a whole; as it is where it is long."""
    if not isinstance(response, StreamingHttpResponse):
        return response
    content = iter(response)
    parts: list[bytes] = []
    size = 0
    for part in content:
        parts.append(part)
        size += len(part)
        if size > MAX_FILE_BYTES:
            response.streaming_content = chain(parts, content)
            return response
    return HttpResponse(b"".join(parts), headers=dict(response.headers))


def in_pieces(response: HttpResponse, made: Placeholders) -> KeptAnswer:
    """An answer taken apart at its placeholders and at the tokens of its forms."""
    writes = [partial(write_fill, fill) for fill in made.fills]
    return split_at(response, made, writes, CSRF_TOKEN)


def split_at(
    response: HttpResponse, made: Placeholders, writes: Sequence[Write], csrf_token: bytes
) -> KeptAnswer:
    """An answer taken apart; ``writes`` are those of its placeholders, in their order."""
    # Slices of a view copy nothing.
    body = memoryview(response.content)
    pieces: list[GzipPiece] = []
    between: list[Write | None] = []
    end = 0
    for start, stop, write in gaps(body, made, writes, csrf_token):
        pieces.append(GzipPiece.of(body[end:start]))
        between.append(write)
        end = stop
    pieces.append(GzipPiece.of(body[end:]))
    headers = tuple(response.headers.items())
    return KeptAnswer(tuple(pieces), tuple(between), headers, made.good_until)


def gaps(
    body: memoryview, made: Placeholders, writes: Sequence[Write], csrf_token: bytes
) -> list[tuple[int, int, Write | None]]:
    """Where an answer's placeholders and tokens begin and end, in order.

    Two patterns, since each begins with a text of its own, which is found ten times as fast.
    """
    placeholder = re.compile(made.token.encode() + rb"n(\d+)n")
    found: list[tuple[int, int, Write | None]] = [
        (*place.span(), writes[int(place[1])]) for place in placeholder.finditer(body)
    ]
    found += [(*place.span(1), None) for place in re.finditer(csrf_token, body)]
    return sorted(found, key=lambda gap: gap[0])


def write_fill(fill: Fill, request: HttpRequest, moment: Moment) -> bytes:
    """What stands in the place of a placeholder."""
    return fill(viewer_of(request), moment).encode()
