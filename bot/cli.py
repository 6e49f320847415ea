"""The command line: `wijkwijzer …`.

Commands import what they need themselves, so that `--help` and the small ones start at once.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import exc

from actions import misunderstood
from actions.records import DirectoryError
from actions.sources import PosterError
from actions.team_settings import SettingRefused
from bot import (
    cli_audit,
    cli_dashboard,
    cli_demo,
    cli_directory,
    cli_export,
    cli_figures,
    cli_flows,
    cli_leak,
    cli_poster,
    cli_privacy,
    cli_retention,
    cli_roles,
    cli_talk,
    cli_team,
    cli_texts,
    cli_words,
)
from bot.installation import open_database as _database
from bot.installation import read_settings as _settings
from store import encryption, rotation
from store.clock import Clock, ClockError
from store.settings import ROOT, SettingsError, load_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Wijkwijzer: from a cold house to help.")
keys_app = typer.Typer(no_args_is_help=True, help="The keys that encrypt what is stored.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
misunderstood_app = typer.Typer(invoke_without_command=True)
app.add_typer(cli_team.app, name="team")
app.command("requests")(cli_team.requests)
app.add_typer(cli_figures.app, name="figures")
app.command("figures-export")(cli_export.figures_export)
app.add_typer(misunderstood_app, name="misunderstood")
app.add_typer(keys_app, name="keys")
app.add_typer(db_app, name="db")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_roles.app, name="roles")
app.add_typer(cli_poster.app, name="poster")
app.add_typer(cli_directory.app, name="directory")
app.add_typer(cli_words.app, name="words")
app.add_typer(cli_texts.app, name="texts")
app.add_typer(cli_flows.flows_app, name="flows")
app.add_typer(cli_flows.triage_app, name="triage")
app.add_typer(cli_flows.handoff_app, name="handoff")
app.add_typer(cli_talk.app, name="talk")
app.add_typer(cli_privacy.app, name="privacy")
app.add_typer(cli_leak.app, name="leak")
app.add_typer(cli_dashboard.app, name="dashboard")
app.command("demo-data")(cli_demo.demo_data)
app.command("retention")(cli_retention.retention_command)
app.command("backup")(cli_retention.backup)

DEMO = ROOT / "var" / "demo"


def _readable() -> tuple[type[Exception], ...]:
    """The errors that somebody can mend; their messages say how."""
    from telegram.error import TelegramError

    from bot.cli_export import ExportRefused
    from bot.demo_data import DemoDataRefused
    from bot.drawing.page_parts import PageError
    from bot.misunderstood import ReviewError
    from bot.telegram.poll import ChannelError
    from store.backup import BackupRefused
    from store.yaml_lines import ContentError

    ours = (SettingsError, ContentError, DirectoryError, encryption.KeysMissing, ClockError, ChannelError, ReviewError)
    refused = (PosterError, PageError, ExportRefused, DemoDataRefused, SettingRefused, BackupRefused)
    return (*ours, *refused, TelegramError, exc.OperationalError, OSError)


@app.command("bot")
def run_bot() -> None:
    """Run the bot until it is stopped."""
    from bot.logs import configure_logs
    from bot.service import Service

    configure_logs()
    settings = _settings()
    asyncio.run(Service(settings).run())


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page with the phones.")] = 8081,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database, emptied at start.")] = DEMO,
    year: Annotated[bool, typer.Option("--year", help="Play a year first, so that the web page is full.")] = False,
) -> None:
    """Run everything on this machine with an example team; opens no connection to outside."""
    from bot.demo import run_demo

    run_demo(port, folder.resolve(), year=year)


@app.command()
def run() -> None:
    """Run Rasa, the bot and the web page together, with the settings in .env."""
    from bot.processes import DASHBOARD, python_module, run_together

    settings = _settings()
    commands = {"bot": python_module("bot", "bot")}
    pages = {"dashboard": python_module(DASHBOARD)} if settings.dashboard_url else {}
    run_together(settings, {**commands, **pages}, {})


@app.command()
def check() -> None:
    """Check flows, texts and the directory: what residents would stumble over."""
    from bot.content.checks import check_content
    from bot.content.everyday import not_checked

    settings = load_settings()
    mistakes = check_content(settings.flows)
    for line in (*mistakes, *not_checked()):
        typer.echo(line)
    typer.echo(f"{len(mistakes)} things to mend." if mistakes else "Flows and texts are in order.")
    raise SystemExit(1 if mistakes else 0)


@app.command()
def doctor() -> None:
    """Say what works and what does not, and what to do about it."""
    from bot.doctor import findings

    found = asyncio.run(findings(_settings()))
    for finding in found:
        typer.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.what}: {finding.remark}")
    raise SystemExit(0 if all(finding.well for finding in found) else 1)


All = Annotated[bool, typer.Option("--all", help="Also those that have a label.")]


@misunderstood_app.callback()
def misunderstood_review(context: typer.Context, everything: All = False) -> None:
    """Sentences that the bot did not understand, or wrongly: read them and say what they mean."""
    if context.invoked_subcommand is None:
        misunderstood_list(everything)


@misunderstood_app.command("list")
def misunderstood_list(everything: All = False) -> None:
    """Show what waits for a label, with the words of residents: for who reviews, not to be passed on."""
    from bot.misunderstood import lines_of

    database = _database(_settings())
    with database.reading() as session:
        found = misunderstood.listed(session) if everything else misunderstood.unlabelled(session)
        for line in (line for row in found for line in lines_of(row)):
            typer.echo(line)
    typer.echo(f"{len(found)} sentences.")
    database.close()


@misunderstood_app.command("label")
def misunderstood_label(
    number: Annotated[int, typer.Argument(help="The number from `misunderstood list`.")],
    intent: Annotated[str, typer.Argument(help="A file of nlu/data, for example draught; new, ignored or none.")],
) -> None:
    """Say what a sentence means: an intent, new when there is no topic for it, ignored when it is of no use."""
    from bot.misunderstood import DATA, known_label

    wanted, settings = None if intent == "none" else known_label(intent, DATA), _settings()
    database = _database(settings)
    with database.transaction() as session:
        found = misunderstood.label(session, Clock(settings.clock_file).now(), number, wanted)
    typer.echo(f"{number}: {wanted or 'no label'}." if found else f"There is no sentence with number {number}.")
    database.close()
    raise SystemExit(0 if found else 1)


@misunderstood_app.command("write")
def misunderstood_write(folder: Annotated[Path, typer.Argument(help="Where to write, outside nlu/data.")]) -> None:
    """Write what has a label in the form of nlu/data, for a person to read before the bot learns from it."""
    from bot.misunderstood import DATA, write_for_review

    database = _database(_settings())
    with database.reading() as session:
        written = write_for_review(folder, misunderstood.labelled(session), DATA)
    database.close()
    typer.echo(f"{written.sentences} sentences written to {folder}; {written.left_out} left out (known or empty).")
    typer.echo("Now read them, take out what could point to a person, add the rest to the files of nlu/data and run")
    typer.echo(f"`make train`. Then erase {folder}: nobody else does, and /vergeet cannot reach it.")


@misunderstood_app.command("effect")
def misunderstood_effect() -> None:
    """Say by intent how many sentences have a label, and how many of these the model of now takes for that."""
    database = _database(_settings())
    with database.reading() as session:
        for intent, found in misunderstood.effect(session).items():
            typer.echo(f"{intent}: {found.labelled} labelled, {found.read} read again, {found.understood} understood")
    database.close()


@keys_app.command("new")
def keys_new() -> None:
    """Make a key for ENCRYPTION_KEYS."""
    typer.echo(encryption.new_key())


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Encrypt everything anew with the first key; afterwards the other keys may go."""
    database = _database(_settings())
    typer.echo(f"{rotation.rotate(database)} values are now encrypted with the first key.")
    database.close()


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the newest form."""
    database = _database(_settings())
    typer.echo("The database is up to date.")
    database.close()


def main() -> None:
    """Run a command; what somebody can mend is told in a line, without a traceback."""
    try:
        app()
    except Exception as wrong:
        if not isinstance(wrong, _readable()):
            raise
        print(f"wijkwijzer: {wrong}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
