"""Pages that can also be shown in the panel beside the charts.

The script (``static/portal/js/panel.js``) asks for a page's own address with a header and gets the
inside of the panel: the same view, so the same access, the same numbers. A link that opens there
has ``data-panel``, and opens the page without scripts.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from analytics.web.conditional import PANEL_HEADER


def is_panel(request: HttpRequest) -> bool:
    """Whether a request asks for the inside of the panel."""
    return bool(request.headers.get(PANEL_HEADER))


def render_page_or_panel(
    request: HttpRequest, page: str, panel: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Render the template of the page, or of the panel, which extends ``portal/panel.html``."""
    if not is_panel(request):
        response = render(request, page, dict(context))
    else:
        response = render(request, panel, dict(context))
        # By which the script tells it from an error's or a login's page.
        response.headers[PANEL_HEADER] = "1"
    patch_vary_headers(response, [PANEL_HEADER])
    return response
