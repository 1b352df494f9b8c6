"""Which representation a client gets: by ``?format=`` or by its ``Accept`` header."""

from collections.abc import Sequence

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from analytics.access import ScopeError


class StrictNegotiation(DefaultContentNegotiation):
    """As the framework's, but a format that is not offered is an error, not a page not found."""

    def select_renderer(  # type: ignore[override]  # the stubs ask for lists
        self,
        request: Request,
        renderers: Sequence[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type; raises ``ScopeError`` or 406."""
        given = request.query_params.getlist("format")
        if given and len(renderers) > 1:
            asked = given[0]
            for renderer in renderers:
                if renderer.format == asked:
                    return renderer, str(renderer.media_type)
            offered = " or ".join(str(renderer.format) for renderer in renderers)
            raise ScopeError("format", f"{asked!r} is not offered here; this takes {offered}")
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, None)
        return chosen
