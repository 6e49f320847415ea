"""`wijkwijzer retention` and `wijkwijzer backup`: erasing what is past its term, here and in copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from actions import retention
from actions.directory import load_organisation
from actions.retention import STAYS, Held
from actions.terms import TERMS, Terms
from bot import installation
from store import backup as copies
from store.clock import Clock
from store.database import Database

Dry = Annotated[bool, typer.Option("--dry-run", help="Erase nothing; only say what would go.")]


def retention_command(dry_run: Dry = False) -> None:
    """Erase what is past its term, as the bot does every night, and show the terms. Also after restoring a backup."""
    settings = installation.read_settings()
    now, terms = Clock(settings.clock_file).now(), load_organisation(settings.directory, settings.organisation).terms
    database = installation.open_database(settings)
    with database.reading() as session:
        found = retention.held(session, now, terms)
    for line in _table(found, terms):
        typer.echo(line)
    erased = Counter[str]() if dry_run else _erase(database, now, terms)
    database.close()
    typer.echo("Nothing was erased (dry run)." if dry_run else f"Erased: {_in_words(erased)}.")


def backup(
    place: Annotated[Path, typer.Argument(help="A folder, or a file that is not there yet and ends in .db.")],
    dry_run: Dry = False,
) -> None:
    """Copy the SQLite database while the bot runs; in a folder, copies past their term are erased. See also pg_dump."""
    settings = installation.read_settings()
    now, terms = Clock(settings.clock_file).now(), load_organisation(settings.directory, settings.organisation).terms
    file = place if place.suffix == ".db" and not place.is_dir() else place / copies.copy_name(now)
    if not dry_run:
        database = installation.open_database(settings)
        copies.write_backup(database, file)
        database.close()
        typer.echo(f"Copied to {file}. It needs the same ENCRYPTION_KEYS.")
    else:
        typer.echo(f"Would copy to {file}.")
    for old in copies.old_copies(place, now, terms["backup"]) if place.is_dir() else ():
        if not dry_run:
            old.unlink()
        typer.echo(f"{'Would erase' if dry_run else 'Erased'} {old}: {terms['backup'].days} days old or older.")


def _erase(database: Database, now: datetime, terms: Terms) -> Counter[str]:
    """In parts, each in a transaction of its own: a running bot waits for none of them long."""
    erased = Counter[str]()
    while True:
        with database.transaction() as session:
            some = retention.erase_some(session, now, terms)
        if not some:
            return erased
        erased.update(some)


def _table(found: Sequence[Held], terms: Terms) -> Iterator[str]:
    yield f"{'term':15} {'table':14} {'days':>5} {'past it':>8}  {'oldest that stays':17}  counted from when"
    for one in found:
        rule = one.rule
        oldest = f"{one.oldest:%Y-%m-%d %H:%M}" if one.oldest else "-"
        what = f"{rule.term:15} {rule.table.__tablename__:14} {terms[rule.term].days:5} {one.past:8}"
        yield f"{what}  {oldest:17}  {TERMS[rule.term].since}"
    yield f"{'backup':15} {'(files)':14} {terms['backup'].days:5} {'-':>8}  {'-':17}  {TERMS['backup'].since}"
    yield from (f"{'-':15} {table:18} stays: {why}" for table, why in STAYS.items())


def _in_words(erased: Counter[str]) -> str:
    return ", ".join(f"{count} of {table}" for table, count in erased.items()) or "nothing"
