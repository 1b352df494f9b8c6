"""The static files as production stores them."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from analytics.templatetags import portal
from moderation_portal import static_files
from moderation_portal.static_files import (
    ENTRIES,
    STYLESHEETS,
    PortalStaticFilesStorage,
    imported_modules,
)

SCRIPTS = Path(__file__).parents[2] / "static/portal/js"
OURS = ("portal/", "admin/css", "admin/img")
IMPORT = re.compile(r"""^(?:import|export) (?:[^"]*? from )?"(.+?)";$""", re.MULTILINE)


@pytest.fixture
def stored(tmp_path, settings):
    """The folder with the portal's and the admin's files as production has them, and its names."""
    settings.DEBUG = False
    storage = PortalStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    paths = {}
    for finder in finders.get_finders():
        for name, source in finder.list([]):
            path = f"{source.prefix}/{name}" if getattr(source, "prefix", None) else name
            if path.startswith(OURS) and "/vendor/" not in path and path not in paths:
                paths[path] = (source, name)
    for path, (source, name) in paths.items():
        with source.open(name) as file:
            storage.save(path, file)
    for _name, _hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), processed
    return lambda name: tmp_path / storage.hashed_files[name]


def test_what_a_page_starts_with_is_one_file(stored):
    for name in (*ENTRIES, *STYLESHEETS):
        path = stored(name)
        text = path.read_text()
        assert re.fullmatch(r".+\.[\da-f]{12}\.(js|css)", path.name)
        assert not IMPORT.findall(text), name
    script = stored("portal/js/charts.js").read_text()
    for part in ("page.js", "theme.js", "charts/graphs.js"):
        lines = (SCRIPTS / part).read_text().splitlines()
        last = next(line for line in reversed(lines) if len(line) > 10)
        assert last in script, part
    sheet = stored("portal/base.css").read_text()
    assert re.search(r"url\(.?fonts/inter-latin\.[\da-f]{12}\.woff2", sheet)
    assert re.search(r"admin/img/icon-yes\.[\da-f]{12}\.svg", sheet)


def modules_reached(entry):
    """By the imports as another expression reads them, one module after the other."""
    reached, waiting = set(), [SCRIPTS / entry]
    while waiting:
        path = waiting.pop()
        for imported in IMPORT.findall(path.read_text()):
            target = (path.parent / imported).resolve()
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return {f"portal/js/{path.relative_to(SCRIPTS)}" for path in reached}


@pytest.mark.parametrize(
    "entry", ["portal.js", "charts.js", "api-reference.js", "checking-page.js"]
)
def test_the_modules_of_an_entry_are_all_that_it_imports(entry):
    modules = imported_modules(f"portal/js/{entry}")
    assert len(modules) == len(set(modules)) > 1
    assert set(modules) == modules_reached(entry)


def test_a_page_of_charts_names_each_module_once(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_superuser("root"))
    html = client.get("/review/").content.decode()
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/(.+?)">', html)
    started = re.findall(r'<script type="module" src="/static/(.+?)">', html)
    assert started == ["portal/js/charts.js"]
    assert len(preloaded) == len(set(preloaded))
    assert set(preloaded) == modules_reached("charts.js")


def test_where_modules_are_bundled_a_page_starts_with_one_classic_script(monkeypatch):
    monkeypatch.setattr(portal, "has_bundles", lambda: True)
    assert portal.module_script("portal/js/charts.js") == (
        '<script src="/static/portal/js/charts.js" defer></script>'
    )


def test_a_stylesheet_is_made_anew_when_a_part_changes(monkeypatch):
    parts = dict.fromkeys(STYLESHEETS["portal/base.css"], "b {}") | {"admin/css/base.css": "a {}"}
    monkeypatch.setattr(static_files, "read_source", parts.__getitem__)
    finder = static_files.JoinedFilesFinder()
    assert finder.find("portal/portal.css") == []
    path = Path(finder.find("portal/base.css"))
    assert path.read_text() == "a {}\nb {}\nb {}"
    made = path.stat().st_mtime_ns
    assert finder.find("portal/base.css", find_all=True) == [str(path)]
    assert path.stat().st_mtime_ns == made
    parts["admin/css/base.css"] = "c {}"
    assert Path(finder.find("portal/base.css")).read_text() == "c {}\nb {}\nb {}"
    finder._folder.cleanup()
