"""`wijkwijzer leak`: what is needed after a leak of data (docs/privacy/datalek.md): telling residents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.orm import Session

from actions import directory_changes, leak, text_changes
from actions.directory import load_organisation
from actions.leak import Residents
from actions.opening_hours import AMSTERDAM
from bot import installation
from store.clock import Clock
from store.database import Database
from store.settings import Settings

if TYPE_CHECKING:
    from bot.leak_text import LeakText
    from bot.words import Words

app = typer.Typer(no_args_is_help=True, help="After a leak of data: telling residents.")


@app.callback()
def after_a_leak() -> None:
    """After a leak of data: telling residents."""


@app.command("tell")
def tell_residents(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The words; an empty line between parts.")],
    but: Annotated[list[int] | None, typer.Option(help="Leave out who asked the request with this number.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; only say who would get what.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Send every resident these words, once each, by day; also who stopped messages, because the law asks it."""
    from bot import leak_text

    settings, written = installation.read_settings(), leak_text.read(file)
    clock, database = Clock(settings.clock_file), installation.open_database(settings)
    with database.reading() as session:
        words = _words(settings, session)
        _refuse_mistakes(settings, words, written)
        left_out = _left_out(session, but or ())
        found = leak.count(session, written.text, left_out)
    for line in _told(words, written.text, found, clock.now()):
        typer.echo(line)
    if dry_run or not found.to_tell:
        typer.echo("Nobody was told (dry run)." if dry_run else "There is nobody to tell.")
    else:
        if not yes:
            typer.confirm(f"Tell {found.to_tell} residents?", abort=True)
        queued = _tell(database, clock.now(), written.text, found, left_out)
        typer.echo(f"Queued for {queued} residents; the bot sends it.")
    database.close()


def _words(settings: Settings, session: Session) -> Words:
    """The texts and the services as residents get them, with what the team changed."""
    from bot.changed_texts import lay_over
    from bot.live_directory import DirectoryFile
    from bot.start import read_content
    from bot.words import Words

    organisation = load_organisation(settings.directory, settings.organisation)
    content = lay_over(read_content(settings.flows, organisation), text_changes.latest(session))
    words = Words(content, organisation.wijk_names())
    written = DirectoryFile(settings.directory, settings.organisation, words).read()
    directory = directory_changes.with_changes(written, directory_changes.history(session))
    words.directory = lambda: directory
    return words


def _refuse_mistakes(settings: Settings, words: Words, written: LeakText) -> None:
    """End with a line for each rule that the words break."""
    from bot.content import numbers
    from bot.content.everyday import not_checked
    from bot.content.rules import FILE, read_rules
    from bot.content.source import DUTCH

    rules = read_rules(settings.flows / "texts" / DUTCH / FILE)
    mistakes = list(written.mistakes(rules, numbers.certain([words.directory()])))
    for line in (*mistakes, *not_checked()):
        typer.echo(line)
    if mistakes:
        typer.echo(f"{len(mistakes)} things to mend. Nobody was told.")
        raise SystemExit(1)


def _left_out(session: Session, requests: Sequence[int]) -> Collection[int]:
    """The people of these requests. Of one that is not there nobody can say whom it would have spared: then nothing."""
    people = leak.who_asked(session, requests)
    if unknown := [number for number in requests if number not in people]:
        raise typer.BadParameter(f"there is no request {unknown[0]}. Nobody was told.", param_hint="--but")
    return people.values()


def _told(words: Words, text: str, found: Residents, now: datetime) -> Iterator[str]:
    """What residents will read, how many they are, and when (Dutch time)."""
    dues = list(islice(leak.moments(now), ceil(found.to_tell / leak.PORTION)))
    when = f", from {_local(dues[0])} until {_local(dues[-1])}" if dues else ""
    yield "Residents read:\n"
    yield words.render(leak.as_message(text)).text
    yield "\nWho gets silent messages reads only that there is a message, and this after pressing a button."
    yield f"To tell: {found.to_tell}{when}."
    yield f"Have it already: {found.told}. Cannot be reached: {found.unreachable}. Left out: {found.left_out}."


def _tell(database: Database, now: datetime, text: str, found: Residents, left_out: Collection[int]) -> int:
    """In portions, each in a transaction of its own; gives for how many. What a crash leaves, the next run does."""
    with database.transaction() as session:
        leak.note(session, now, text, found)
    moments, queued = leak.moments(now), 0
    last: int | None = 0
    while last is not None:
        with database.transaction() as session:
            portion = leak.tell_some(session, now, text, next(moments), left_out, last)
        queued, last = queued + portion.told, portion.last
    return queued


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
