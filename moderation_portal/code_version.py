"""The version of the portal's code: part of the ETag of everything it answers."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def code_version() -> str:
    """A text that differs whenever the portal's code, its look or a library's pin does."""
    digest = hashlib.sha256()
    for path in sorted(source_files(settings.BASE_DIR)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def source_files(project: Path) -> Iterable[Path]:
    """The files that make the answers."""
    for package in ("analytics", "moderation_portal"):
        yield from (project / package).rglob("*.py")
    yield from (project / "templates").rglob("*.html")
    # Their content is part of the addresses in a page.
    yield from (project / "static").rglob("*.*")
    yield from project.glob("requirements.txt")
