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


def write_backup(database: Database, file: Path) -> str:
    """Write a copy and check that it is whole; gives a sentence for the operator."""
    if not database.on_sqlite:
        return "This database is PostgreSQL: use pg_dump."
    if file.exists():
        return f"{file} exists already; choose another name."
    source = make_url(database.url).database or ""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
        live.backup(copy)
        whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    file.chmod(0o600)
    return f"Copied to {file}. It needs the same ENCRYPTION_KEYS." if whole else f"{file} is damaged; try again."


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
