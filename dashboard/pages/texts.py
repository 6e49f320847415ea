"""Teksten: find what the bot says, and write it anew (decision 0033)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from babel import Locale

from actions import text_changes
from actions.roles import RIGHTS, Right
from actions.text_changes import FILE, Taken, Wording, Written
from bot.changed_texts import places
from bot.content.everyday import not_checked
from bot.text_check import Findings
from dashboard.pages import given
from dashboard.phone import Examples
from dashboard.text_use import use
from dashboard.texts import Now, Text, typed
from dashboard.visit import Done, GivenWrong, Nowhere, Page, Shown, Visit
from store.dashboard_tables import TextChange

MOST = 30
"""On one page."""
ALL, CHANGED, OVERTAKEN = "alle", "veranderd", "ingehaald"
KINDS = {ALL: ALL, CHANGED: CHANGED, OVERTAKEN: OVERTAKEN}
DONE = ("gepubliceerd", "teruggezet")
PART = "deel"
"""The field with which the script asks for the check and the preview alone."""


def show(visit: Visit, wrong: str = "", lost: str = "") -> Shown:
    """The texts that were looked for; `lost` is what somebody typed for a text that is not there any more."""
    now = visit.site.texts.now(visit.session)
    kind, group, language, page = ALL, None, None, 1
    try:
        kind = given.chosen(visit.given, "soort", KINDS, "no_such_kind") or ALL
        group = given.chosen(visit.given, "groep", dict.fromkeys(now.book.groups), "no_such_group")
        language = given.chosen(visit.given, "taal", dict.fromkeys(now.book.languages), "no_such_language")
        page = given.number(visit.given, "bladzijde", "no_such_page") or 1
    except GivenWrong as error:
        wrong = wrong or str(error)
    words = typed(visit.given.get("zoek", ""))
    found = [one for one in now.texts.values() if _is_meant(one, kind, group, language) and _holds(one, words)]
    begin = (page - 1) * MOST
    asked = {"zoek": words, "groep": group or "", "taal": language or "", "soort": kind}
    values = {
        "found": len(found),
        "grouped": [(key, list(texts)) for key, texts in groupby(found[begin : begin + MOST], lambda one: one.group)],
        "number": page,
        "last_page": -(-len(found) // MOST),
        "asked": asked,
        "groups": now.book.groups,
        "languages": _languages(now),
        "changed": sum(one.is_changed for one in now.texts.values()),
        "overtaken": sum(one.is_overtaken for one in now.texts.values()),
        "topics": visit.site.topics,
        "wrong": wrong,
        "lost": lost,
    }
    return Shown("texts.html", values, 422 if wrong else 200)


def show_one(visit: Visit) -> Shown:
    """One wording: its words, its history, and the form."""
    now = visit.site.texts.now(visit.session)
    text = now.texts.get(_wording(visit))
    if text is None:
        raise Nowhere
    return _shown(visit, now, text, text.words)


def check(visit: Visit) -> Shown:
    """Whether what was typed may be said, and how it looks; nothing is kept."""
    now = visit.site.texts.now(visit.session)
    text = now.texts.get(_wording(visit))
    if text is None:
        return _not_there(visit)
    draft = _draft(visit, text)
    if PART in visit.given:
        return Shown("text_check.html", _looks(visit, now, text, draft))
    return _shown(visit, now, text, draft, asked=True)


def publish(visit: Visit) -> Shown | Done:
    """From now on the bot says it, if it keeps the rules and nobody else wrote it in the meantime."""
    now = visit.site.texts.now(visit.session)
    text = now.texts.get(_wording(visit))
    if text is None:
        return _not_there(visit)
    draft = _draft(visit, text)
    if draft == text.words and visit.given.get("gezien") == str(text.version):
        return _shown(visit, now, text, draft, "same_words")
    return _written(visit, now, text, draft, "gepubliceerd")


def put_back(visit: Visit) -> Shown | Done:
    """An earlier version again, or the words of the file."""
    now = visit.site.texts.now(visit.session)
    text = now.texts.get(_wording(visit))
    if text is None:
        return _not_there(visit)
    earlier = {str(one.version): one for one in text_changes.history(visit.session, text.wording)}
    number = visit.given.get("versie", "")
    if number != str(FILE) and number not in earlier:
        return _shown(visit, now, text, text.words, "no_such_version")
    words = text_changes.words_of(earlier.get(number)) or text.file
    if len(words.titles) != len(text.file.titles):
        return _shown(visit, now, text, text.words, "other_buttons")
    return _written(visit, now, text, words, "teruggezet")


def _written(visit: Visit, now: Now, text: Text, words: Written, done: str) -> Shown | Done:
    """Keep the words, or say why not; what was typed stays in the form."""
    refused = _refusal(visit, now, text, words)
    if refused:
        return _shown(visit, now, text, words, refused, asked=True)
    try:
        row = text_changes.publish(
            visit.session,
            visit.now,
            visit.member,
            text.wording,
            None if words == text.file else words,
            text.version,
            text.file,
        )
    except Taken as taken:
        theirs = replace(text, change=taken.by)
        return _shown(visit, now, theirs, words, "text_taken", asked=True)
    visit.note("published_text" if done == DONE[0] else "put_text_back", _about(text, row))
    return Done(f"{text.address}?gedaan={done}")


def _refusal(visit: Visit, now: Now, text: Text, words: Written) -> str:
    """The key of the sentence that says why this is not published; empty when it is."""
    if text.is_about_danger and visit.member.role not in RIGHTS[Right.DANGER_TEXTS]:
        return "only_administrator"
    if visit.given.get("bestand") != text.file.digest:
        return "file_changed"
    if text.change is not None and _seen(visit) != text.version:
        return "text_taken"
    if words != text.file and _findings(visit, now, text, words).wrong:
        return "breaks_rules"
    return ""


def _shown(visit: Visit, now: Now, text: Text, draft: Written, wrong: str = "", asked: bool = False) -> Shown:
    """The page of one wording with `draft` in its form; `asked`: the check of it is what somebody came for."""
    history = text_changes.history(visit.session, text.wording)
    may_write = not text.is_about_danger or visit.member.role in RIGHTS[Right.DANGER_TEXTS]
    values = {
        **_looks(visit, now, text, draft),
        "history": history,
        "writers": text_changes.writers(visit.session, history),
        "words_of": text_changes.words_of,
        "before": _before_last(history),
        "use": use(now, text),
        "variants": now.variants(text.wording),
        "may_write": may_write,
        "places": places(text.file),
        "asked": asked,
        "wrong": wrong,
        "done": visit.given.get("gedaan") if visit.given.get("gedaan") in DONE else None,
        "languages": _languages(now),
        "topics": visit.site.topics,
    }
    return Shown("text.html", values, 422 if wrong else 200)


def _before_last(history: Sequence[TextChange]) -> int:
    """The version that was said before the last one: what was written over other words of the file was not."""
    return next((one.version for one in history[1:2] if one.replaces == history[0].replaces), FILE)


def _looks(visit: Visit, now: Now, text: Text, draft: Written) -> dict[str, Any]:
    """What is said of a draft, and how it looks."""
    directory = visit.site.directory(visit.session)
    examples = Examples(now, text, directory, visit.site.organisation, visit.now)
    rules = now.book.rules
    own = rules.for_team() if text.said.file.name in rules.team_files else rules
    return {
        "text": text,
        "draft": draft,
        "findings": now.checker(directory).check(text.said, draft, text.wording.language),
        "phone": examples.phone(draft),
        "limits": own,
        "everyday_not_checked": bool(not_checked()),
    }


def _findings(visit: Visit, now: Now, text: Text, draft: Written) -> Findings:
    return now.checker(visit.site.directory(visit.session)).check(text.said, draft, text.wording.language)


def _not_there(visit: Visit) -> Shown:
    return show(visit, "no_such_text", typed(visit.given.get("tekst", "")))


def _draft(visit: Visit, text: Text) -> Written:
    """What stands in the form; a button that it does not name keeps its words."""
    titles = (typed(visit.given.get(f"knop_{n}", title)) for n, title in enumerate(text.words.titles))
    return Written(typed(visit.given.get("tekst", text.words.text)), tuple(" ".join(one.split()) for one in titles))


def _wording(visit: Visit) -> Wording:
    return Wording(visit.path["language"], visit.path["key"], visit.path["number"])


def _seen(visit: Visit) -> int:
    """The version that stood on the page; of a form that says none, one that never is."""
    said = visit.given.get("gezien", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= given.MOST_DIGITS else -1


def _about(text: Text, row: TextChange) -> str:
    wording = text.wording
    return f"text:{wording.language}/{wording.key}/{wording.variant} version:{row.version}"


def _languages(now: Now) -> dict[str, str]:
    return {code: Locale("nl").languages[code] for code in now.book.languages}


def _is_meant(text: Text, kind: str, group: str | None, language: str | None) -> bool:
    fits = {ALL: True, CHANGED: text.is_changed, OVERTAKEN: text.is_overtaken}
    return fits[kind] and group in (None, text.group) and language in (None, text.wording.language)


def _holds(text: Text, words: str) -> bool:
    """Whether all words that somebody looks for stand in it, or in its key."""
    inside = " ".join((text.wording.key, *_all_words(text))).casefold()
    return all(word in inside for word in words.casefold().split())


def _all_words(text: Text) -> Sequence[str]:
    return (text.words.text, *text.words.titles, text.file.text, *text.file.titles)


ONE = "/teksten/{language}/{key}/{number:int}"
PAGE = Page(
    "teksten",
    show,
    acts={f"{ONE}/proef": check, f"{ONE}/publiceer": publish, f"{ONE}/terug": put_back},
    below={ONE: show_one},
    shows_people=False,
)
