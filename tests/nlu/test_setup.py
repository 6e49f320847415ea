"""Set-up's decisions: what is fresh, which Python is fit, which browser is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tools import chromium, console, environments, training
from tools.console import SetupError
from tools.pythons import candidates, first_that_is
from tools.stamps import Stamp, fingerprint

THIS_VERSION = (sys.version_info.major, sys.version_info.minor)


def _program(file: Path, script: str) -> str:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def test_a_fingerprint_does_not_depend_on_file_times(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("a")
    before = fingerprint([file], base=tmp_path)
    os.utime(file, (1, 1))
    assert fingerprint([file], base=tmp_path) == before


def test_a_fingerprint_depends_on_contents_names_and_words(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yml", tmp_path / "b.yml"
    first.write_text("a")
    second.write_text("a")
    seen = {
        fingerprint([first], base=tmp_path),
        fingerprint([second], base=tmp_path),
        fingerprint([first, second], base=tmp_path),
        fingerprint([first], "word", base=tmp_path),
    }
    first.write_text("b")
    assert len(seen | {fingerprint([first], base=tmp_path)}) == 5


def test_a_stamp_is_fresh_only_for_what_it_was_set_for(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "made" / "packages.stamp", "one")
    assert not stamp.is_fresh()
    stamp.set()
    assert stamp.is_fresh()
    assert not Stamp(tmp_path / "made" / "packages.stamp", "two").is_fresh()


def test_a_python_on_the_path_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    shim = _program(tmp_path / "shim", "exit 127")
    assert first_that_is(THIS_VERSION, [shim, str(tmp_path / "absent"), sys.executable]) == (sys.executable)


def test_a_python_of_another_version_is_passed_over(tmp_path: Path) -> None:
    other = _program(tmp_path / "python", "echo 3 4")
    assert first_that_is(THIS_VERSION, [other]) is None


def test_a_named_python_comes_first_and_pyenvs_newest_last(tmp_path: Path) -> None:
    for version in ("3.10.9", "3.10.13", "3.11.7"):
        (tmp_path / "versions" / version).mkdir(parents=True)
    found = candidates({"NLU_PYTHON": "/named", "PYENV_ROOT": str(tmp_path)}, "/on/path")
    versions = tmp_path / "versions"
    assert list(found) == [
        "/named",
        "/on/path",
        str(versions / "3.10.13" / "bin" / "python"),
        str(versions / "3.10.9" / "bin" / "python"),
    ]


def test_a_failing_program_shows_its_last_words_and_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LOG", tmp_path / "setup.log")
    failing = _program(tmp_path / "failing", "echo no such package; exit 3")
    with pytest.raises(SetupError, match=r"no such package[\s\S]*Go online"):
        console.run([failing], "Go online")


def test_a_program_that_is_not_there_gives_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LOG", tmp_path / "setup.log")
    with pytest.raises(SetupError, match="Install it"):
        console.run([tmp_path / "absent"], "Install it")


def test_a_failing_step_is_told_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="boom"), console.told("Installing"):
        raise ValueError("boom")
    assert capsys.readouterr().out == "  Installing ... failed\n"


def test_an_environment_that_cannot_be_made_gives_advice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no ensurepip")

    monkeypatch.setattr(environments.venv, "create", fail)
    with pytest.raises(SetupError, match="python3-venv"):
        environments._make_environment()


def test_a_browser_that_cannot_be_had_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise SetupError("not here")

    monkeypatch.setattr(chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(chromium, "_from_debian", fail)
    monkeypatch.setattr(chromium, "_from_playwright", fail)
    chromium.ensure_chromium()
    assert "apt-get install chromium" in capsys.readouterr().out


def test_a_named_browser_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert chromium.find_chromium() == "/opt/chromium"


def test_a_checkout_without_sentences_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DATA", tmp_path)
    with pytest.raises(SetupError, match="nlu/data"):
        training.model_fingerprint()


def test_the_lock_files_name_no_address_and_no_place_of_one_machine() -> None:
    locks = (environments.BOOTSTRAP, environments.APP_LOCK, environments.NLU_LOCK, environments.DEFAULT_LOCK)
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        assert "torch==" not in text
        assert not [line for line in text.splitlines() if line.startswith("--")]
