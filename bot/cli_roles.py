"""`wijkwijzer roles`: who of the team may see and do what, as in docs/privacy.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from actions import roles
from actions.roles import Allowed, Roles
from bot.drawing.page_parts import bring_up_to_date
from store.settings import ROOT
from store.states import Role

app = typer.Typer(no_args_is_help=True, help="Who of the team may see and do what.")
PAGE = ROOT / "docs" / "privacy.md"


@app.command("write")
def roles_write(
    page: Annotated[Path, typer.Option(exists=True, help="The page with the table.")] = PAGE,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say whether it is out of date.")] = False,
) -> None:
    """Bring the table in docs/privacy.md up to date; the rest of it stays."""
    bring_up_to_date(page, "roles", table(), "roles write", check=check)


def table() -> Iterator[str]:
    """A row for each page, part of a page, command and button, a column for each role."""
    yield f"| what | {' | '.join(role.value.replace('_', ' ') for role in Role)} |"
    yield f"|---|{'---|' * len(Role)}"
    yield from (
        _row(f"page `/{key}`: {one.what}", [_page(one, role) for role in Role]) for key, one in roles.PAGES.items()
    )
    yield from (_row(right.value, _yes(allowed)) for right, allowed in roles.RIGHTS.items())
    yield from (_row(f"types `{command}`", _yes(allowed)) for command, allowed in roles.COMMANDS.items())
    for allowed in dict.fromkeys(roles.BUTTONS.values()):
        names = ", ".join(f"`{name}`" for name, its in roles.BUTTONS.items() if its == allowed)
        yield _row(f"presses {names}", _yes(allowed))


def _page(one: Allowed, role: Role) -> str:
    return "sees and does" if role in one.acts else "sees" if role in one.sees else "-"


def _yes(allowed: Roles) -> list[str]:
    return ["yes" if role in allowed else "-" for role in Role]


def _row(what: str, cells: list[str]) -> str:
    return f"| {what} | {' | '.join(cells)} |"
