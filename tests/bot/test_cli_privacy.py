"""`wijkwijzer privacy map` prints the data map as a table."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from actions.data_map import as_rows
from bot.cli import app
from bot.cli_privacy import map_lines
from bot.dialogue.content import Content


def test_the_map_has_a_line_for_each_column(content: Content) -> None:
    head, rule, *lines = map_lines(content)
    assert head.startswith("| table | column |") and set(rule) == set("| -")
    assert len(lines) == len(list(as_rows()))
    assert (
        "| requests | summary | resident | Wat wij doorstuurden |  | 90 days from when: it was closed | helper |"
        in lines
    )
    assert "| data_keys | key | nobody |  |  | it stays |  |" in lines
    assert all(line.count("|") == head.count("|") for line in lines)


def test_the_command_prints_it(content: Content) -> None:
    shown = CliRunner().invoke(app, ["privacy", "map"])
    assert (shown.exit_code, shown.output.splitlines()) == (0, list(map_lines(content)))


@pytest.mark.parametrize("words", [["privacy"], ["privacy", "nonsense"]])
def test_without_a_command_it_says_what_there_is(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2
