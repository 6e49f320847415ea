"""A copy of the SQLite database, taken while it is in use, and the end of copies that are too old."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from store.database import Database

MOMENT = "%Y%m%dT%H%M%SZ"
_COPY = re.compile(r"wijkwijzer-(\d{8}T\d{6}Z)\.(?:db|dump)", re.ASCII)


class BackupRefused(ValueError):
    """There is no copy; the message says why, and what to do."""


def write_backup(database: Database, file: Path) -> None:
    """Write a copy, for its owner only, and check that it is whole. Raises `BackupRefused`."""
    if not database.on_sqlite:
        raise BackupRefused("This database is PostgreSQL: use pg_dump.")
    if file.exists():
        raise BackupRefused(f"{file} exists already; choose another name.")
    source = make_url(database.url).database or ""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
        live.backup(copy)
        whole = _is_whole(copy)
    if not whole:
        file.unlink()
        raise BackupRefused("The copy was damaged, and is gone again. Look after the disk, then try again.")


def _is_whole(copy: sqlite3.Connection) -> bool:
    try:
        return bool(copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:  # too damaged to be checked
        return False


def copy_name(now: datetime) -> str:
    """What a copy in a folder is called: it says when it was made, in UTC, whatever becomes of the dates of files."""
    return f"wijkwijzer-{now.astimezone(UTC):{MOMENT}}.db"


def old_copies(folder: Path, now: datetime, term: timedelta) -> Sequence[Path]:
    """The copies in a folder that were made the term ago or before; files with other names are nobody's but yours."""
    named = {file: _COPY.fullmatch(file.name) for file in sorted(folder.iterdir())}
    made = {file: found[1] for file, found in named.items() if found and file.is_file()}
    return [file for file, moment in made.items() if _is_old(moment, now - term)]


def _is_old(moment: str, until: datetime) -> bool:
    try:
        return datetime.strptime(moment, MOMENT).replace(tzinfo=UTC) <= until
    except ValueError:  # figures that are no moment: not a name of ours
        return False
