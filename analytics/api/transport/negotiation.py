"""Which representation a client gets: by ``?format=`` or by its ``Accept`` header."""

from collections.abc import Sequence

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from analytics.access import ScopeError


class StrictNegotiation(DefaultContentNegotiation):
    """A format that is not offered is an error, and qualities in ``Accept`` count.

    The REST framework's own takes ``application/json;q=0`` for a wish, and refuses an empty header.
    """

    def select_renderer(  # type: ignore[override]  # the stubs ask for lists
        self,
        request: Request,
        renderers: Sequence[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The renderer and its media type; raises ``ScopeError`` or 406."""
        formats = request.query_params.getlist("format")
        if formats and len(renderers) > 1:
            renderer = by_format(formats[0], renderers)
        else:
            renderer = by_accept(request.META.get("HTTP_ACCEPT", ""), renderers)
        return renderer, str(renderer.media_type)


def by_format(name: str, renderers: Sequence[BaseRenderer]) -> BaseRenderer:
    """The renderer of that format; raises ``ScopeError``."""
    for renderer in renderers:
        if renderer.format == name:
            return renderer
    offered = " or ".join(str(renderer.format) for renderer in renderers)
    raise ScopeError("format", f"{name!r} is not offered here; this takes {offered}")


def by_accept(header: str, renderers: Sequence[BaseRenderer]) -> BaseRenderer:
    """The renderer that an ``Accept`` header prefers; raises 406 (RFC 9110, section 12.5.1).

    Of equal wishes the one that names the media type counts more than one that names any, then
    the first renderer. An empty header accepts anything.
    """
    ranges = [MediaType(item) for item in header.split(",") if item.strip()]
    if not ranges:
        return renderers[0]
    best = max(renderers, key=lambda renderer: preference(str(renderer.media_type), ranges))
    if preference(str(best.media_type), ranges) <= NOT_ACCEPTED:
        raise NotAcceptable
    return best


NOT_ACCEPTED = (0.0, 3)


def preference(media_type: str, ranges: Sequence[MediaType]) -> tuple[float, int]:
    """How much a media type is wished for: its quality, and how specific the range was.

    The most specific range that fits decides; parameters (``charset=utf-8``) are not looked at.
    """
    main_type, _, sub_type = media_type.partition("/")
    fitting = [
        accepted
        for accepted in ranges
        if accepted.main_type in ("*", main_type) and accepted.sub_type in ("*", sub_type)
    ]
    if not fitting:
        return NOT_ACCEPTED
    decisive = max(fitting, key=lambda accepted: accepted.specificity)
    return decisive.quality, decisive.specificity
