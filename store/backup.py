"""A copy of the SQLite database, taken while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from store.database import Database


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
