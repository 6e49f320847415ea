"""`wijkwijzer privacy`: what is held, as the table of `docs/privacy/`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from actions import data_map
from actions.data_map import Term
from actions.directory import load_organisation
from actions.terms import TERMS
from bot.dialogue.content import DUTCH, Content
from bot.start import read_content
from store.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="What is held, of whom, and for how long.")
HEADS = ("table", "column", "whose", "called", "hangs on them", "how long", "who of the team sees it")


@app.callback()
def privacy() -> None:
    """What is held, of whom, and for how long."""


@app.command("map")
def show_map() -> None:
    """Print everything that is held as a Markdown table, a line for each column."""
    settings = load_settings()
    content = read_content(settings.flows, load_organisation(settings.directory, settings.organisation))
    typer.echo("\n".join(map_lines(content)))


def map_lines(content: Content) -> Iterator[str]:
    """The lines of the table, its head first; what a column is called stands in the texts."""
    yield _line(HEADS)
    yield _line(["---"] * len(HEADS))
    for row in data_map.as_rows():
        called = content.response(row["called"], DUTCH).variants[0].text if row["called"] else ""
        yield _line([row["table"], row["column"], row["whose"], called, row["hangs"], _term(row["term"]), row["seen"]])


def _term(key: str) -> str:
    """In words: "30 days from when it was sent"."""
    return "it stays" if key == Term.STAYS else f"{TERMS[key].days} days from when: {TERMS[key].since}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
