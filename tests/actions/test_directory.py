"""The organisation's own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.directory import DirectoryError, Organisation, load_organisation


def test_the_house_has_three_wijken(organisation: Organisation) -> None:
    assert organisation.wijk_names() == {"smitsveen": "Smitsveen", "de_eng": "De Eng", "soesterberg": "Soesterberg"}


@pytest.mark.parametrize(("key", "name"), [("de_eng", "De Eng"), ("elders", "elders"), (None, "")])
def test_a_wijk_is_called_by_its_name(organisation: Organisation, key: str | None, name: str) -> None:
    assert organisation.wijk_name(key) == name


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"zeist\.yml is not there\. Set ORGANISATION"):
        load_organisation(tmp_path, "zeist")


@pytest.mark.parametrize(
    "text", ["organisation: Zeist\n", "wijken: []\n", "organisation: Z\nwijken: [{key: a}]\n", "", "- a\n"]
)
def test_a_file_that_lacks_something_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "zeist.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DirectoryError, match=r"zeist\.yml needs 'organisation:' and 'wijken:'"):
        load_organisation(tmp_path, "zeist")


def test_a_file_that_is_not_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "zeist.yml").write_text("organisation: [\n", encoding="utf-8")
    with pytest.raises(DirectoryError, match=r"zeist\.yml is not YAML: (?s:.*)line 2"):
        load_organisation(tmp_path, "zeist")
