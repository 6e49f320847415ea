"""`python -m benchmarks [name …]`: measures, prints one table, and fails when a number that was asked for is missed."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

from benchmarks.coordinators import coordinators
from benchmarks.figures import Figure, machine, table
from benchmarks.free_times import free_times
from benchmarks.house import Rasa, running_rasa
from benchmarks.load import load, load_postgresql, load_telegram
from benchmarks.memory import memory
from benchmarks.report import write
from benchmarks.steps import button, typed
from benchmarks.turns import turns, writing

Benchmark = Callable[[Rasa], Awaitable[list[Figure]]]
BENCHMARKS: dict[str, Benchmark] = {
    "button": button,
    "typed": typed,
    "load": load,
    "load-postgresql": load_postgresql,
    "load-telegram": load_telegram,
    "memory": memory,
    "turns": turns,
    "writing": writing,
    "free-times": free_times,
    "figures": coordinators,
}


def main() -> int:
    """Run what is asked for; gives the exit code."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends what was started, as Ctrl-C does
    about = machine()
    figures = asyncio.run(_measure(given.names or list(BENCHMARKS)))
    text = f"{about}\n\n{table(figures)}"
    print(f"\n{text}")
    if given.write:
        write(text)
    return 1 if any(figure.missed for figure in figures) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The numbers in docs/performance.md.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser


async def _measure(names: list[str]) -> list[Figure]:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; there are: {', '.join(BENCHMARKS)}.")
    figures: list[Figure] = []
    with running_rasa() as rasa:
        for name in names:
            print(f"{name} …", flush=True)
            new = await BENCHMARKS[name](rasa)
            print("\n".join(f"  {figure.what}: {figure.value}" for figure in new), flush=True)
            figures += new
    return figures


if __name__ == "__main__":
    sys.exit(main())
