"""Pages kept as they were sent, for as long as they would be made the same again.

A page is made of the data and what people add to them (whose version is asked of the database at
every request), of its address, the day, and of what the viewer may see. It is kept by all of these,
as it goes over the line, and once for everybody who may see the same: it is made for a viewer
without a name (``nameless``), so that nothing in it can be one person's. What is a person's or
the moment's (the name in the bar, the token of the forms, the time of day) is a placeholder in it
(``analytics.placeholders``) and written each time it is sent.

Whatever else a page is made of has to be in ``page_key``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from cachetools import LRUCache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.middleware.gzip import re_accepts_gzip
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.models import User
from analytics.conditional import address_of
from analytics.placeholders import Fill, Placeholders, placeholders
from analytics.summaries.version import DataVersion
from analytics.web.gzip_pieces import GzipPiece, gzip_body
from analytics.web.viewer import viewer_of

# Compressed pages take 10 to 100 kB each.
MAX_BYTES = 16 * 2**20
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
CSRF_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')


@dataclass(frozen=True)
class KeptPage:
    """A page in pieces, with what stands between them: None is the token of the forms."""

    pieces: tuple[GzipPiece, ...]
    fills: tuple[Fill | None, ...]
    headers: tuple[tuple[str, str], ...]
    good_until: datetime | None

    @property
    def size(self) -> int:
        """Bytes of memory, as good as all of it."""
        return sum(len(piece.deflated) for piece in self.pieces) + 200 * len(self.pieces) + 1000

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page for who asks now, compressed if the browser takes that."""
        now, user, token = timezone.now(), viewer_of(request), get_token(request).encode()
        texts = [token if fill is None else fill(user, now).encode() for fill in self.fills]
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


_pages: LRUCache[Hashable, KeptPage] = LRUCache(MAX_BYTES, getsizeof=lambda page: page.size)
_lock = Lock()


def forget_pages() -> None:
    """Keep none of the pages."""
    with _lock:
        _pages.clear()


def page_key(request: HttpRequest, version: DataVersion, *also: str) -> Hashable:
    """Everything that a page is made of; ``also`` are the headers that make it another one."""
    user = viewer_of(request)
    return (
        "{HOST}:{PORT}/{NAME}".format_map(connection.settings_dict),
        version.data,
        version.edits,
        address_of(request),
        timezone.get_current_timezone_name(),
        timezone.localtime().strftime("%Y-%m-%d %z"),
        *standing(user),
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
    if not user.has_usable_password():
        same.set_unusable_password()
    return same


def find_page(key: Hashable) -> KeptPage | None:
    """The page that is kept, if it is still good."""
    with _lock:
        page = _pages.get(key)
    if page is None or (page.good_until is not None and timezone.now() >= page.good_until):
        return None
    return page


def make_page(
    request: HttpRequest, key: Hashable, view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Make a page and keep it; what is no whole page (a refusal, a redirect) is sent as it is."""
    user = viewer_of(request)
    request.user = nameless(user)
    try:
        with placeholders() as made:
            response = view()
    finally:
        request.user = user
    if not isinstance(response, HttpResponse):
        return response
    # Puts in the scripts of the charts, which it does after the view otherwise.
    request.dpd_content_handler.adjust_response(response)  # type: ignore[attr-defined]
    page = in_pieces(response, made)
    if response.status_code != 200:
        sent = page.response(request)
        sent.status_code = response.status_code
        return sent
    with _lock:
        if page.size <= _pages.maxsize:
            _pages[key] = page
    return page.response(request)


def in_pieces(response: HttpResponse, made: Placeholders) -> KeptPage:
    """A page taken apart at its placeholders and at the tokens of its forms."""
    body = response.content
    pieces: list[GzipPiece] = []
    fills: list[Fill | None] = []
    end = 0
    for start, stop, fill in gaps(body, made):
        pieces.append(GzipPiece.of(body[end:start]))
        fills.append(fill)
        end = stop
    pieces.append(GzipPiece.of(body[end:]))
    return KeptPage(tuple(pieces), tuple(fills), tuple(response.headers.items()), made.good_until)


def gaps(body: bytes, made: Placeholders) -> list[tuple[int, int, Fill | None]]:
    """Where a page's placeholders and tokens begin and end, in order.

    Two patterns, since each begins with a text of its own, which is found ten times as fast.
    """
    placeholder = re.compile(made.token.encode() + rb"n(\d+)n")
    found: list[tuple[int, int, Fill | None]] = [
        (*place.span(), made.fills[int(place[1])]) for place in placeholder.finditer(body)
    ]
    found += [(*place.span(1), None) for place in CSRF_TOKEN.finditer(body)]
    return sorted(found, key=lambda gap: gap[0])
