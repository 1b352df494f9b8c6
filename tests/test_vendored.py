"""What other projects gave, as they gave it."""

import hashlib
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "static/portal/vendor"
# Of the package plotly.js-basic-dist-min 4.1.1 of the npm registry.
HASHES = {
    "plotly-basic-4.1.1.min.js": "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba",
}


def test_scripts_are_as_they_were_published():
    scripts = {path.name: path.read_bytes() for path in VENDOR.glob("*.js")}
    assert {name: hashlib.sha256(text).hexdigest() for name, text in scripts.items()} == HASHES


def test_plotly_is_of_the_version_that_plotly_py_writes_for():
    from plotly.offline import get_plotlyjs_version

    assert [path.name for path in VENDOR.glob("*.js")] == [
        f"plotly-basic-{get_plotlyjs_version()}.min.js"
    ]
