"""How static files are stored in production, and which scripts a page will ask for."""

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULE_IMPORT = re.compile(
    r"""^(?:import|export)\b[^;"']*["'](?P<path>\.[^"']+)["'];""", re.MULTILINE
)


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without types
    """Names with a hash of the content, also in the imports of JavaScript modules."""

    support_js_module_import_aggregation = True


@cache
def imported_modules(entry: str) -> tuple[str, ...]:
    """The static names of the JavaScript modules that one imports, directly or not, in that order.

    A browser finds an import only when it has read the module around it, so that each level costs
    a round trip; a page that names all of them at once costs one.
    """
    paths: dict[str, None] = {}
    waiting = [entry]
    for name in waiting:
        source = Path(str(finders.find(name))).read_text(encoding="utf-8")
        for match in MODULE_IMPORT.finditer(source):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["path"]))
            if imported != entry and imported not in paths:
                paths[imported] = None
                waiting.append(imported)
    return tuple(paths)
