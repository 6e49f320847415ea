"""YAML that knows its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.yaml_lines import ContentError, LocatedDict, line_of, read_yaml, reading, section


def _read(path: Path, text: str) -> object:
    file = path / "some.yml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file)


def test_mappings_and_lists_know_their_line(tmp_path: Path) -> None:
    found = _read(tmp_path, "a:\n  b:\n    - c: 1\n    - d: 2\n")
    assert isinstance(found, dict)
    assert [line_of(found), line_of(found["a"]), line_of(found["a"]["b"]), line_of(found["a"]["b"][1])] == [1, 2, 3, 4]


def test_a_mapping_knows_the_line_of_each_name(tmp_path: Path) -> None:
    found = _read(tmp_path, "a: 1\n\nb:\n  c: 2\n")
    assert isinstance(found, LocatedDict)
    assert (found.lines, found["b"].lines) == ({"a": 1, "b": 3}, {"c": 4})


def test_what_has_no_line_gets_the_fallback() -> None:
    assert (line_of("text"), line_of("text", 7)) == (1, 7)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("false", False),
        ("3", 3),
        ("~", None),
        ("2026-13-45", "2026-13-45"),
    ],
)
def test_yes_no_and_dates_are_words(tmp_path: Path, text: str, value: object) -> None:
    assert _read(tmp_path, f"a: {text}\n") == {"a": value}


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("a: 1\nb: [1\n", 3, "Check the spaces and quotes"),
        ("a: 1\nb: 2\na: 3\n", 1, "'a' stands twice"),
        ("a: 1\n? [b]\n: 2\n", 1, "a name is a list"),
        ("- a\n", 1, "must hold a mapping"),
        ("", 1, "must hold a mapping"),
        ("a: !!python/object:os.system {}\n", 1, "not YAML"),
    ],
)
def test_a_mistake_names_file_line_and_what_to_do(tmp_path: Path, text: str, line: int, remedy: str) -> None:
    with pytest.raises(ContentError) as refused:
        _read(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'some.yml'}:{line}: ")
    assert remedy in str(refused.value)


@pytest.mark.parametrize("text", [b"a: \x07\n", b"a: \xff\n"])
def test_a_file_with_a_strange_character_is_refused_readably(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "some.yml"
    file.write_bytes(text)
    with pytest.raises(ContentError, match=r"some\.yml:1: it holds a character"):
        read_yaml(file)


def test_what_a_reader_did_not_expect_is_told_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    entry = _read(tmp_path, "a: 1\nb:\n  c: 2\n")["b"]  # type: ignore[index]
    with (
        pytest.raises(ContentError, match=r"some\.yml:3: 'b' cannot be read; .*TypeError"),
        reading(file, "'b'", entry),
    ):
        raise TypeError
    with pytest.raises(ContentError, match="told"), reading(file, "'b'", entry):
        raise ContentError("told")


@pytest.mark.parametrize("text", ["a: 1\nb: []\n", "a: 1\nb:\n  1: x\n", "a: 1\nb:\n"])
def test_a_section_without_named_entries_is_refused(tmp_path: Path, text: str) -> None:
    found = _read(tmp_path, text)
    assert isinstance(found, LocatedDict)
    with pytest.raises(ContentError, match=r"some\.yml:2: below 'b:' must stand names"):
        section(tmp_path / "some.yml", found, "b")
    assert section(tmp_path / "some.yml", found, "c") == {}
