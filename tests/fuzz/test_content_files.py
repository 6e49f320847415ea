"""The real files of flows, texts, rules and directory with mistakes in them: read, or refused with file and line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions import directory, records
from actions.directory import Organisation, load_directory, load_organisation
from actions.service_reader import Everything
from bot.content import rules
from bot.dialogue import content, triage
from bot.start import read_content
from bot.understanding import safety
from store import yaml_lines
from store.settings import ROOT
from store.yaml_lines import ContentError
from tests.fuzz.cases import cases
from tests.fuzz.shapes import NASTY, anything, broken

READERS = (content, triage, rules, directory, safety)
"""The modules that read YAML."""
REFUSED = (ContentError, records.DirectoryError)
PLACED = re.compile(r"\.yml(:\d+)?:|flows(:\d+)?: ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for name in ("flows", "directory"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def changed(folder: Path) -> Iterator[dict[Path, str]]:
    """What stands in a file instead; all other files are read once."""
    instead: dict[Path, str] = {}
    known: dict[Path, Any] = {}

    def read(file: Path) -> Any:
        if file in instead:
            return whole(file)
        if file not in known:
            known[file] = whole(file)
        return known[file]

    whole = yaml_lines.read_yaml
    with pytest.MonkeyPatch.context() as patch:
        for module in READERS:
            if hasattr(module, "read_yaml"):
                patch.setattr(module, "read_yaml", read)
        yield instead


def _names(*patterns: str) -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for pattern in patterns for file in ROOT.glob(pattern))


FLOWS = _names("flows/*.yml", "flows/texts/nl/*.yml", "flows/texts/tr/*.yml")
OTHERS = ["directory/soest.yml", "flows/texts/nl/wordrules.yml", "flows/texts/nl/safety_phrases.yml"]
SNIPPETS = (
    *(
        "\t",
        ": ",
        "- ",
        "[",
        "{",
        "}",
        "'",
        '"',
        "#",
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "!x ",
        "|",
        ">",
        "%",
        "@",
    ),
    *(
        "null",
        "~",
        "{}",
        "[]",
        "yes",
        "2026-13-45",
        "0x1F",
        ".inf",
        "\x00",
        "\ufeff",
        "\ud83e",
        "<<: *a",
        "? ",
        "--- ",
        "\r",
    ),
)
NAMES = ("x:", "1:", "null:", "[a]:", "responses:", "steps:")
signs = st.lists(st.sampled_from((*SNIPPETS, *NASTY, "\n")), max_size=9).map("".join)


def _cut(text: str, at: int, size: int, put: str) -> str:
    return text[:at] + put + text[at + size :]


@st.composite
def damaged(draw: st.DrawFn, names: list[str]) -> tuple[str, str]:
    """A file of ours and what it says after somebody's slip: a piece gone, a sign too many, lines moved."""
    name = draw(st.sampled_from(names))
    text = (ROOT / name).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 2))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["put", "cut", "drop", "twice", "indent", "value", "name"])):
            case "put":
                lines[at] = _cut(lines[at], draw(st.integers(0, 60)), 0, draw(st.sampled_from((*SNIPPETS, *NASTY))))
            case "cut":
                lines[at] = _cut(lines[at], draw(st.integers(0, 40)), draw(st.integers(1, 20)), "")
            case "drop":
                del lines[at : at + draw(st.integers(1, 6))]
            case "twice":
                lines[at:at] = lines[at : at + draw(st.integers(1, 4))]
            case "indent":
                lines[at] = " " * draw(st.integers(0, 9)) + lines[at].strip()
            case "value":
                lines[at] = lines[at].partition(":")[0] + ": " + draw(st.sampled_from(SNIPPETS))
            case "name":
                lines[at] = re.sub(
                    r"[\w]+:", draw(st.sampled_from(["x:", "1:", "null:", "[a]:", "responses:", "steps:"])), lines[at]
                )
        text = "\n".join(lines)
    return name, text


@st.composite
def reshaped(draw: st.DrawFn, names: list[str]) -> tuple[str, str]:
    """A file of ours in which something of another kind stands in some place."""
    name = draw(st.sampled_from(names))
    found = draw(broken(st.just(_loaded(name))))
    return name, yaml.dump(found, allow_unicode=False, sort_keys=False)


_whole: dict[str, Any] = {}


def _loaded(name: str) -> Any:
    if name not in _whole:
        _whole[name] = yaml_lines.read_yaml(ROOT / name)
        _whole[name] = _plain(_whole[name])
    return _whole[name]


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(one) for name, one in found.items()}
    return [_plain(one) for one in found] if isinstance(found, list) else found


def _read_or_refused(folder: Path, instead: dict[Path, str], name: str, text: str, read: Callable[[], object]) -> None:
    file = folder / name
    instead.clear()
    instead[file] = text
    file.write_bytes(text.encode(errors="surrogatepass"))
    try:
        read()
    except REFUSED as refused:
        assert PLACED.search(str(refused)), str(refused)
    finally:
        file.write_bytes((ROOT / name).read_bytes())


@cases("flows, slots, triage and texts with slips in them", 60, "read, or refused with the file and what to do")
@given(damaged(FLOWS))
def test_damaged_flows_are_read_or_refused(
    folder: Path, changed: dict[Path, str], organisation: Organisation, given_file: tuple[str, str]
) -> None:
    _read_or_refused(folder, changed, *given_file, lambda: read_content(folder / "flows", organisation))


@cases("flows, slots, triage and texts with values of other kinds", 60, "read, or refused with the file and what to do")
@given(reshaped(FLOWS))
def test_reshaped_flows_are_read_or_refused(
    folder: Path, changed: dict[Path, str], organisation: Organisation, given_file: tuple[str, str]
) -> None:
    _read_or_refused(folder, changed, *given_file, lambda: read_content(folder / "flows", organisation))


def _others(folder: Path, name: str) -> Callable[[], object]:
    def read() -> object:
        if name.startswith("directory"):
            load_organisation(folder / "directory", "soest")
            return load_directory(folder / "directory", "soest", Everything())
        if name.endswith("wordrules.yml"):
            return rules.read_rules(folder / name)
        return yaml_lines.read_yaml(folder / name)

    return read


@cases("the directory, the word rules and the phrases of danger, damaged", 150, "read, or refused with file and line")
@given(st.one_of(damaged(OTHERS), reshaped(OTHERS)))
def test_other_files_are_read_or_refused(folder: Path, changed: dict[Path, str], given_file: tuple[str, str]) -> None:
    _read_or_refused(folder, changed, *given_file, _others(folder, given_file[0]))


@cases("any YAML in the place of a file", 300, "read, or refused with file and line")
@given(
    st.one_of(
        anything.map(lambda one: yaml.dump(one)),
        st.lists(st.sampled_from((*SNIPPETS, *NASTY, "\n")), max_size=9).map("".join),
    )
)
def test_any_yaml_is_read_or_refused(folder: Path, changed: dict[Path, str], text: str) -> None:
    for name in OTHERS:
        _read_or_refused(folder, changed, name, text, _others(folder, name))
