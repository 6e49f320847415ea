"""`wijkwijzer figures`: the tables in the terminal, and the page with the definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions import statistics
from actions.figures import HIDDEN_WORDS
from bot import cli, cli_figures
from bot.drawing.page_parts import PageError
from store import encryption
from store.database import Database
from store.settings import ROOT
from tests.actions.counted import happen
from tests.bot.test_cli import House

DAYS = ("--from", "2026-11-01", "--until", "2026-12-01")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """In November 7 talks in Smitsveen and 5 in De Eng, which nobody counted yet; it is the third of December."""
    before = encryption._keys
    found = House(tmp_path, monkeypatch)
    (tmp_path / "clock").write_text("2026-12-03T12:00:00+01:00", encoding="utf-8")
    found.sets(CLOCK_FILE=str(tmp_path / "clock"))
    found.says("db", "upgrade")
    database = Database(found.url)
    with database.transaction() as session:
        happen(session, 7, "talk_started")
        happen(session, 5, "talk_started", wijk="de_eng")
    database.close()
    yield found
    encryption._keys = before


def test_the_figures_of_a_wijk_are_printed_with_their_definitions(house: House) -> None:
    printed = house.says("figures", *DAYS, "--wijk", "smitsveen").splitlines()
    assert printed[0] == "From Monday 2026-11-02 until Monday 2026-11-30, smitsveen."
    for one in statistics.DEFINED:
        assert printed[printed.index(one.title) + 1] == f"  {one.definition}"
    talks = printed.index("Gesprekken")
    assert printed[talks + 3 : talks + 6] == ["  Wijk       Aantal", "  Smitsveen  7", ""]
    assert f"  Crisis      {HIDDEN_WORDS}" in printed
    assert "  (nothing that can be shown)" in printed


def test_without_options_it_is_the_last_four_weeks_of_all(house: House) -> None:
    printed = house.says("figures").splitlines()
    assert printed[0] == "From Monday 2026-11-02 until Monday 2026-11-30, all wijken."
    assert {"  Smitsveen  7", "  De Eng     5"} <= set(printed)


REFUSED = {
    "an unknown wijk": (("--wijk", "utopia"), "smitsveen, de_eng, soesterberg"),
    "the wrong way round": (("--from", "2026-12-01", "--until", "2026-11-01"), "later than --from"),
    "no day": (("--from", "2026-11-31"), "2026-11-31"),
}


@pytest.mark.parametrize(("options", "remark"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused_in_a_sentence(house: House, options: tuple[str, ...], remark: str) -> None:
    result = CliRunner().invoke(cli.app, ["figures", *options])
    assert (result.exit_code, remark in result.output) == (2, True), result.output


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_has_the_definitions_of_the_code() -> None:
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert "\n".join(cli_figures.definitions()) in page, "run `wijkwijzer figures write`"


def test_the_page_is_written_and_then_up_to_date(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    page.write_text("# Before\n<!-- begin: definitions -->\nold\n<!-- end: definitions -->\nAfter\n", encoding="utf-8")
    command = ["figures", "write", "--page", str(page)]
    checked = CliRunner().invoke(cli.app, [*command, "--check"])
    assert (checked.exit_code, "run `wijkwijzer figures write`" in checked.output) == (1, True)
    assert CliRunner().invoke(cli.app, command).exit_code == 0
    assert CliRunner().invoke(cli.app, [*command, "--check"]).exit_code == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Before\n") and written.endswith("After\n") and "old" not in written
    assert all(one.definition in written for one in statistics.DEFINED)


def test_a_page_without_a_place_for_them_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    page.write_text("nothing", encoding="utf-8")
    result = CliRunner().invoke(cli.app, ["figures", "write", "--page", str(page)])
    assert isinstance(result.exception, PageError)


def test_definitions_are_at_most_two_sentences_with_a_set_and_a_time() -> None:
    for one in statistics.DEFINED:
        assert one.definition.endswith(".") and "periode" in one.definition, one.key
        assert one.definition.count(". ") <= 1, one.key
