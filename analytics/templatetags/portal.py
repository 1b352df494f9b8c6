"""Icons and number formats in templates; the formats themselves are in analytics.formatting."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone

from analytics import formatting

register = template.Library()

register.filter("count", formatting.count)
register.filter("decimal", formatting.number)
register.filter("share", formatting.share)
register.filter("points", formatting.points)
register.filter("seconds", formatting.seconds)
register.filter("minutes", formatting.minutes)
register.filter("duration", formatting.duration)
register.filter("speed", formatting.speed)
register.filter("day", formatting.day)
register.filter("short_day", formatting.short_day)
register.filter("long_day", formatting.long_day)


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in the project's time zone: ``21 Nov 2026, 23:12 UTC``."""
    return formatting.moment(value, get_current_timezone())


@register.filter
def short_moment(value: datetime | None) -> str:
    """A moment without year and zone, for tables: ``21 Nov, 21:04``."""
    return formatting.short_moment(value, get_current_timezone())


@register.filter
def percent(value: float) -> str:
    """A share (0-1, clipped) as a CSS length: ``64.90%``; for bars."""
    return f"{min(max(value, 0.0), 1.0) * 100:.2f}%"


@register.filter
def unit(value: float) -> str:
    """A coordinate of an SVG, with a point whatever the language: ``12.5``."""
    return f"{value:.1f}"


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's round mark: ``dana`` gives ``DA``, ``Ann Lee`` ``AL``."""
    words = name.split()
    letters = words[0][0] + words[-1][0] if len(words) > 1 else name[:2]
    return letters.upper()


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """One drawing of icons.svg, decoration only: the words beside it say what it means."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        static("portal/icons.svg"),
        name,
    )
