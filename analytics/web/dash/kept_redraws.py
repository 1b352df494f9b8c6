"""Charts that are drawn again, kept as they were sent (``analytics.kept_answers``).

``n``, by which a page's script knows its own question again, is a placeholder in what is kept.
"""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase

from accounts.models import User
from analytics.kept_answers import (
    CSRF_TOKEN,
    KeptAnswer,
    Write,
    kept_answer,
    split_at,
)
from analytics.placeholders import Fill, Moment, Placeholders, placeholder
from analytics.viewer import viewer_of
from audit.middleware import chart_look, looked_at

# Longer ones are no filters.
MAX_QUERY_LENGTH = 4000
#: As it stands in a text of JSON.
JSON_CSRF_TOKEN = CSRF_TOKEN.replace(b'"', rb"\\\"")


def kept_redraw(
    request: HttpRequest, page: str, build: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The answer to a callback of a page's app; to an unusual question it is made each time."""
    question = json.loads(request.body)
    query = usual_query(question)
    if query is None:
        return build()
    params = QueryDict(query["search"].removeprefix("?"))
    del query["n"]
    # Of any length, and part of a key that stays as long as the answer.
    also = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
    response = kept_answer(request, build, also, take_apart=take_apart)
    if chart_look(request) is None:
        # A kept answer: no callback has run that would have said so.
        looked_at(request, f"portal:{page}", params)
    return response


def usual_query(question: dict[str, Any]) -> dict[str, Any] | None:
    """The filters in what a page's script asks, where they are what it sends."""
    inputs = question.get("inputs", [])
    query = inputs[0].get("value") if len(inputs) == 1 else None
    if not isinstance(query, dict) or type(query.get("n")) is not int:
        return None
    search = query.get("search")
    return query if isinstance(search, str) and len(search) <= MAX_QUERY_LENGTH else None


def number_sent_back(number: Any) -> Any:
    """``n`` in an answer: a placeholder in one that is kept."""
    return placeholder(number_of, number)


def number_of(user: User, moment: Moment) -> str:
    """Marks the placeholder of ``n``, which ``write_number`` fills."""
    raise NotImplementedError


def take_apart(response: HttpResponse, made: Placeholders) -> KeptAnswer:
    """An answer of JSON taken apart."""
    writes: list[Write] = []
    for place, fill in enumerate(made.fills):
        if fill is number_of:
            name = f"{made.token}n{place}n".encode()
            # A number, where the placeholder is a text.
            response.content = response.content.replace(b'"%b"' % name, name)
            writes.append(write_number)
        else:
            writes.append(partial(write_in_json, fill))
    return split_at(response, made, writes, JSON_CSRF_TOKEN)


def write_number(request: HttpRequest, moment: Moment) -> bytes:
    """``n`` of the question."""
    return str(json.loads(request.body)["inputs"][0]["value"]["n"]).encode()


def write_in_json(fill: Fill, request: HttpRequest, moment: Moment) -> bytes:
    """A filled placeholder inside a text of JSON."""
    return json.dumps(fill(viewer_of(request), moment), ensure_ascii=False)[1:-1].encode()
