"""The static files as production stores them."""

import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from moderation_portal.static_files import PortalStaticFilesStorage, imported_modules

SCRIPTS = Path(__file__).parents[2] / "static/portal/js"
IMPORT = re.compile(r'^(?:import|export) .*?from "(.+?)";$', re.MULTILINE | re.DOTALL)


@pytest.fixture
def stored(tmp_path, settings):
    """The scripts with a hash of the content in their names, by their names without."""
    settings.DEBUG = False
    storage = PortalStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    sources = FileSystemStorage(str(SCRIPTS))
    paths = {}
    for path in SCRIPTS.rglob("*.js"):
        name = str(path.relative_to(SCRIPTS))
        with sources.open(name) as source:
            storage.save(name, source)
        paths[name] = (storage, name)
    for _name, _hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), processed
    return {name: tmp_path / storage.hashed_files[name] for name in paths}


def test_imports_name_the_stored_files(stored):
    found = {name: IMPORT.findall(path.read_text()) for name, path in stored.items()}
    files = set(stored.values())
    for name, imports in found.items():
        original = IMPORT.findall((SCRIPTS / name).read_text())
        assert len(imports) == len(original)
        for imported in imports:
            assert (stored[name].parent / imported).resolve() in files, (name, imported)
    assert len(found["charts.js"]) > 5


def test_a_changed_module_changes_the_names_of_what_imports_it(stored):
    assert re.fullmatch(r"portal\.[\da-f]{12}\.js", stored["portal.js"].name)
    theme = stored["theme.js"].name
    assert theme in stored["portal.js"].read_text()
    assert theme in stored["charts/redraw.js"].read_text()


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


@pytest.mark.parametrize("entry", ["portal.js", "charts.js", "api-reference.js"])
def test_the_modules_of_an_entry_are_all_that_it_imports(entry):
    modules = imported_modules(f"portal/js/{entry}")
    assert len(modules) == len(set(modules)) > 1
    assert set(modules) == modules_reached(entry)


def test_a_page_of_charts_names_each_module_once(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_superuser("root"))
    html = client.get("/review/").content.decode()
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/(.+?)">', html)
    started = re.findall(r'<script type="module" src="/static/(.+?)">', html)
    assert started == ["portal/js/portal.js", "portal/js/charts.js"]
    assert len(preloaded) == len(set(preloaded))
    assert set(preloaded) == modules_reached("portal.js") | modules_reached("charts.js")
