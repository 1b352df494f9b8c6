"""Finds the Chromium that the browser tests drive; run as a program it prints its path.

Playwright's own browsers are not used: they are downloads from another host, while every system
packages a Chromium.
"""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = """\
The browser tests were not run: no Chromium was found. Install one and say it again:
  Debian, Ubuntu: sudo apt-get install chromium
  Fedora:         sudo dnf install chromium
  macOS:          brew install --cask chromium
or set CHROMIUM to the program's path."""


def find() -> str | None:
    """Return the path of a Chromium, or None; the variable CHROMIUM comes first."""
    chosen = os.environ.get("CHROMIUM")
    for name in (chosen,) if chosen else NAMES:
        path = shutil.which(name)
        if path:
            return path
    return None


if __name__ == "__main__":
    browser = find()
    if browser is None:
        sys.exit(MISSING)
    print(browser)
