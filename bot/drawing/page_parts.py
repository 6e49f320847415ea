"""Parts of pages in docs/ that come from the code, each between its two marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import typer


class PageError(ValueError):
    """The page lacks the marks between which a part belongs; the message says which."""


def put(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with these lines between its marks. Raises `PageError` when it has none."""
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not between.search(page):
        raise PageError(f"the page has no part between {begin} and {end}; put these two lines where it belongs.")
    part = "\n".join((begin, *lines, end))
    return between.sub(lambda _: part, page)


def bring_up_to_date(page: Path, name: str, lines: Iterable[str], command: str, *, check: bool) -> None:
    """Write one part of a page, the rest of it stays; with `check` only tell that `command` has something to write."""
    before = page.read_text(encoding="utf-8")
    after = put(before, name, lines)
    if check and before != after:
        typer.echo(f"{page}: not as the code is; run `wijkwijzer {command}`.")
        raise SystemExit(1)
    page.write_text(after, encoding="utf-8")
