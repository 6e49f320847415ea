"""`wijkwijzer words`: the words that nobody should read, and how hard the texts are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from store.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The words of the texts: what not to write, and how hard they read.")


@app.command("ban")
def words_ban(
    words: Annotated[str, typer.Argument(help="What nobody should read, for example: traject. A * is any ending.")],
    instead: Annotated[str, typer.Argument(help="What to write, for example: hulp.")],
) -> None:
    """Ban a word in all texts and show which texts use it. Kept in wordrules_own.yml, which updates leave alone."""
    from bot.content.own_words import ban, broken_by
    from bot.content.source import read_texts

    folder = _folder()
    ban(folder, words, instead)
    typer.echo(f'"{words}" is banned; write: {instead}.')
    broken = list(broken_by(words, instead, read_texts(folder)))
    for line in broken:
        typer.echo(line)
    typer.echo(f"{len(broken)} texts to rewrite." if broken else "No text uses it.")


@app.command("list")
def words_list() -> None:
    """Show all words that are banned and what to write; a + marks those of this organisation."""
    from bot.content.rules import FILE, OWN_FILE, read_own, read_rules

    folder = _folder()
    own = read_own(folder / OWN_FILE)
    for words, instead in sorted(read_rules(folder / FILE).never.items()):
        typer.echo(f"{'+' if words in own else ' '} {words:32} {instead}")
    typer.echo(f"{len(own)} of this organisation, in {folder / OWN_FILE}.")


@app.command("report")
def words_report() -> None:
    """Show for each file how hard it reads, and the ten hardest texts."""
    for line in _report(_folder()):
        typer.echo(line)


def _report(folder: Path) -> Iterator[str]:
    from bot.content.everyday import load_everyday, not_checked
    from bot.content.readability import by_file, hardest
    from bot.content.rules import FILE, read_rules
    from bot.content.source import read_texts
    from bot.content.wording import FOR_MACHINES

    said = [one for one in read_texts(folder) if not one.key.startswith(FOR_MACHINES)]
    everyday = load_everyday(read_rules(folder / FILE))
    yield f"{'file':28} {'texts':>5} {'words a sentence':>17} {'longest':>8} {'common words':>13}"
    for score in by_file(said, everyday):
        common = "-" if score.common is None else f"{score.common:.1%}"
        figures = f"{score.texts:5} {score.words_per_sentence:17.1f} {score.longest:8} {common:>13}"
        yield f"{score.file.name:28} {figures}"
    yield ""
    yield "The hardest texts, by the reading ease of Flesch-Douma (100 is very easy, below 60 is hard):"
    for text in hardest(said, everyday):
        rarer = f" - rarer: {', '.join(text.rarer)}" if text.rarer else ""
        yield f"{text.ease:4.0f}  {text.said.where()}: {text.said.key}{rarer}"
    yield from not_checked()


def _folder() -> Path:
    from bot.content.source import DUTCH

    return load_settings().flows / "texts" / DUTCH
