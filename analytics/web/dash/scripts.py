"""Dash's scripts as one static file, which a page asks for when somebody turns to its filters.

The files that Dash itself would ask for, in its order; then the part that draws graphs, which it
would fetch after the first of them; then what starts it, for which Dash has an inline script that
the portal's policy would not let through.
"""

from pathlib import Path

import dash

from moderation_portal.static_files import MadeFilesFinder

# Its name among the static files.
DASH_SCRIPT = "dash/dash.js"
# Of the package dash; without the components of tables, which nobody uses.
SERVED = (
    "deps/polyfill@7.12.1.min.js",
    "deps/react@18.3.1.min.js",
    "deps/react-dom@18.3.1.min.js",
    "deps/prop-types@15.8.1.min.js",
    "dash-renderer/build/dash_renderer.min.js",
    "dcc/dash_core_components.js",
    "dcc/dash_core_components-shared.js",
    "html/dash_html_components.min.js",
)
GRAPHS = "dcc/async-graph.js"
START = "new DashRenderer();\n"
SOURCE_MAP = "//# sourceMappingURL="


def dash_script() -> str:
    """The text of the file."""
    package = Path(dash.__file__).parent
    texts = [(package / name).read_text(encoding="utf-8") for name in (*SERVED, GRAPHS)]
    # A file may end without a semicolon or a line's end.
    return "\n;\n".join([*map(without_source_map, texts), START])


def without_source_map(text: str) -> str:
    """A script without the line that names its source map, which is not stored."""
    return "".join(line for line in text.splitlines(True) if not line.startswith(SOURCE_MAP))


class DashScriptFinder(MadeFilesFinder):
    """Finds Dash's scripts as one file."""

    made = {DASH_SCRIPT: dash_script}
