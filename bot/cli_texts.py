"""`wijkwijzer texts`: what was changed on the web page, for who takes it into the files of the next release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from actions import text_changes
from actions.directory import load_organisation
from actions.text_changes import words_of
from bot import installation
from bot.changed_texts import about, counts, find
from bot.dialogue.content import Content
from store.dashboard_tables import TextChange
from store.settings import Settings
from store.yaml_lines import ContentError, read_yaml

app = typer.Typer(no_args_is_help=True, help="The texts that were changed on the web page.")


@app.command("list")
def texts_list() -> None:
    """Show each changed text: its language, key and number, and when; a - marks what counts no more."""
    content, changes = _read(installation.read_settings())
    for change in changes:
        place = f"{change.language} {change.key} {change.variant}"
        typer.echo(
            f"{'+' if _is_said(content, change) else '-'} {place}: version {change.version}, {change.at:%Y-%m-%d}"
        )
    typer.echo(f"{sum(_is_said(content, change) for change in changes)} texts are said as the web page has them.")


@app.command("export")
def texts_export(folder: Annotated[Path, typer.Argument(help="Where to write; must be empty or not exist.")]) -> None:
    """Write the changed texts in the form of flows/texts, to be read and copied into the files there."""
    settings = installation.read_settings()
    content, changes = _read(settings)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ContentError(f"{folder} is there already; name a new folder. Nothing was written.")
    said = [change for change in changes if _is_said(content, change)]
    files = dict(_files(settings.flows / "texts", said))
    for name, responses in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_as_yaml({"responses": responses}), encoding="utf-8")
    typer.echo(f"{len(said)} texts written to {folder}, in {len(files)} files.")


def _read(settings: Settings) -> tuple[Content, Sequence[TextChange]]:
    """The texts of the files, and the latest change of each wording that somebody wrote."""
    from bot.start import read_content

    organisation = load_organisation(settings.directory, settings.organisation)
    database = installation.open_database(settings)
    with database.reading() as session:
        changes = [change for change in text_changes.latest(session) if words_of(change)]
    database.close()
    return read_content(settings.flows, organisation), changes


def _is_said(content: Content, change: TextChange) -> bool:
    variant = find(content, about(change))
    return variant is not None and counts(change, variant)


def _files(texts: Path, changes: Sequence[TextChange]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """For each file with a changed text all wordings of its changed keys, as they are said now."""
    for language in dict.fromkeys(change.language for change in changes):
        for file in sorted((texts / language).glob("*.yml")):
            there = read_yaml(file).get("responses", {})
            mine = [change for change in changes if change.language == language and change.key in there]
            for change in mine:
                _write_into(there[change.key][change.variant], change)
            if mine:
                yield file.relative_to(texts), {key: there[key] for key in dict.fromkeys(one.key for one in mine)}


def _write_into(variant: dict[str, Any], change: TextChange) -> None:
    variant["text"] = change.text
    for button, title in zip(variant.get("buttons", ()), change.titles, strict=True):
        button["title"] = title


class _Dumper(yaml.SafeDumper):
    """Writes lines below each other as they are, and lists and mappings whatever they are a kind of."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(dict, lambda dumper, found: dumper.represent_dict(found))
_Dumper.add_multi_representer(list, lambda dumper, found: dumper.represent_list(found))


def _as_yaml(written: dict[str, Any]) -> str:
    return yaml.dump(written, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
