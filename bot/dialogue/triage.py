"""The stroomschema as a table: how soon, by which way, with an energy coach or not, and which tips (flows/triage.yml).

Everything here is decided by the answers alone, so the same answers always give the same advice; the rows that
decided are kept with the request as the reason why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.yaml_lines import ContentError, LocatedDict, LocatedList, line_of, read_yaml

TIERS = ("danger", "crisis", "soon", "normal", "info")
EXITS = ("self", "digital_buddy", "local", "municipality")
"""NSR/Geldfit's four ways out: by oneself, with a digital buddy, with a local volunteer or professional, by the
municipality's help with debts."""
COACH = ("yes", "later", "no")
OUTCOMES: Mapping[str, tuple[str, ...]] = {"urgency": TIERS, "exit": EXITS, "coach": COACH}
TABLES: Mapping[str, str] = {"urgency": "urgency", "exits": "exit", "coach": "coach", "tips": "say"}
"""Each table, and the key under which its rows give their outcome."""
MOST_TIPS = 3


@dataclass(frozen=True)
class Row:
    """One line of a table: it holds when every slot of `when` has one of its values and none of `unless` has.

    `because` is the reason in words, for coordinators and for whoever takes the request.
    """

    id: str
    when: Mapping[str, tuple[Any, ...]]
    unless: Mapping[str, tuple[Any, ...]]
    outcome: str
    because: str
    where: str

    def holds(self, slots: Mapping[str, Any]) -> bool:
        return all(slots.get(name) in values for name, values in self.when.items()) and not any(
            slots.get(name) in values for name, values in self.unless.items()
        )

    @property
    def slots(self) -> frozenset[str]:
        """The slots that the row looks at."""
        return frozenset(self.when) | frozenset(self.unless)


@dataclass(frozen=True)
class Triage:
    """The tables, in the order in which they are written; `tiers` is how soon a topic is before anything was asked."""

    tiers: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def decide(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """`urgency`, `exit`, `coach`, `tips` and `why` (ids of the deciding rows) for these answers."""
        seen = dict(slots)
        urgent = self._most_urgent(seen)
        seen["urgency"] = urgent.outcome
        exit_row, coach_row = self._first("exits", seen), self._first("coach", seen)
        tips = [row.outcome for row in self.tables["tips"] if row.holds(seen)][:MOST_TIPS]
        return {
            "urgency": urgent.outcome,
            "exit": exit_row.outcome,
            "coach": coach_row.outcome,
            "tips": tips,
            "why": [row.id for row in (urgent, exit_row, coach_row)],
        }

    def reason(self, row_id: str) -> str:
        """Why a row says what it says; a row that was taken out since is named by its id."""
        rows = (row for table in self.tables.values() for row in table)
        return next((row.because for row in rows if row.id == row_id), row_id)

    def rests_on(self, row_id: str) -> frozenset[str]:
        """The answers that make a row hold; none for a row that always holds or was taken out since."""
        rows = (row for table in self.tables.values() for row in table)
        return next((frozenset(row.when) for row in rows if row.id == row_id), frozenset())

    def _most_urgent(self, slots: Mapping[str, Any]) -> Row:
        holding = [row for row in self.tables["urgency"] if row.holds(slots)]
        return min(holding, key=lambda row: TIERS.index(row.outcome))

    def _first(self, table: str, slots: Mapping[str, Any]) -> Row:
        return next(row for row in self.tables[table] if row.holds(slots))


def read_triage(file: Path) -> Triage:
    """Read and check the table; raises `ContentError` with file, line and what to do."""
    source = read_yaml(file)
    for name in ("topics", *TABLES):
        if name not in source:
            raise ContentError(f"{file}:1: there is no '{name}:'; a triage table has topics, {', '.join(TABLES)}.")
    tables = {name: tuple(_rows(file, name, source[name])) for name in TABLES}
    return Triage(_tiers(file, source["topics"]), tables)


def _tiers(file: Path, source: Any) -> dict[str, str]:
    wrong = sorted(set(source) - set(TIERS))
    if wrong:
        raise ContentError(f"{file}:{line_of(source)}: '{wrong[0]}' is no urgency; use {', '.join(TIERS)}.")
    found: dict[str, str] = {}
    for tier in TIERS:
        for intent in _topics(file, source, tier):
            if intent in found:
                raise ContentError(
                    f"{file}:{line_of(source)}: '{intent}' is '{found[intent]}' and '{tier}'; choose one."
                )
            found[intent] = tier
    return found


def _topics(file: Path, source: Any, tier: str) -> LocatedList:
    listed = source.get(tier, LocatedList())
    if not isinstance(listed, LocatedList):
        raise ContentError(f"{file}:{line_of(source)}: '{tier}' must be a list of topics: [eviction, cut_off].")
    return listed


def _rows(file: Path, table: str, source: Any) -> Iterator[Row]:
    if not isinstance(source, LocatedList) or not source:
        raise ContentError(f"{file}:{line_of(source)}: '{table}' needs rows, each beginning with '- id:'.")
    for entry in source:
        yield _row(f"{file}:{line_of(entry, line_of(source))}", table, entry)


def _row(where: str, table: str, entry: Any) -> Row:
    given = TABLES[table]
    needed = {"id", given, "because"}
    if not isinstance(entry, LocatedDict) or not all(entry.get(name) for name in needed):
        raise ContentError(f"{where}: a row of '{table}' needs {', '.join(sorted(needed))}.")
    unknown = sorted(set(entry) - needed - {"if", "unless"})
    if unknown:
        raise ContentError(f"{where}: a row does not know '{unknown[0]}'; it knows if, unless, {given} and because.")
    outcome = str(entry[given])
    if given in OUTCOMES and outcome not in OUTCOMES[given]:
        raise ContentError(f"{where}: '{outcome}' is no {given}; use {', '.join(OUTCOMES[given])}.")
    when, unless = (_condition(where, entry.get(name, {})) for name in ("if", "unless"))
    return Row(str(entry["id"]), when, unless, outcome, str(entry["because"]), where)


def _condition(where: str, source: Any) -> Mapping[str, tuple[Any, ...]]:
    if not isinstance(source, Mapping):
        raise ContentError(f"{where}: write a condition as 'if: {{slot: value}}' or 'if: {{slot: [value, value]}}'.")
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in source.items()}
