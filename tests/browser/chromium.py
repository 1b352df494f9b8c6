"""Finds the Chromium that the browser tests drive; run as a program it prints its path.

Playwright's own browsers are not used: they are downloads from another host, while every system
packages a Chromium. Debian packages its headless shell too, the same engine without the browser
around it: a new page takes it a sixth of the processor's time.
"""

import os
import shutil
import sys

WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = ("chromium-headless-shell", *WHOLE)
MISSING = """\
The browser tests were not run: no Chromium was found. Install one and say it again:
  Debian:         sudo apt-get install chromium-headless-shell
  Ubuntu:         sudo apt-get install chromium
  Fedora:         sudo dnf install chromium
  macOS:          brew install --cask chromium
or set CHROMIUM to the program's path."""


def find(names: tuple[str, ...] = NAMES) -> str | None:
    """Return the path of the first of these, or None; the variable CHROMIUM comes before them."""
    chosen = os.environ.get("CHROMIUM")
    for name in (chosen,) if chosen else names:
        path = shutil.which(name)
        if path:
            return path
    return None


if __name__ == "__main__":
    browser = find()
    if browser is None:
        sys.exit(MISSING)
    print(browser)
