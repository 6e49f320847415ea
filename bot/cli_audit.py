"""`wijkwijzer audit`: whether the log of who was shown what is whole, and who opened a request."""

from __future__ import annotations

from typing import Annotated

import typer

from actions import audit
from actions.audit import Checked
from bot import installation

app = typer.Typer(no_args_is_help=True, help="The log of who was shown or did what.")


@app.command("verify")
def audit_verify(
    head: Annotated[str, typer.Option(help="A digest that was noted earlier; it must still be in the log.")] = "",
) -> None:
    """Follow the chain of the log of the web page; ends with 1 when a row was changed, taken out or put between."""
    database = installation.open_database(installation.read_settings())
    with database.reading() as session:
        checked = audit.check(session)
        lost = bool(head) and not audit.is_there(session, head)
    database.close()
    for line in _told(checked):
        typer.echo(line)
    if lost:
        typer.echo(f"{head} is not in the log: rows were taken out, unless it is older than the term of the log.")
    raise SystemExit(1 if lost or checked.broken is not None else 0)


@app.command("opened")
def audit_opened(number: Annotated[int, typer.Argument(help="The number of a request.")]) -> None:
    """Who of the team was shown the text of a request, or did something with it, and when (UTC)."""
    database = installation.open_database(installation.read_settings())
    with database.reading() as session:
        changes = audit.of_request(session, number)
        for one in changes:
            typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  member {one.member_id or '-':>5}  {one.change}")
    database.close()
    typer.echo(
        f"{len(changes)} entries about request {number}." if changes else f"Nothing is kept of request {number}."
    )


def _told(checked: Checked) -> list[str]:
    since = f"{checked.since:%Y-%m-%d %H:%M} UTC" if checked.since else "-"
    told = [f"Rows in the chain: {checked.rows}, since {since}.", f"Head: {checked.head or '-'}"]
    if checked.broken is None:
        return [*told, "The chain is whole."]
    return [*told, f"BROKEN at entry {checked.broken}: it is not as it was written, or one before it was taken out."]
