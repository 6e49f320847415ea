"""How long what is kept, as the organisation chooses it: shorter is taken, longer is refused with its line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from actions.directory import load_organisation
from actions.records import DirectoryError
from actions.terms import LONGEST, TERMS, Terms, called
from store.settings import ROOT
from store.yaml_lines import read_yaml

HEAD = "organisation: Zeist\nwijken: [{key: centrum, name: Centrum}]\n"


def _terms(folder: Path, chosen: str) -> Terms:
    (folder / "zeist.yml").write_text(HEAD + chosen, encoding="utf-8")
    return load_organisation(folder, "zeist").terms


def test_what_is_not_chosen_is_kept_for_the_longest(tmp_path: Path) -> None:
    assert _terms(tmp_path, "") == LONGEST
    chosen = _terms(tmp_path, "retention:\n  talk: 7\n  closed_request: 60\n")
    assert chosen == {**LONGEST, "talk": timedelta(days=7), "closed_request": timedelta(days=60)}


@pytest.mark.parametrize("key", TERMS)
def test_every_term_can_be_shorter_and_none_longer(tmp_path: Path, key: str) -> None:
    most = TERMS[key].days
    for days in (1, most):
        assert _terms(tmp_path, f"retention: {{{key}: {days}}}")[key] == timedelta(days=days)
    for days in (0, -1, most + 1):
        with pytest.raises(DirectoryError, match=f"'{key}' must be a whole number from 1 to {most}"):
            _terms(tmp_path, f"retention: {{{key}: {days}}}")


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        ("retention:\n  talk: 30\n  message: 31\n", 5, "'message' must be a whole number from 1 to 30"),
        ("retention:\n  talk: 1.5\n", 4, "'talk' must be a whole number"),
        ("retention:\n  talk: true\n", 4, "'talk' must be a whole number"),
        ("retention:\n  talk: 30 days\n", 4, "'talk' must be a whole number"),
        ("retention:\n  talks: 30\n", 4, "there is no field 'talks'; use talk, unkept, person"),
        ("retention: [30]\n", 3, "'retention' must be a mapping"),
        ("retention: 30\n", 3, "'retention' must be a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, written: str, line: int, says: str) -> None:
    with pytest.raises(DirectoryError, match=says) as refused:
        _terms(tmp_path, written)
    assert str(refused.value).startswith(f"{tmp_path / 'zeist.yml'}:{line}: ")


def test_the_limits_are_those_of_the_domain() -> None:
    """domain.md, section 8: state of a talk and text of messages 30 days, closed requests 3 months."""
    assert (TERMS["talk"].days, TERMS["message"].days, TERMS["closed_request"].days) == (30, 30, 90)
    assert TERMS["backup"].days <= 30, "a copy holds all of it"


def test_every_term_that_is_told_has_its_words() -> None:
    said = read_yaml(ROOT / "flows" / "texts" / "nl" / "retention.yml")["responses"]
    assert set(said) == {called(key) for key, term in TERMS.items() if term.told}
