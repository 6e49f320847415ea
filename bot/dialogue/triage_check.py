"""Looks for gaps and contradictions in the triage table, before anybody is advised by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, combinations

from bot.dialogue.triage import TABLES, TIERS, Row, Triage
from store.yaml_lines import ContentError

ABOUT = "about_"
PRESSING = ("danger", "crisis")


def check_triage(triage: Triage, slots: Mapping[str, tuple[str, ...]], knows: Callable[[str], bool]) -> None:
    """Raise `ContentError` for the first mistake; `slots` has the values of each slot, `knows` the texts."""
    problems = chain(  # one after the other: a table with a gap cannot be tried with answers
        _unknown(triage, slots, knows),
        _twice(triage),
        _contradictions(triage),
        _gaps(triage),
        _never(triage),
        _too_late(triage, slots),
        _careless(triage),
    )
    for problem in problems:
        raise ContentError(problem)


def _unknown(triage: Triage, slots: Mapping[str, tuple[str, ...]], knows: Callable[[str], bool]) -> Iterator[str]:
    for table, rows in triage.tables.items():
        for row in rows:
            for name, values in (*row.when.items(), *row.unless.items()):
                if name not in slots:
                    yield f"{row.where}: there is no slot '{name}'; choose one of flows/slots.yml."
                for value in values:
                    if slots.get(name) and value not in slots[name]:
                        yield f"{row.where}: '{value}' is no value of '{name}'; use {', '.join(slots[name])}."
            if table == "urgency" and "urgency" in row.slots:
                yield f"{row.where}: urgency cannot depend on urgency; name the answers instead."
            if table == "tips" and not knows(row.outcome):
                yield f"{row.where}: there is no text '{row.outcome}'; write it in flows/texts/nl."


def _twice(triage: Triage) -> Iterator[str]:
    seen: dict[str, Row] = {}
    for rows in triage.tables.values():
        for row in rows:
            if row.id in seen:
                yield f"{row.where}: '{row.id}' stands at {seen[row.id].where} too; give each row a name of its own."
            seen[row.id] = row


def _contradictions(triage: Triage) -> Iterator[str]:
    for table, rows in triage.tables.items():
        for one, other in combinations(rows, 2) if table != "tips" else ():
            if (one.when, one.unless) == (other.when, other.unless):
                yield (
                    f"{other.where}: '{other.id}' holds for the same answers as '{one.id}' ({one.where}), "
                    f"with '{other.outcome}' beside '{one.outcome}'; keep one of the two."
                )


def _gaps(triage: Triage) -> Iterator[str]:
    """Every answer must come out somewhere: at a row without a condition, the last one where the order counts."""
    for table in ("urgency", "exits", "coach"):
        rows = triage.tables[table]
        everything = [row for row in rows if not row.slots]
        if not everything:
            yield f"{rows[-1].where}: '{table}' has a gap: end with a row without 'if:', for what no other row names."
        elif table != "urgency" and everything[0] is not rows[-1]:
            yield f"{everything[0].where}: '{everything[0].id}' has no 'if:', so no row below it counts; put it last."


def _never(triage: Triage) -> Iterator[str]:
    """A row that is always overruled: whoever wrote it believes something that is not so."""
    for table in ("urgency", "exits", "coach"):
        rows = triage.tables[table]
        for position, row in enumerate(rows):
            stronger = rows[:position] if table != "urgency" else [one for one in rows if _overrules(one, row)]
            hiding = next((one for one in stronger if one is not row and _covers(one, row)), None)
            if hiding is not None:
                yield f"{row.where}: '{row.id}' never decides, because '{hiding.id}' ({hiding.where}) goes first."


def _overrules(one: Row, other: Row) -> bool:
    return TIERS.index(one.outcome) <= TIERS.index(other.outcome)


def _covers(wide: Row, narrow: Row) -> bool:
    """Whether `wide` holds whenever `narrow` does."""
    asks_less = all(name in narrow.when and set(narrow.when[name]) <= set(wide.when[name]) for name in wide.when)
    lets_pass = all(
        set(values) <= set(narrow.unless.get(name, ()))
        or (name in narrow.when and not set(narrow.when[name]) & set(values))
        for name, values in wide.unless.items()
    )
    return asks_less and lets_pass


def _too_late(triage: Triage, slots: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """A topic that is taken first as a crisis must not come out as something that can wait."""
    for intent, tier in triage.tiers.items():
        if f"{ABOUT}{intent}" in slots:
            outcome = triage.decide({f"{ABOUT}{intent}": "yes"})["urgency"]
            if TIERS.index(outcome) > TIERS.index(tier):
                row = next(iter(triage.tables["urgency"]))
                yield f"{row.where}: '{intent}' is '{tier}' under topics, but '{outcome}' in the rows; make them agree."


def _careless(triage: Triage) -> Iterator[str]:
    """In a crisis nobody is sent off with a tip or a form, and no energy coach comes first (domain.md, section 3)."""
    for tier in PRESSING:
        for table, allowed in (("exits", ("local", "municipality")), ("coach", ("no",))):
            for row in triage.tables[table]:
                if tier in row.when.get("urgency", (tier,)) and tier not in row.unless.get("urgency", ()):
                    if row.outcome not in allowed:
                        yield (
                            f"{row.where}: '{row.id}' can decide in a {tier}, with '{row.outcome}'; "
                            f"a row above it must say {TABLES[table]}: {', '.join(allowed)} for 'urgency: {tier}'."
                        )
                    if set(row.when) <= {"urgency"} and not row.unless:
                        break  # it surely holds, so nothing below it counts
