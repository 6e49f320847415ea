"""Zinnen: what the bot did not understand, for a coordinator to say what it means, and what that gave."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from actions import misunderstood
from actions.misunderstood import MARKS, Effect
from actions.opening_hours import local_day
from actions.statistics_names import Names
from bot.dialogue.playing import NEITHER
from bot.misunderstood import DATA, as_files, intents, new_sentences
from dashboard.pages import given
from dashboard.visit import Done, File, GivenWrong, Page, Shown, Visit
from store.tables import Misunderstood

MOST = 5
"""On one page, of what has no label yet."""
MOST_LABELLED = 50
GUESSES = 3
ZIP = "application/zip"
MENU: Mapping[str, str] = {
    "draught": "draught",
    "cold": "cold_home",
    "bill": "high_bill",
    "arrears": "payment_arrears",
    "letter": "unopened_letters",
    "human": "talk_to_human",
}
"""What the buttons of the menu most likely mean as an intent."""


@dataclass(frozen=True)
class Waiting:
    """A sentence without a label; `thought` are the intents the bot gave, `chosen` one, `neither` or nothing."""

    row: Misunderstood
    thought: tuple[str, ...]
    chosen: str | None
    asked: str
    day: date

    @property
    def offered(self) -> tuple[str, ...]:
        """The intents to choose from at once, the likeliest first."""
        chosen = () if self.chosen in (None, NEITHER) else (self.chosen,)
        return tuple(dict.fromkeys(intent for intent in (*chosen, *self.thought) if intent))


def show(visit: Visit, wrong: str = "", last: Misunderstood | None = None) -> Shown:
    """What waits, and what it gave; `last` is the sentence that somebody dealt with just now."""
    after = 0
    try:
        after = given.number(visit.given, "na", "no_such_page") or 0
        number = given.number(visit.given, "laatste", "no_such_page")
        last = last or (visit.session.get(Misunderstood, number) if number else None)
    except GivenWrong as error:
        wrong = wrong or str(error)
    found = misunderstood.unlabelled(visit.session, MOST + 1, after)
    known, effect = frozenset(intents(DATA)), misunderstood.effect(visit.session)
    values = {
        "waiting": [_waiting(visit.site.names, row, known) for row in found[:MOST]],
        "left": misunderstood.count_unlabelled(visit.session),
        "after": after,
        "next": found[MOST - 1].id if len(found) > MOST else None,
        "last": last,
        "wrong": wrong,
        "effect": effect,
        "total": _total(effect),
        "labelled": misunderstood.last_labelled(visit.session, MOST_LABELLED),
        "topics": visit.site.topics,
    }
    return Shown("sentences.html", values, 422 if wrong else 200)


def point_out(visit: Visit) -> Shown | Done:
    """Say what a sentence means, or that it is of no use; whoever is second is shown what the first one said."""
    wanted = visit.given.get("wat", "")
    if wanted not in MARKS and wanted not in intents(DATA):
        return show(visit, "no_such_topic")
    number = visit.path["number"]
    row = misunderstood.label_first(visit.session, visit.now, number, wanted)
    if row is None:
        return show(visit, "sentence_gone")
    if row.label != wanted:
        return show(visit, "sentence_done", row)
    visit.note("pointed_out", f"sentence:{number}")
    return Done(f"/zinnen?{_place(visit)}laatste={number}#laatste")


def take_back(visit: Visit) -> Shown | Done:
    """Take back what was said about a sentence, unless somebody said something else meanwhile."""
    number = visit.path["number"]
    row = misunderstood.take_back(visit.session, visit.now, number, visit.given.get("wat", ""))
    if row is None:
        return show(visit, "sentence_gone")
    if row.label is not None:
        return show(visit, "sentence_done", row)
    visit.note("took_back", f"sentence:{number}")
    start = f"na={number - 1}&" if number > 1 else ""
    return Done(f"/zinnen?{start}laatste={number}#laatste")


def training(visit: Visit) -> File:
    """What the bot can learn from, as files for `nlu/data`, with what to do with them."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LEESMIJ.txt", visit.site.templates.get_template("training.txt").render())
        for name, text in as_files(new_sentences(misunderstood.labelled(visit.session), DATA)).items():
            archive.writestr(name, text)
    return File(held.getvalue(), ZIP, "zinnen.zip")


def _waiting(names: Names, row: Misunderstood, known: Collection[str]) -> Waiting:
    thought = tuple(intent for intent, _ in row.intents[:GUESSES] if intent in known)
    chosen = MENU.get(row.chosen or "", row.chosen)
    asked = names.question(row.open_slot) if row.open_slot else ""
    return Waiting(row, thought, chosen if chosen in known or chosen == NEITHER else None, asked, local_day(row.at))


def _total(effect: Mapping[str, Effect]) -> Effect:
    rows = effect.values()
    return Effect(*(sum(getattr(row, name) for row in rows) for name in ("labelled", "read", "understood")))


def _place(visit: Visit) -> str:
    """Where on the list they were, as the begin of a query."""
    after = visit.given.get("na", "")
    return f"na={after}&" if after.isascii() and after.isdecimal() else ""


PAGE = Page(
    "zinnen",
    show,
    acts={"/zinnen/{number:int}/aanwijzen": point_out, "/zinnen/{number:int}/terugdraaien": take_back},
    files={"/zinnen.zip": training},
)
