"""How the admin's lists and pages show values: links, marks, lengths of time, documents' fields."""

import json
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.models import SECOND_US


def length(microseconds: int | None) -> str:
    """A length of time in words."""
    return formatting.duration(None if microseconds is None else microseconds / SECOND_US)


def readable_json(value: Any) -> SafeString | str:
    """A JSON value laid out to be read; a dash for none."""
    if value is None:
        return formatting.MISSING
    return format_html(
        '<pre class="json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False)
    )


def pill(text: str) -> SafeString:
    """A word as a mark."""
    return format_html('<span class="pill">{}</span>', text)


def admin_link(row: Model, text: str | None = None) -> SafeString:
    """A link to a row's page in the admin."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text or str(row))


def listed(model: type[Model], **parameters: object) -> str:
    """The address of a model's list in the admin, with these parameters."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return reverse(name, query=parameters or None)


def portal_address(name: str, *args: str, **parameters: str) -> str:
    """The address of a page of the portal."""
    return reverse(f"portal:{name}", args=args, query=parameters or None)


def keys(pressed: list[str]) -> SafeString | str:
    """The keys pressed, in order."""
    if not pressed:
        return formatting.MISSING
    return format_html_join(" ", "<kbd>{}</kbd>", ((key,) for key in pressed))


def speeds(values: list[float]) -> str:
    """The speeds chosen, in order: ``1.25× → 1.5×``."""
    return " → ".join(formatting.speed(value) for value in values) or formatting.MISSING


def yes_or_no(value: bool) -> str:
    """A truth in words."""
    return "Yes" if value else "No"
