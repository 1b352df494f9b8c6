"""Icons, scripts, and the few numbers that templates write themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from django import template
from django.core.exceptions import DisallowedHost
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from analytics import formatting
from analytics.placeholders import Moment, escape_once, personal_text, placeholder
from moderation_portal.static_files import has_bundles, imported_modules, read_source

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()

register.filter("count", formatting.count)
register.filter("day", formatting.local_day_words)
register.filter("moment", formatting.moment)
register.filter("short_moment", formatting.short_moment)


@register.filter
def percent(value: float) -> str:
    """A share (0-1, clipped) as a CSS length: ``64.90%``; for bars."""
    return f"{min(max(value, 0.0), 1.0) * 100:.2f}%"


@register.filter
def unit(value: float, places: int = 1) -> SafeString:
    """A coordinate of an SVG, with a point whatever the language: ``12.5``."""
    return SafeString(f"{value:.{places}f}")


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's round mark: ``dana`` gives ``DA``, ``ann.lee`` ``AL``."""
    words = [word for word in re.split(r"[\s._-]+", name) if word]
    letters = words[0][0] + words[-1][0] if len(words) > 1 else name[:2]
    return letters.upper()


@register.filter
def css_string(text: str) -> SafeString:
    """A quoted string of CSS, safe within a ``style`` element too."""
    plain = re.sub(r'[\\"<>&\x00-\x1f\x7f]', lambda found: f"\\{ord(found[0]):x} ", text)
    return mark_safe(f'"{plain}"')  # noqa: S308 - every character with a meaning is escaped


@register.simple_tag(takes_context=True)
def paper_line(context: Context, as_css: bool = False) -> str:
    """What each sheet of a printed page says: of which page it is, of when, and who printed it.

    ``as_css``: as a quoted string of CSS.
    """
    title, as_of = context.get("title"), context.get("as_of")

    def write(user: User | None, as_of: str) -> str:
        parts = ["Moderation Portal", title, as_of and f"as of {as_of}", printed_by(user)]
        line = " · ".join(str(part) for part in parts if part)
        return css_string(line) if as_css else line

    def fill(user: User | None, moment: Moment) -> str:
        # Where the page says it, a placeholder of its own stands.
        at = formatting.short_moment_in_zone(moment.changed_at) if as_of else ""
        return escape_once(write(user, at))

    return placeholder(fill, write(context.get("user"), as_of or ""))


def printed_by(user: User | None) -> str:
    """Who printed a page; empty where nobody has logged in."""
    return f"printed by {user.get_username()}" if user and user.is_authenticated else ""


@register.simple_tag(takes_context=True)
def person_in_bar(context: Context) -> str:
    """Initials and name of who has logged in."""
    return personal_text(
        lambda user: format_html(
            '<span class="avatar" aria-hidden="true">{}</span><span class="user-name">{}</span>',
            initials(user.get_username()),
            user.display_name or user.get_short_name() or user.get_username(),
        ),
        context["user"],
    )


@register.simple_tag(takes_context=True)
def paper_address(context: Context) -> str:
    """The address at the end of a printed page; only its path where the host is none of ours."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ""
    try:
        return request.build_absolute_uri()
    except DisallowedHost:
        return request.get_full_path()


#: A drawing of icons.svg: its name, its box, and what it is drawn of.
SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="([\d ]+)">(.*)</symbol>')


@cache
def drawings() -> dict[str, tuple[str, str]]:
    """The drawings of icons.svg by name: the box of each and what it is drawn of."""
    return {
        name: (box, shapes) for name, box, shapes in SYMBOL.findall(read_source("portal/icons.svg"))
    }


@register.simple_tag
@cache
def icon(name: str, css_class: str = "") -> SafeString:
    """One drawing of icons.svg, decoration only: the words beside it say what it means.

    Within the page: as references to one file, each would be looked up and copied by the browser,
    which takes longer than to read it again.
    """
    box, shapes = drawings()[name]
    return format_html(
        '<svg class="icon {}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>',
        css_class,
        box,
        mark_safe(shapes),  # noqa: S308 - a file of the portal's
    )


@register.simple_tag
@cache
def favicon() -> SafeString:
    """The mark of the portal within the page: smaller than the request for it."""
    address = f"data:image/svg+xml,{quote(read_source('portal/mark.svg').strip())}"
    return format_html('<link rel="icon" href="{}" type="image/svg+xml">', address)


#: What would end a script element, or begin a comment in it, as JSON writes it otherwise.
SCRIPT_ESCAPES = ((b"<", rb"\u003C"), (b">", rb"\u003E"), (b"&", rb"\u0026"))


def script_json(figure: Mapping[str, Any] | str) -> str:
    """A Plotly figure, or its name, as JSON for a script element: what ``json_script`` writes."""
    try:
        data = orjson.dumps(figure, default=DjangoJSONEncoder().default)
    except orjson.JSONEncodeError:
        # Floats of NumPy, and numbers of more than 64 bits.
        data = json.dumps(figure, cls=DjangoJSONEncoder).encode()
    for character, escaped in SCRIPT_ESCAPES:
        data = data.replace(character, escaped)
    return data.decode()


def figures_script(figures: Mapping[str, str], element_id: str) -> Iterator[str]:
    """Figures, each as ``script_json`` gives it, by name in a script element; in parts."""
    yield f'<script id="{escape(element_id)}" type="application/json">{{'
    for place, (name, figure) in enumerate(figures.items()):
        yield f"{',' if place else ''}{script_json(name)}:"
        yield figure
    yield "}</script>"


@register.simple_tag
def module_script(entry: str) -> SafeString:
    """What starts a page: the script made of a module and all that it imports.

    Where none is made, the modules themselves, which the browser gets all at once.
    """
    if has_bundles():
        return format_html('<script src="{}" defer></script>', static(entry))
    links = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(name),) for name in imported_modules(entry)),
    )
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(entry))
