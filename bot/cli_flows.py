"""`wijkwijzer flows …`, `triage …` and `handoff …`: pictures for coordinators and partners."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.settings import ROOT, load_settings

if TYPE_CHECKING:
    from bot.dialogue.content import Content

flows_app = typer.Typer(no_args_is_help=True, help="The flows: what the bot asks and says.")
triage_app = typer.Typer(no_args_is_help=True, help="The triage table: how soon, by which way, with a coach or not.")
handoff_app = typer.Typer(no_args_is_help=True, help="The hand-off: from the resident's yes to the end.")
PICTURES = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "flows.md"
HANDOFF_PAGE = ROOT / "docs" / "hand-off.md"
To = Annotated[Path, typer.Option(help="The folder for the pictures.")]
Png = Annotated[bool, typer.Option("--png", help="Also as PNG, beside the SVG.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; say what is out of date.")]


@flows_app.callback()
def _flows() -> None:
    """Keeps `draw` a command of its own."""


@triage_app.callback()
def _triage() -> None:
    """Keeps `draw` a command of its own."""


@handoff_app.callback()
def _handoff() -> None:
    """Keeps `draw` a command of its own."""


@flows_app.command("draw")
def flows_draw(
    to: To = PICTURES / "flows",
    page: Annotated[Path, typer.Option(help="The page that shows them.")] = PAGE,
    png: Png = False,
    check: Check = False,
) -> None:
    """Draw every flow, and write the page that shows them."""
    from bot.drawing.flows_page import flows_page
    from bot.drawing.render import rendered

    made = flows_page(_content(), Path(os.path.relpath(to, page.parent)).as_posix())
    for key in made.missing:
        typer.echo(f"flows/texts/nl/drawing.yml: '{key}' lacks words; a name is shown instead. Write them.")
    files = {to / f"{name}.svg": rendered(picture, "svg") for name, picture in made.pictures.items()}
    files[page] = made.markdown.encode()
    if check:
        raise SystemExit(1 if _differences(files, to) or made.missing else 0)
    if png:
        files |= {to / f"{name}.png": rendered(picture, "png") for name, picture in made.pictures.items()}
    _take_out_old(page, to, files)
    _write(files)
    typer.echo(f"{len(made.pictures)} pictures in {to}, shown by {page}.")


@triage_app.command("draw")
def triage_draw(
    to: Annotated[Path, typer.Option(help="The picture; a PNG is written beside it.")] = PICTURES / "triage.svg",
) -> None:
    """Draw the triage table as one picture, as SVG and PNG."""
    from bot.drawing.decision_table import table_picture
    from bot.drawing.phrases import Phrases
    from bot.drawing.render import rendered

    content = _content()
    picture = table_picture(content.triage, Phrases(content))
    _write({to.with_suffix(f".{kind}"): rendered(picture, kind) for kind in ("svg", "png")})
    typer.echo(f"Written to {to.with_suffix('.svg')} and {to.with_suffix('.png')}.")


@handoff_app.command("draw")
def handoff_draw(
    to: Annotated[Path, typer.Option(help="The picture; a PNG is written beside it.")] = PICTURES / "hand-off.svg",
    page: Annotated[Path, typer.Option(exists=True, help="The page with the tables.")] = HANDOFF_PAGE,
    check: Check = False,
) -> None:
    """Draw the states of a request, and bring the tables of the page up to date; the rest of it stays."""
    from bot.drawing.handoff_page import filled
    from bot.drawing.phrases import Phrases
    from bot.drawing.render import rendered
    from bot.drawing.states_picture import states_picture

    picture = states_picture(Phrases(_content()))
    files = {to: rendered(picture, "svg"), page: filled(page.read_text(encoding="utf-8")).encode()}
    if check:
        raise SystemExit(1 if _outdated(files, "not as the code is; run `wijkwijzer handoff draw`.") else 0)
    _write({**files, to.with_suffix(".png"): rendered(picture, "png")})
    typer.echo(f"Written to {to}, {to.with_suffix('.png')} and {page}.")


@triage_app.command("why")
def triage_why(number: Annotated[int, typer.Argument(help="The number of a request, as on its card.")]) -> None:
    """Tell why a request got its urgency, its way out and its energy coach or not."""
    from bot.installation import open_database, read_settings
    from store.tables import Request

    triage = _content().triage
    with open_database(read_settings()).reading() as session:
        found = session.get(Request, number)
        if found is None:
            typer.echo(f"There is no request {number}.", err=True)
            raise typer.Exit(1)
        typer.echo(f"Request {number}: {found.urgency.value}, exit {found.exit}, energy coach {found.coach}")
        for row in found.why.split():
            typer.echo(f"- {row}: {triage.reason(row)}")


def _content() -> Content:
    from actions.directory import load_organisation
    from bot.start import read_content

    settings = load_settings()
    return read_content(settings.flows, load_organisation(settings.directory, settings.organisation))


def _differences(files: dict[Path, bytes], folder: Path) -> int:
    """Say which files are not as they would be drawn now, and which belong to no flow any more."""
    old = _outdated(files, "not as the flows are; run `wijkwijzer flows draw`.")
    stray = sorted(set(folder.glob("*.svg")) - set(files))
    for file in stray:
        typer.echo(f"{file}: no flow has this picture; take it out.")
    return old + len(stray)


def _outdated(files: dict[Path, bytes], remark: str) -> int:
    old = [file for file, wanted in files.items() if not file.is_file() or file.read_bytes() != wanted]
    for file in old:
        typer.echo(f"{file}: {remark}")
    return len(old)


def _take_out_old(page: Path, folder: Path, files: dict[Path, bytes]) -> None:
    """Remove the pictures that the page showed until now and that no flow has any more."""
    shown = re.findall(r"/([\w-]+)\.svg\)", page.read_text(encoding="utf-8")) if page.is_file() else []
    for old in (folder / f"{name}.svg" for name in shown):
        if old not in files:
            old.unlink(missing_ok=True)
            old.with_suffix(".png").unlink(missing_ok=True)


def _write(files: dict[Path, bytes]) -> None:
    for file, written in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
