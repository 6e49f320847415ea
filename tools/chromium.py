"""Finds or installs the browser that the browser tests drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.console import SetupError, run, told
from tools.paths import APP_ENVIRONMENT, VAR, python_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSERS = VAR / "browsers"
ADVICE = (
    "No Chromium could be had, so the browser tests will be skipped. "
    "Install one (for example: apt-get install chromium) and start again."
)


def find_chromium() -> str | None:
    """The path of a Chromium: named in CHROMIUM, on the PATH, or fetched by playwright before."""
    named = os.environ.get("CHROMIUM")
    on_path = (shutil.which(name) for name in NAMES)
    fetched = (str(file) for file in sorted(BROWSERS.glob("chromium-*/chrome-linux*/chrome")))
    return named or next(filter(None, on_path), None) or next(fetched, None)


def ensure_chromium() -> None:
    """Installs a Chromium if there is none; warns, and goes on, if that cannot be done."""
    if find_chromium():
        return
    for install in (_from_debian, _from_playwright):
        try:
            install()
        except SetupError:
            continue
        if find_chromium():
            return
    print(f"  {ADVICE}", flush=True)


def _from_debian() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupError(ADVICE)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with told("Installing Chromium from the system's packages"):
        run(["apt-get", "update", "-q"], ADVICE, quiet)
        run(
            ["apt-get", "install", "-qy", "--no-install-recommends", "chromium"],
            ADVICE,
            quiet,
        )


def _from_playwright() -> None:
    python = python_of(APP_ENVIRONMENT)
    where = {"PLAYWRIGHT_BROWSERS_PATH": str(Path(BROWSERS))}
    with told("Fetching Chromium through playwright"):
        run([python, "-m", "playwright", "install", "chromium"], ADVICE, where)
