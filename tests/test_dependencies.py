"""What is installed is what the lock file says, with hashes, and under licences that go with EUPL-1.2. No network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from typing import Any

from store.settings import ROOT

OURS = frozenset({"wijkwijzer", "pip"})
READ = {
    "axe-playwright-python": "MIT, in its LICENSE",
    "espeakng-loader": "a loader of eSpeak NG, which is under GPL 3",
    "locate": "MIT, in its LICENSE",
}
"""What does not say its licence where tools look for it, read by a person."""
PINNED = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
FITS = re.compile(
    r"\b(mit|mit-cmu|bsd|[023]-?bsd|apache|isc|psf|python software foundation|zlib|unlicense|public domain|cc0|hpnd|"
    r"mpl|mozilla|[al]?gpl(v?[23])?|eupl|zpl|ofl)\b"
)
"""Permissive ones, and those that EUPL-1.2 names as compatible in its appendix (GPL, LGPL, MPL)."""


def _name(written: str) -> str:
    return re.sub(r"[-_.]+", "-", written).lower()


def _locked() -> set[tuple[str, str]]:
    """Name and version; of some packages there is one for each version of Python."""
    files = (ROOT / "requirements.lock", ROOT / "tools" / "bootstrap.lock")
    return {(_name(name), version) for file in files for name, version in PINNED.findall(file.read_text())}


def _installed() -> Iterator[Distribution]:
    return (one for one in distributions() if _name(one.metadata["Name"]) not in OURS)


def _licence(one: Distribution) -> str:
    told: Any = one.metadata  # a message as of e-mail
    classified = [line for line in told.get_all("Classifier") or () if line.startswith("License")]
    if said := READ.get(_name(told["Name"])):
        return said.lower()
    return " ".join([told.get("License-Expression") or "", (told.get("License") or "")[:200], *classified]).lower()


def test_what_is_installed_is_what_the_lock_file_says() -> None:
    locked = _locked()
    assert len(locked) > 20
    found = {(_name(one.metadata["Name"]), one.version) for one in _installed()}
    assert len(found) > 20 and found - locked == set(), "`make setup` in a fresh .venv mends it"


def test_every_line_of_the_lock_files_has_its_hash() -> None:
    for lock in sorted(ROOT.glob("**/requirements*.lock")):
        if ".venv" not in lock.parts:
            parts = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text().replace("\\\n", " "))
            pinned = [part for part in parts if "==" in part.split("#")[0]]
            assert pinned and all("--hash=sha256:" in part for part in pinned), lock.name


def test_every_licence_fits_ours() -> None:
    found = {one.metadata["Name"]: _licence(one) for one in _installed()}
    assert {name: told for name, told in found.items() if not FITS.search(told)} == {}
