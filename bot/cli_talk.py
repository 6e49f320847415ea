"""`wijkwijzer talk`: a talk in the terminal, that can become a test."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from store.settings import load_settings

app = typer.Typer(invoke_without_command=True)
PROMPT = "> "


class Given(StrEnum):
    """What may have happened before the talk."""

    CONSENT = "consent"


@app.callback()
def talk(
    write: Annotated[Path | None, typer.Option(help="A file of tests/conversations to append the talk to.")] = None,
    given: Annotated[Given | None, typer.Option(help="`consent` starts past the welcome.")] = None,
    name: Annotated[str, typer.Option(help="What the written talk is called.")] = "A talk from the terminal",
) -> None:
    """Play a talk with the bot, without Telegram. Invent what you say: a written talk is kept as it was typed.

    A number presses the button with that number; anything else is said, commands such as /terug too.
    /slots shows what the bot remembers; Ctrl-D ends the talk.
    """
    import structlog

    from bot.talk import play

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    consent = "yes" if given is Given.CONSENT else ""
    play(load_settings(), _lines(), typer.echo, consent=consent, file=write, name=name)


def _lines() -> Iterator[str]:
    """What is typed, until the end of input or Ctrl-C."""
    while True:
        try:
            if sys.stdin.isatty():
                typer.echo(PROMPT, nl=False)
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            return
        if not line:
            return
        yield line
