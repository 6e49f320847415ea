"""`wijkwijzer flows draw` and `wijkwijzer triage draw`: what they write, and what they say is out of date."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from bot import cli, cli_flows
from bot.dialogue.content import Content
from tests.drawing.drawn import flow, with_words


class Docs:
    """A folder for pictures and their page, and the command line that writes them."""

    def __init__(self, folder: Path) -> None:
        self.pictures, self.page = folder / "docs" / "pictures", folder / "docs" / "flows.md"

    def draws(self, *options: str, exit_code: int = 0) -> str:
        command = ["flows", "draw", "--to", str(self.pictures), "--page", str(self.page), *options]
        result = CliRunner().invoke(cli.app, command)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result.output

    def files(self) -> set[str]:
        return {file.name for file in self.pictures.iterdir()}


@pytest.fixture
def docs(tmp_path: Path, content: Content) -> Iterator[Docs]:
    """One small flow instead of those of the house."""
    small = with_words(content, flow(tmp_path, "[{collect: colour}, {action: utter_fine}]"))
    with mock.patch.object(cli_flows, "_content", return_value=small):
        yield Docs(tmp_path)


def test_flows_are_drawn_and_then_up_to_date(docs: Docs) -> None:
    assert "2 pictures in" in docs.draws()
    assert docs.files() == {"small.svg", "legend.svg"}
    assert "](pictures/small.svg)" in docs.page.read_text(encoding="utf-8")
    assert docs.draws("--check") == ""


def test_png_comes_beside_svg_and_is_not_checked(docs: Docs) -> None:
    docs.draws("--png")
    assert docs.files() == {"small.svg", "legend.svg", "small.png", "legend.png"}
    assert docs.draws("--check") == ""


def test_a_check_writes_nothing_and_names_what_is_not_there(docs: Docs) -> None:
    assert f"{docs.pictures / 'small.svg'}: not as the flows are" in docs.draws("--check", exit_code=1)
    assert not docs.pictures.exists()


def test_a_check_names_what_is_out_of_date_and_what_has_no_flow(docs: Docs) -> None:
    docs.draws()
    docs.page.write_text("Old.", encoding="utf-8")
    (docs.pictures / "gone.svg").write_bytes(b"")
    assert docs.draws("--check", exit_code=1).splitlines() == [
        f"{docs.page}: not as the flows are; run `wijkwijzer flows draw`.",
        f"{docs.pictures / 'gone.svg'}: no flow has this picture; take it out.",
    ]


def test_pictures_of_a_flow_that_is_gone_are_taken_out_and_others_stay(
    docs: Docs, tmp_path: Path, content: Content
) -> None:
    docs.draws("--png")
    (docs.pictures / "holiday.png").write_bytes(b"mine")
    other = dataclasses.replace(flow(tmp_path, "[{action: utter_fine}]"), name="other")
    with mock.patch.object(cli_flows, "_content", return_value=with_words(content, other)):
        docs.draws()
    assert docs.files() == {"other.svg", "legend.svg", "legend.png", "holiday.png"}


def test_words_that_are_not_there_are_told_and_fail_the_check(docs: Docs, tmp_path: Path, content: Content) -> None:
    nameless = with_words(content, flow(tmp_path, "[{action: action_fly}]"))
    with mock.patch.object(cli_flows, "_content", return_value=nameless):
        assert "'drawing_action_fly' lacks words" in docs.draws()
        docs.draws("--check", exit_code=1)


def test_the_triage_table_is_drawn_twice(tmp_path: Path, content: Content) -> None:
    with mock.patch.object(cli_flows, "_content", return_value=content):
        result = CliRunner().invoke(cli.app, ["triage", "draw", "--to", str(tmp_path / "table.svg")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "table.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "table.png").read_bytes().startswith(b"\x89PNG")


def test_the_content_is_that_of_the_house(content: Content) -> None:
    assert set(cli_flows._content().flows) == set(content.flows)


def test_help_does_not_wait_for_the_drawing() -> None:
    looks = "import sys, bot.cli; sys.exit('matplotlib' in sys.modules or 'bot.talk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looks], check=False, timeout=60).returncode == 0
