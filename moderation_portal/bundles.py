"""One file out of many: a script out of a JavaScript module with all it imports, and stylesheets.

No Node is needed to deploy: modules have the few forms that the portal's own are written in,
``import {a, b as c} from "./x.js";``, ``import "./x.js";``, and ``export`` before a function,
a class or a constant. Anything else is an error, and so is a cycle.
"""

import posixpath
import re
from collections.abc import Callable, Iterable

MODULE_IMPORT = re.compile(
    r'^import\s+(?:\{(?P<names>[^}]*)\}\s*from\s+)?"(?P<path>\.[^"]+)";\n?', re.MULTILINE
)
EXPORT = re.compile(
    r"^export\s+(?P<kept>(?:(?:async\s+)?function\*?|class|const)\s+(?P<name>[\w$]+))", re.MULTILINE
)
OTHER_FORM = re.compile(
    r"^(?:import|export)\b.*|\bimport\.meta\b|\bimport\([^)\n]*\)", re.MULTILINE
)
# Whole lines only: what looks like a comment further on may be part of a text.
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/)[ \t]*\n", re.MULTILINE | re.DOTALL)
STYLE_URL = re.compile(
    r"""url\((?P<quote>["']?)(?P<path>(?!data:|https?:|[#/])[^"')]+)(?P=quote)\)"""
)

Read = Callable[[str], str]


class BundleError(ValueError):
    """A source that no bundle can be made of."""


def resolve(importer: str, path: str) -> str:
    """The name of the file that ``path`` means in another file."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))


def imported(name: str, source: str) -> list[str]:
    """The names of the modules that a module imports itself, in their order."""
    return [resolve(name, found["path"]) for found in MODULE_IMPORT.finditer(source)]


def in_order(entry: str, read: Read) -> dict[str, str]:
    """The sources of a module and of all it imports, by name, in the order that they run in."""
    done: dict[str, str] = {}
    open_modules: list[str] = []

    def visit(name: str) -> None:
        if name in open_modules:
            raise BundleError(f"{name} imports itself by way of {open_modules[-1]}.")
        if name in done:
            return
        open_modules.append(name)
        source = read(name)
        for other in imported(name, source):
            visit(other)
        done[open_modules.pop()] = source

    visit(entry)
    return done


def bundle_module(entry: str, read: Read) -> str:
    """A classic script that does what the module ``entry`` does; ``read`` gives a name's source.

    Every module is a function of its own, which gives what the module exports. No name is global. A
    browser runs a classic script that is there as soon as the page is read, a module only after a
    frame.
    """
    sources = in_order(entry, read)
    variables = {name: f"module{place}" for place, name in enumerate(sources)}
    modules = "".join(
        f"const {variables[name]} = (() => {{\n{function_body(name, source, variables)}}})();\n"
        for name, source in sources.items()
    )
    return f'"use strict";\n{{\n{modules}}}\n'


def function_body(name: str, source: str, variables: dict[str, str]) -> str:
    """The statements of a module, with its imports as constants, that return its exports."""

    def as_constants(found: re.Match[str]) -> str:
        if not found["names"]:
            return ""
        names = re.sub(r"\s+as\s+", ": ", " ".join(found["names"].split()))
        return f"const {{ {names} }} = {variables[resolve(name, found['path'])]};\n"

    text = MODULE_IMPORT.sub(as_constants, COMMENT.sub("", source))
    exported = [found["name"] for found in EXPORT.finditer(text)]
    text = EXPORT.sub(r"\g<kept>", text)
    other = OTHER_FORM.search(text)
    if other:
        raise BundleError(f"{name}: cannot be bundled: {other[0]}")
    return f"{text.rstrip()}\nreturn {{ {', '.join(exported)} }};\n"


def join_stylesheets(name: str, parts: Iterable[str], read: Read) -> str:
    """Stylesheets in one that is called ``name``, to whose place the addresses are adapted."""
    folder = posixpath.dirname(name)

    def text_of(part: str) -> str:
        def adapted(found: re.Match[str]) -> str:
            path = posixpath.relpath(resolve(part, found["path"]), folder)
            return f"url({found['quote']}{path}{found['quote']})"

        return STYLE_URL.sub(adapted, read(part))

    return "\n".join(map(text_of, parts))
