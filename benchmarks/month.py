"""`python -m benchmarks.month`: a month of invented people, and what becomes of their requests.

It shows that the machinery of hand-offs holds. With `--write` the tables go into docs/hand-off.md.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from store import encryption
from store.database import Database
from store.settings import ROOT
from tests.simulation.month import FIRST_DAY, LAST_DAY, REQUESTS, SEED, TEAM, simulate

PAGE = ROOT / "docs" / "hand-off.md"
BEGIN, END = "<!-- begin: month -->", "<!-- end: month -->"
ABOUT = """\
A simulated month, {first} to {last} (Good Friday, Easter Monday, the change of the clock, King's Day), with {requests}
requests, 6 wijkverbinders, {professionals} professionals and a coordinator; seed {seed}. `python -m benchmarks.month`
plays it again. Time to a person is in office hours; of those who had not heard from anybody at the end of the month
it is only known that they were still waiting.

These people are invented. A helper takes about 7 of 10 cards and mostly reacts within an hour of work; 1 wijkverbinder
never answers, 1 leaves with open requests, 1 blocks the bot, 2 of the team are on holiday; of the residents some write
while they wait, miss a call, answer the question about the promise or do not, begin again, block the bot or erase
everything. So the tables show that the machinery holds: after each of these events somebody answered for every
request and a clock ran, and in the end every promise was kept, replaced or brought to the coordinator. They do not
show how long people in Soest will wait."""


def report(seed: int, requests: int) -> str:
    """The tables of one month, with what they rest on; raises `Broken` when an invariant does not hold."""
    encryption.configure(encryption.new_key())
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/month.db")
        database.upgrade()
        simulated = simulate(database, seed, requests)
        database.close()
    professionals = sum(nature.wijk is None for nature in TEAM)
    about = ABOUT.format(first=FIRST_DAY, last=LAST_DAY, requests=requests, professionals=professionals, seed=seed)
    return f"{about}\n\n{simulated}"


def write(text: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> None:
    """Play, print, and with `--write` put it into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.month", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"another month with the same people (default: {SEED})")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"how many (default: {REQUESTS})")
    parser.add_argument("--write", action="store_true", help=f"put it into {PAGE.relative_to(ROOT)}")
    given = parser.parse_args()
    text = report(given.seed, given.requests)
    print(text)
    if given.write:
        write(text)


if __name__ == "__main__":
    main()
