"""The static files that are made of others, and how production stores them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from moderation_portal import bundles

# The modules that a page starts with. In production each is stored with all that it imports, as a
# classic script.
ENTRIES = (
    "portal/js/portal.js",
    "portal/js/charts.js",
    "portal/js/checking-page.js",
    "portal/js/api-reference.js",
    "portal/js/sign-in.js",
)
# Stylesheets, each of several: what comes first in the head of every page, and what comes last.
STYLESHEETS = {
    "portal/base.css": ("admin/css/base.css", "admin/css/dark_mode.css", "portal/typeface.css"),
    "portal/page.css": (
        *("admin/css/responsive.css", "portal/portal.css"),
        "portal/vendor/plotly-4.1.1.css",
    ),
}


# Scripts that run before anything is drawn, as one.
SCRIPTS = {"portal/js/head.js": ("admin/js/theme.js", "portal/js/before-paint.js")}


def read_source(name: str) -> str:
    """The text of a static file, as it lies in the sources."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without types
    """Names with a hash of the content, and each page's modules as one file."""

    has_bundles = True

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Store the bundles in the place of what they are made of, then hash and compress."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as source:
                return str(source.read(), "utf-8")

        made = {} if dry_run else {name: bundles.bundle_module(name, read) for name in ENTRIES}
        for name, text in made.items():
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        paths = {**paths, **{name: (self, name) for name in made}}
        yield from super().post_process(paths, dry_run, **options)


class MadeFilesFinder(finders.BaseFinder):
    """Finds files that are made when they are asked for, in a folder of this process."""

    made: Mapping[str, Callable[[], str]]

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing of it is configured."""
        return []

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="portal-static-")

    def _make(self, name: str) -> str:
        """The path of a file, made anew unless it is as it was: a cache asks when it changed."""
        path = Path(self._folder.name, name)
        text = self.made[name]()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return str(path)

    # The stubs tell a signature for each value of the second argument.
    def find(  # type: ignore[override]
        self, path: str, find_all: bool = False, **_kwargs: Any
    ) -> str | list[str]:
        """The path of a file of this finder; none of any other."""
        if path not in self.made:
            return []
        found = self._make(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield each file's name and storage."""
        for name in self.made:
            self._make(name)
            yield name, FileSystemStorage(self._folder.name)


def stylesheet_maker(name: str) -> Callable[[], str]:
    """What makes one of the stylesheets."""
    return lambda: bundles.join_stylesheets(name, STYLESHEETS[name], read_source)


def script_maker(name: str) -> Callable[[], str]:
    """What makes one of the scripts; each of its parts is a block or begins with a directive."""
    return lambda: "\n".join(map(read_source, SCRIPTS[name]))


class JoinedFilesFinder(MadeFilesFinder):
    """Finds the stylesheets and scripts that are made of several."""

    made = {
        **{name: stylesheet_maker(name) for name in STYLESHEETS},
        **{name: script_maker(name) for name in SCRIPTS},
    }


def has_bundles() -> bool:
    """Whether each module that starts a page is stored with all it imports, as a classic script."""
    return bool(getattr(staticfiles_storage, "has_bundles", False))


@cache
def imported_modules(entry: str) -> tuple[str, ...]:
    """The static names of the JavaScript modules that a page asks for with one.

    A browser finds an import only when it has read the module around it, so that each level costs
    a round trip; a page that names all of them at once costs one.
    """
    return tuple(name for name in bundles.in_order(entry, read_source) if name != entry)
