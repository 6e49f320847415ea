"""`wijkwijzer dashboard`: the web page, a link to sign in to it, and signing everybody out."""

from __future__ import annotations

from typing import Annotated

import typer

from actions import sign_in
from bot import installation
from store.clock import Clock
from store.tables import Member

app = typer.Typer(invoke_without_command=True)


@app.callback()
def dashboard(context: typer.Context) -> None:
    """Serve the web page until it is stopped; `wijkwijzer run` does so by itself where DASHBOARD_URL is set."""
    from bot.processes import DASHBOARD, become

    if context.invoked_subcommand is None:
        become(DASHBOARD)


@app.command("link")
def dashboard_link(number: Annotated[int, typer.Argument(help="The number from `team list`.")]) -> None:
    """Print a link with which somebody signs in to the web page: once, within 10 minutes. Give it to nobody else."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    with database.transaction() as session:
        member = session.get(Member, number)
        allowed = member is not None and sign_in.may_sign_in(member)
        secret = sign_in.new_link(session, Clock(settings.clock_file).now(), member) if member and allowed else ""
    database.close()
    if not secret:
        roles = ", ".join(sorted(role.value for role in sign_in.ROLES))
        typer.echo(f"Number {number} is nobody who may use the web page (roles: {roles}).")
        raise SystemExit(1)
    typer.echo(sign_in.link_address(settings.dashboard_address, secret))


@app.command("sign-out")
def dashboard_sign_out(
    number: Annotated[int | None, typer.Argument(help="The number from `team list`; without it everybody.")] = None,
) -> None:
    """End what somebody, or everybody, has open on the web page; links that were not used yet stop working as well."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    with database.transaction() as session:
        member = session.get(Member, number) if number is not None else None
        known = number is None or member is not None
        ended = sign_in.sign_out_all(session, Clock(settings.clock_file).now(), member) if known else None
    database.close()
    if ended is None:
        typer.echo(f"There is no member with number {number}.")
        raise SystemExit(1)
    typer.echo(f"Signed out. Sessions: {ended.sessions}, unused links: {ended.links}.")
