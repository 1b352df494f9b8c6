"""Dash's scripts as one file."""

import re
from pathlib import Path

import dash
from django.contrib.staticfiles import finders

from analytics.web.dash import scripts
from analytics.web.dash.app import APPS

PACKAGE = Path(dash.__file__).parent
FINGERPRINT = re.compile(r"\.v[\w-]+m[\da-f]+(?=\.)")


def test_it_has_what_dash_would_ask_for_in_its_order():
    app = APPS["review"].as_dash_instance()
    html = app._generate_scripts_html()
    paths = [
        FINGERPRINT.sub("", path)
        for path in re.findall(r"_dash-component-suites/dash/([^\"?]+)", html)
    ]
    assert [path for path in paths if not path.startswith("dash_table/")] == list(scripts.SERVED)


def test_it_is_found_whole_and_ends_with_the_start_of_dash():
    text = Path(finders.find("dash/dash.js")).read_text()
    places = []
    for name in (*scripts.SERVED, scripts.GRAPHS):
        middle = (PACKAGE / name).read_text()[500:900]
        places.append(text.index(middle))
    assert places == sorted(places)
    assert text.endswith("\n;\nnew DashRenderer();\n")
    assert not re.search("^//# sourceMappingURL", text, re.MULTILINE)


def test_it_is_the_only_file_of_dash_that_is_collected():
    finder = finders.get_finder("analytics.web.dash.scripts.DashScriptFinder")
    listed = [name for name, _storage in finder.list([])]
    assert listed == ["dash/dash.js"]
    assert not finders.find("dash/component/dash/dcc/async-graph.js")
