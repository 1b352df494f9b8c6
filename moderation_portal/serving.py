"""What a server of requests does once, before the first of them."""

import gc

from django.conf import settings
from django.urls import get_resolver

from moderation_portal.allocator import give_back_memory
from moderation_portal.postgres import limits


def prepare() -> None:
    """Bound what requests wait for, and import all that they need; after Django is set up.

    Plotly and what computes verdicts take seconds to import, which the first request would wait
    for.
    """
    give_back_memory()
    limits.use(limits.web(settings.STATEMENT_SECONDS))
    get_resolver().url_patterns  # noqa: B018 - a property that imports
    # Half a million objects, of modules, that stay for good: not to be gone through again and again
    # for what could go.
    gc.collect()
    gc.freeze()
