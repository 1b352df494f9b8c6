"""How static files are stored in production, and which scripts a page will ask for."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from moderation_portal import bundles

# What pages start with. In production each is stored with all that it imports.
ENTRIES: dict[str, Callable[[str, bundles.Read], str]] = {
    "portal/js/portal.js": bundles.bundle_module,
    "portal/js/charts.js": bundles.bundle_module,
    "portal/js/checking-page.js": bundles.bundle_module,
    "portal/js/api-reference.js": bundles.bundle_module,
    "portal/base.css": bundles.bundle_stylesheet,
    "portal/page.css": bundles.bundle_stylesheet,
}


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without types
    """Names with a hash of the content; modules and stylesheets as one file a page."""

    has_bundles = True

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Store the bundles in the place of what they are made of, then hash and compress."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as source:
                return str(source.read(), "utf-8")

        if not dry_run:
            made = {name: bundle(name, read) for name, bundle in ENTRIES.items() if name in paths}
            for name, text in made.items():
                self.delete(name)
                self.save(name, ContentFile(text.encode()))
            paths = {**paths, **{name: (self, name) for name in made}}
        yield from super().post_process(paths, dry_run, **options)


@cache
def imported_modules(entry: str) -> tuple[str, ...]:
    """The static names of the JavaScript modules that a page asks for with one.

    A browser finds an import only when it has read the module around it, so that each level costs
    a round trip; a page that names all of them at once costs one. None where they are bundled.
    """
    if getattr(staticfiles_storage, "has_bundles", False):
        return ()

    def read(name: str) -> str:
        return Path(str(finders.find(name))).read_text(encoding="utf-8")

    return tuple(name for name in bundles.in_order(entry, read) if name != entry)
