"""The documents in docs/privacy: what they name is there, and what residents read is as plain as what the bot says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.directory import load_directory
from bot.cli import app
from bot.content import numbers
from bot.content.everyday import load_everyday
from bot.content.rules import read_rules
from bot.content.source import read_source
from bot.content.wordrules import check_line

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "privacy"
DOCUMENTS = sorted(FOLDER.glob("*.md"))
THREATS = FOLDER / "threat-model.md"
STATEMENT = FOLDER / "privacyverklaring.md"
MAP = FOLDER / "gegevenskaart.md"
LEAK = FOLDER / "datalek.md"
RULES = read_rules(ROOT / "flows" / "texts" / "nl" / "wordrules.yml")
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
NAMED_FILE = re.compile(r"`((?:actions|bot|dashboard|directory|docs|flows|nlu|sandbox|store|tests|tools)/[\w./*-]+)`")
LINK = re.compile(r"\]\(([^)#:]*)(?:#([\w-]+))?\)")
STRIDE = frozenset("STRIDE")
NAMES_OF_OFFICES = frozenset({"functionaris", "gegevensbescherming", "Persoonsgegevens", "Autoriteit"})


def _threats(text: str) -> Iterator[list[str]]:
    """The cells of each line about a threat."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and len(cells[0]) == 1:
            yield cells


def _untested(text: str) -> list[str]:
    """Lines of a threat model that are tested by nothing and do not say so, or are of no kind of STRIDE."""
    return [
        cells[1]
        for cells in _threats(text)
        if cells[0] not in STRIDE or not (NAMED_TEST.search(cells[3]) or cells[3].startswith("not tested: "))
    ]


def _missing_tests(text: str) -> list[str]:
    """Tests that are named and are not there."""
    return [f"{file}::{name}" for file, name in NAMED_TEST.findall(text) if not _defines(ROOT / file, name)]


def _defines(file: Path, name: str) -> bool:
    return file.exists() and re.search(rf"^ *(async )?def {name}\(", file.read_text(encoding="utf-8"), re.M) is not None


def test_every_threat_has_a_test_or_says_that_it_has_none() -> None:
    text = THREATS.read_text(encoding="utf-8")
    assert len(list(_threats(text))) > 50
    assert _untested(text) == []


def test_a_threat_without_a_test_is_found() -> None:
    assert _untested("| S | somebody guesses a link | it is long | |") == ["somebody guesses a link"]
    assert _untested("| X | no such kind | - | not tested: why |") == ["no such kind"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_test_that_is_named_is_there(document: Path) -> None:
    assert _missing_tests(document.read_text(encoding="utf-8")) == []


def test_a_test_that_is_gone_is_found() -> None:
    here = "tests/content/test_privacy_documents.py"
    gone = [f"{here}::test_that_never_was", "tests/nowhere.py::test_a_test_that_is_gone_is_found"]
    text = " ".join(f"`{one}`" for one in [*gone, f"{here}::test_a_test_that_is_gone_is_found"])
    assert _missing_tests(text) == gone


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "docs" / "privacy.md"], ids=lambda file: file.name)
def test_every_file_and_link_that_is_named_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    files = [name for name in NAMED_FILE.findall(text) if not any(ROOT.glob(name.rstrip("/")))]
    links = [to for to, _ in LINK.findall(text) if to and not (document.parent / to).exists()]
    assert (files, links) == ([], [])


def test_all_documents_can_be_found_from_the_entrance() -> None:
    entrance = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert [file.name for file in DOCUMENTS if f"(privacy/{file.name})" not in entrance] == []


def test_the_data_map_is_the_one_of_the_code() -> None:
    text = MAP.read_text(encoding="utf-8").split("<!-- begin: map -->")[1].split("<!-- end: map -->")[0]
    printed = CliRunner().invoke(app, ["privacy", "map"]).output.strip()
    assert text.strip().splitlines() == printed.splitlines(), (
        "paste what `wijkwijzer privacy map` prints between the marks"
    )


def _plain(text: str) -> list[str]:
    """The lines that residents read, without what is Markdown and what the organisation fills in."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    plain = [re.sub(r"\*\*|^#+ |^- |\[[^\]]*\]", "", line).strip() for line in text.splitlines()]
    return [line for line in plain if line]


def _after_a_leak() -> list[str]:
    """The sentences that a gemeente may send after a leak."""
    text = LEAK.read_text(encoding="utf-8").split("<!-- begin: sentences -->")[1].split("<!-- end: sentences -->")[0]
    return _plain(text)


@pytest.mark.parametrize("line", [*_plain(STATEMENT.read_text(encoding="utf-8")), *_after_a_leak()])
def test_residents_read_it_in_plain_words(line: str) -> None:
    assert [str(breach) for breach in check_line(line, RULES)] == []
    everyday = load_everyday(RULES)
    assert everyday is not None
    assert [found.excerpt for found in everyday.breaches(line) if found.excerpt not in NAMES_OF_OFFICES] == []


def test_only_numbers_that_are_certain_are_named() -> None:
    directory = load_directory(ROOT / "directory", "soest", read_source(ROOT / "flows").intents)
    sure = numbers.certain([directory])
    said = [number for file in DOCUMENTS for number in numbers.named(file.read_text(encoding="utf-8"))]
    assert said
    assert [number for number in said if numbers.digits(number) not in sure] == []
