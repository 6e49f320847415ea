"""What is held of somebody, told in short messages and in full as a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime

from actions.data_map import Held, Term, Whose, called
from actions.my_data import Part
from actions.opening_hours import AMSTERDAM
from actions.outbox import Message
from actions.privacy import Erased
from bot.dialogue.content import DUTCH
from bot.words import Words
from store.agenda_tables import AppointmentState
from store.states import RequestState
from store.states import Words as Status

Parts = Mapping[str, Part]
MOST_TOLD = 5
"""Requests, appointments and sentences that are told; the file has them all."""


def of_resident(words: Words, now: datetime, parts: Parts) -> list[Message]:
    """The messages for a resident, with the file as the last."""
    told = [
        *_you(words, parts),
        *_talk(words, parts),
        *_requests(words, parts),
        *_appointments(now, parts),
        *_sentences(words, parts),
        *_counted(words, parts),
        *_notes(parts),
    ]
    return [*told, Message("utter_my_data_file", document=as_file(words, now, parts, Whose.RESIDENT))]


def of_member(words: Words, now: datetime, parts: Parts) -> list[Message]:
    """The message for a member of the team, with the file."""
    return [Message("team_my_data", document=as_file(words, now, parts, Whose.MEMBER))]


def receipt(erased: Erased) -> list[Message]:
    """What was erased, what stays, and that Telegram keeps a copy: messages of which nothing is kept."""
    lines = [{"line": line, "count": count} for line, count in asdict(erased).items() if count and line != "unread"]
    told = [_listed("utter_forgotten_what", "utter_forgotten_count", lines)] if lines else []
    unread = [Message("utter_forgotten_unread")] if erased.unread else []
    said = [Message("utter_forgotten"), *told, Message("utter_forgotten_stays"), *unread]
    return [replace(one, last=True) for one in said]


# --- short messages ---------------------------------------------------------------------------------------------


def _you(words: Words, parts: Parts) -> Iterator[Message]:
    person, talk = _only(parts, "people"), _only(parts, "talks")
    slots = talk["state"].get("slots", {}) if talk else {}
    lines: list[dict[str, Any]] = []
    if person["first_name"]:
        lines.append({"line": "name", "name": person["first_name"]})
    lines.append({"line": "since", "day": _day(person["created_at"])})
    if slots.get("wijk") in words.wijk_names:
        lines.append({"line": "wijk", "wijk": slots["wijk"]})
    lines.append({"line": "language", "name": _language(person["language"])})
    flags = ("source", "messages_stopped", "discreet")
    lines += [{"line": flag} for flag in flags if person[flag]]
    yield _listed("utter_my_data_you", "utter_my_data_line", lines)


def _talk(words: Words, parts: Parts) -> Iterator[Message]:
    talk = _only(parts, "talks")
    if talk:
        until = talk["updated_at"] + words.terms["unkept" if talk["unkept"] else Term.TALK]
        answers = _answers(words, talk["state"])
        refused = talk["state"].get("slots", {}).get("consent") == "no"
        keeps = "halfway" if talk["unkept"] else "no" if refused else "yes"
        yield Message("utter_my_data_talk", {"keeps": keeps, "answers": len(answers), "until": _day(until)})


def _requests(words: Words, parts: Parts) -> Iterator[Message]:
    term = words.terms[Term.CLOSED_REQUEST]
    for row in _rows(parts, "requests")[-MOST_TOLD:]:
        closed = row["closed_at"] if row["state"] is RequestState.CLOSED else None
        told = {
            "number": row["id"],
            "summary": row["summary"],
            "state": words.say(f"my_data_value_{row['state'].value}", {}),
            "until": _day(closed + term) if closed else "",
            "days": term.days,
        }
        yield Message("utter_my_data_request", told)


def _appointments(now: datetime, parts: Parts) -> Iterator[Message]:
    rows = [row for row in _rows(parts, "appointments") if row["state"] is AppointmentState.BOOKED]
    coming = [{"starts": row["starts_at"].isoformat()} for row in rows if row["ends_at"] > now]
    if coming:
        yield _listed("utter_my_data_appointments", "utter_my_data_appointment", coming[:MOST_TOLD])


def _sentences(words: Words, parts: Parts) -> Iterator[Message]:
    rows = _rows(parts, "misunderstood")
    if rows:
        lines = [{"text": row["text"]} for row in rows[-MOST_TOLD:]]
        told = _listed("utter_my_data_sentences", "utter_my_data_sentence", lines)
        days = words.terms[Term.MISUNDERSTOOD].days
        yield Message(told.key, {**told.values, "count": len(rows), "days": days})


def _counted(words: Words, parts: Parts) -> Iterator[Message]:
    kinds = {"outgoing": Term.MESSAGE, "attachments": Term.ATTACHMENT, "signals": Term.SIGNAL}
    lines = [
        {"line": name, "count": len(rows), "days": words.terms[term].days}
        for name, term in kinds.items()
        if (rows := _rows(parts, name))
    ]
    if lines:
        yield _listed("utter_my_data_counted", "utter_my_data_count", lines)


def _notes(parts: Parts) -> Iterator[Message]:
    if notes := _rows(parts, "request_notes"):
        yield Message("utter_my_data_notes", {"count": len(notes)})


def _listed(key: str, item_key: str, items: Sequence[Mapping[str, Any]]) -> Message:
    return Message(key, {"items": list(items), "item_key": item_key})


def _rows(parts: Parts, name: str) -> Sequence[Mapping[str, Any]]:
    return parts[name].rows if name in parts else ()


def _only(parts: Parts, name: str) -> Mapping[str, Any]:
    return next(iter(_rows(parts, name)), {})


# --- the file ---------------------------------------------------------------------------------------------------


def as_file(words: Words, now: datetime, parts: Parts, whose: Whose) -> str:
    """All of it, a paragraph for each thing that is held, in the order of the data map."""
    head = words.say("my_data_file_head", {"day": _day(now), "whose": whose.value})
    told = [_paragraph(words, part) for part in parts.values()]
    return "\n\n".join([head, *told, words.say("my_data_file_foot", {"whose": whose.value})]) + "\n"


def _paragraph(words: Words, part: Part) -> str:
    held = part.held
    title = words.say(called(held), {}).upper()
    term = words.say(f"my_data_term_{held.term.value}", {"days": words.terms[held.term].days if _ends(held) else ""})
    rows = (_row(words, held, row) for row in part.rows)
    withheld = [words.say("my_data_withheld", {})] if held.withheld else []
    told = words.say("my_data_number", {"count": len(part.rows)})
    return "\n\n".join(["\n".join([title, told, term, *withheld]), *(row for row in rows if row)])


def _ends(held: Held) -> bool:
    return held.term is not Term.STAYS


def _row(words: Words, held: Held, row: Mapping[str, Any]) -> str:
    worded = {column: _worded(words, held.name, column, value, row) for column, value in row.items()}
    return "\n".join(f"{words.say(called(held, column), {})}: {value}" for column, value in worded.items() if value)


def _worded(words: Words, table: str, column: str, value: Any, row: Mapping[str, Any]) -> str:
    """A value as people read it; empty when there is none."""
    if value in (None, "", [], {}):
        return ""
    special = SPECIAL.get((table, column)) or SPECIAL.get(("", column))
    if special is not None:
        return special(words, value, row)
    match value:
        case bool():
            return words.say("my_data_yes" if value else "my_data_no", {})
        case datetime():
            return format_datetime(value.astimezone(AMSTERDAM), "d MMMM y, H:mm", tzinfo=None, locale=DUTCH)
        case date():
            return format_date(value, "d MMMM y", locale=DUTCH)
        case Status():
            return words.say(f"my_data_value_{value.value}", {})
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _message(words: Words, value: Any, _: Mapping[str, Any]) -> str:
    """What was said, as it was read; a line for what has no words."""
    message = Message.from_json(value)
    if message.copy_of or message.file or not message.key:
        return words.say("my_data_no_words", {})
    return words.render(message.veils or message).text


def _state(words: Words, value: Any, _: Mapping[str, Any]) -> str:
    """The answers in words, and all of it as it is stored."""
    answers = (f"\n  {question} {answer}" for question, answer in _answers(words, value))
    return "".join((*answers, f"\n  {words.say('my_data_as_stored', {})} {json.dumps(value, ensure_ascii=False)}"))


def _answers(words: Words, state: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The questions that were answered in a talk, each with the words of its button or what was typed."""
    found = []
    for slot, value in state.get("slots", {}).items():
        variant = _asking(words, slot)
        if variant is not None:
            titles = {option.value: option.title for option in variant.options}
            found.append((variant.text.splitlines()[0], titles.get(str(value), str(value))))
    return found


def _asking(words: Words, slot: str) -> Any:
    key = f"utter_ask_{slot}"
    return words.content.response(key).variant({}) if key in words.content.texts[DUTCH] else None


def _by_say(slot: str) -> Callable[[Words, Any, Mapping[str, Any]], str]:
    return lambda words, value, row: words.say(f"utter_say_{slot}", {**row, slot: getattr(value, "value", value)})


def _topics(words: Words, value: str, _: Mapping[str, Any]) -> str:
    return ", ".join(words.say(f"utter_topic_{topic}", {}) for topic in value.split())


def _wijk(words: Words, value: str, _: Mapping[str, Any]) -> str:
    return words.wijk_names.get(value, value)


def _reasons(words: Words, value: str, _: Mapping[str, Any]) -> str:
    return " ".join(str(words.content.triage.reason(row)) for row in value.split())


def _language(code: str) -> str:
    return str(Locale(DUTCH).languages.get(code, code))


def _day(moment: datetime) -> str:
    return format_date(moment.astimezone(AMSTERDAM).date(), "d MMMM y", locale=DUTCH)


SPECIAL: Mapping[tuple[str, str], Callable[[Words, Any, Mapping[str, Any]], str]] = {
    ("outgoing", "content"): _message,
    ("talks", "state"): _state,
    ("requests", "topics"): _topics,
    ("requests", "urgency"): _by_say("urgency"),
    ("requests", "reach"): _by_say("reach"),
    ("requests", "by_whom"): _by_say("by_whom"),
    ("requests", "outcome"): _by_say("outcome"),
    ("requests", "why"): _reasons,
    ("", "wijk"): _wijk,
    ("", "language"): lambda _words, value, _row: _language(value),
}
"""How a column is worded that is no plain moment, number or status."""
