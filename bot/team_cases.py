"""What a member of the team does with a request: take it, say no, speak, note, close, give back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from actions import closing, handoffs, measures, notes, outbox, practice, relay, routing, team, veils
from actions.handoffs import Claim
from actions.opening_hours import local_day
from actions.outbox import Button, Message, queue
from actions.relay import Letter
from actions.services import Service
from actions.team_settings import is_away, loads
from bot.incoming import Kind
from bot.team_visit import Rows, TeamVisit
from store.states import Measures, OfferAnswer, Outcome, RequestState
from store.tables import Request, RequestNote

log = structlog.get_logger()
SENTENCES = range(1, 11)
NOTE = "note"
NOTE_WITHIN = timedelta(minutes=15)
LONG_AGO = timedelta(days=30)
NUMBER = re.compile(r"\d{1,10}", re.ASCII)
"""Of a message or a member: at Telegram a message has at most 32 bits, and what is longer was made up."""
MOST_SERVICES = 8
MOST_HELPERS = 90
"""Telegram takes a hundred buttons."""
NOT_YET = "not_yet"
Act = Callable[[TeamVisit, int, str], None]


def claim(visit: TeamVisit, number: int, _: str) -> None:
    """*Ik pak dit op*."""
    result, found = handoffs.claim(visit.session, visit.now, visit.member, number)
    if result is Claim.GONE or found is None:
        return _refused(visit, "claim", number)
    if result is Claim.TAKEN and found.claimed_by is visit.member:
        visit.tell("utter_already_yours")
    elif result is Claim.TAKEN and found.claimed_by is not None:
        visit.tell("utter_already_claimed", name=found.claimed_by.name)
    return None


def decline(visit: TeamVisit, number: int, _: str) -> None:
    """*Ik kan niet* on a card."""
    if _practised(visit, number):
        return
    if not handoffs.decline(visit.session, visit.now, visit.member, number, OfferAnswer.DECLINED):
        _refused(visit, "decline", number)


def too_heavy(visit: TeamVisit, number: int, _: str) -> None:
    """*Te zwaar voor mij*, on a card or in a talk."""
    if _practised(visit, number):
        return None
    if handoffs.release(visit.session, visit.now, visit.member, number, too_heavy=True):
        return visit.tell("team_given_to_professional", number=number)
    if not handoffs.decline(visit.session, visit.now, visit.member, number, OfferAnswer.TOO_HEAVY):
        return _refused(visit, "heavy", number)
    return None


def _practised(visit: TeamVisit, number: int) -> bool:
    """Say no to the card to practise with; gives whether it was one."""
    found = handoffs.lock(visit.session, number)
    if found is None or not found.practice or not routing.knows(visit.session, visit.member, found):
        return False
    practice.decline(visit.session, visit.now, found)
    return True


def give_back(visit: TeamVisit, number: int, _: str) -> None:
    """*Teruggeven*: others are asked."""
    if not handoffs.release(visit.session, visit.now, visit.member, number):
        return _refused(visit, "back", number)
    return visit.tell("team_given_back", number=number)


def open_case(visit: TeamVisit, number: int, _: str) -> None:
    """Show a request again to whoever has it; opening it is written down."""
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None:
        return _refused(visit, "open", number)
    return handoffs.show_case(visit.session, visit.now, found, visit.member)


def spoke(visit: TeamVisit, number: int, _: str) -> None:
    """*Ik heb contact gehad*."""
    if relay.spoke(visit.session, visit.now, visit.member, number) is None:
        return _refused(visit, "spoke", number)
    return visit.tell("team_spoke", number=number)


def to_case(visit: TeamVisit, number: int, rest: str) -> None:
    """Somebody with several cases said for whom the message was."""
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None or not NUMBER.fullmatch(rest):
        _log_refused(visit, "case", number)
        return visit.tell("team_no_case")
    pressed = visit.pressed()
    if pressed is not None and outbox.is_replaced(visit.session, pressed):
        return None
    visit.show("team_passed_on", number=number)
    letter = Letter(visit.incoming.chat_id, int(rest), "", is_file=True)
    return pass_on(visit, found, letter)


def pass_on(visit: TeamVisit, found: Request, letter: Letter) -> None:
    """Send what the member wrote to the resident, or to the one who is played when they practise."""
    if found.practice:
        return practice.reply(visit.session, visit.now, found, visit.incoming.chat_id)
    return relay.to_resident(visit.session, visit.now, found, visit.member, letter)


def sentences(visit: TeamVisit, number: int, _: str) -> None:
    """The ready-made sentences, to choose from."""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "sentences", number)
    rows = tuple((Button(f"button_sentence_{one}", f"say:{number}:{one}"),) for one in SENTENCES)
    return visit.tell("team_sentences", rows, number=number)


def say(visit: TeamVisit, number: int, rest: str) -> None:
    """Send one of them; a second press on the same list sends nothing more."""
    found, pressed = handoffs.held_by(visit.session, visit.member, number), visit.pressed()
    if found is None or rest not in map(str, SENTENCES):
        return _refused(visit, "say", number)
    if pressed is not None and outbox.is_replaced(visit.session, pressed):
        return None
    visit.show("team_sentence_sent", number=number, sentence=rest, name=visit.member.name)
    if found.practice:
        return practice.reply(visit.session, visit.now, found, visit.incoming.chat_id)
    said = Message(f"utter_sentence_{rest}", {"name": visit.member.name})
    veils.tell(visit.session, visit.now, found.person, said, handoffs.subject_of(found))
    return relay.replied(visit.session, visit.now, found)


def ask_note(visit: TeamVisit, number: int, _: str) -> None:
    """*Notitie*: what is typed next is kept, and not passed on."""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "note", number)
    return visit.tell("team_ask_note", (), f"{NOTE}:{number}", number=number)


def take_note(visit: TeamVisit) -> bool:
    """Keep what was typed as a note, if it was asked for a moment ago or last of all; gives whether it was.

    Nothing that could be meant as a note is passed on to a resident, whatever it is.
    """
    incoming, session = visit.incoming, visit.session
    last = outbox.last_subject(session, visit.now, incoming.chat_id) or ""
    since = visit.now - (LONG_AGO if last.startswith(f"{NOTE}:") else NOTE_WITHIN)
    asked = outbox.last_begun(session, incoming.chat_id, f"{NOTE}:", since)
    if asked is None or asked.subject is None:
        return False
    number = int(asked.subject.partition(":")[2])
    about = handoffs.request_of(outbox.subject_of(session, incoming.chat_id, incoming.reply_to or 0))
    if about not in (None, number):
        return False
    if incoming.kind is not Kind.TEXT:
        visit.tell("team_note_words_only", (), asked.subject)
        return True
    outbox.refile(session, incoming.chat_id, f"{NOTE}:", "noted")
    return keep_note(visit, number, incoming.text)


def keep_note(visit: TeamVisit, number: int, text: str) -> bool:
    """Write a note down with a request that the member has; it is never passed on, whatever happens."""
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None:
        _refused(visit, NOTE, number)
    else:
        written = notes.write(visit.session, visit.now, found, visit.member, text)
        told = _noted("team_noted", number, text)
        source = (visit.incoming.chat_id, visit.incoming.message_id or 0)
        notes.confirm(visit.session, visit.now, written, told, source)
    return True


def change_note(visit: TeamVisit, written: RequestNote, text: str) -> None:
    """The message in which a note was written was edited: the note says that now, and is no second one."""
    number = written.request_id
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None or not text:
        return visit.tell("team_note_stands", number=number)
    notes.change(visit.session, visit.now, found, visit.member, written, text)
    told = _noted("team_note_changed", number, text)
    queue(visit.session, visit.now, visit.incoming.chat_id, told)
    return None


def _noted(key: str, number: int, text: str) -> Message:
    """The answer to a note, or to a new wording of it; what does not fit is told."""
    fits = len(text) <= notes.LONGEST
    return Message(key if fits else "team_noted_in_part", {"number": number, "longest": notes.LONGEST})


def ask_outcome(visit: TeamVisit, number: int, _: str) -> None:
    """*Sluiten*: how did it end?"""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "close", number)
    names = [*(outcome.value for outcome in Outcome), NOT_YET]
    rows = tuple((Button(f"button_outcome_{name}", f"end:{number}:{name}"),) for name in names)
    return visit.tell("team_ask_outcome", rows, number=number)


def end(visit: TeamVisit, number: int, rest: str) -> None:
    """An outcome was chosen; with "referred" also to which service."""
    name, _, detail = rest.partition(":")
    found = handoffs.held_by(visit.session, visit.member, number)
    if found is None:
        return _refused(visit, "end", number)
    if name == NOT_YET:
        return visit.show("team_not_closed", number=number)
    if name not in {outcome.value for outcome in Outcome}:
        return visit.tell("team_help")
    if name == Outcome.REFERRED.value and not detail:
        return visit.show("team_ask_service", _service_rows(visit, found), number=number)
    service = detail if detail in visit.words.directory() else None
    visit.show("team_closed_as", number=number, outcome=name)
    if found.practice:
        return practice.finish(visit.session, visit.now, found, visit.incoming.chat_id)
    closing.close(visit.session, visit.now, visit.member, number, Outcome(name), service)
    return None


def _service_rows(visit: TeamVisit, found: Request) -> Rows:
    """The services for these topics first; a button each, and one for what is not in the directory."""
    topics = set(found.topics.split())
    services = [one for one in visit.words.directory().services if one.switched_on and one.serves(found.wijk)]
    services.sort(key=lambda one: not topics & set(one.topics))
    chosen = [_service_button(found, one) for one in services[:MOST_SERVICES]]
    return (*((one,) for one in chosen), (Button("button_service_other", f"end:{found.id}:referred:other"),))


def _service_button(found: Request, service: Service) -> Button:
    return Button("button_service", f"end:{found.id}:referred:{service.key}", {"service_name": service.name})


def again(visit: TeamVisit, number: int, _: str) -> None:
    """*Heropen*: whoever closed a request begins it again, and has it at once."""
    found = handoffs.lock(visit.session, number)
    if found is None or found.state is not RequestState.CLOSED or found.claimed_by_id != visit.member.id:
        return _refused(visit, "again", number)
    closing.reopen(visit.session, visit.now, found, visit.member)
    return None


def who_gets_it(visit: TeamVisit, number: int, _: str) -> None:
    """*Geef aan iemand*: the coordinator sees who has room."""
    found = handoffs.lock(visit.session, number)
    if found is None:
        return _refused(visit, "pass", number)
    load, day = loads(visit.session), local_day(visit.now)
    there = [one for role in routing.HELPERS for one in team.reachable(visit.session, role) if not is_away(one, day)]
    helpers = [one for one in there if not routing.goes_against(one, found)][:MOST_HELPERS]
    rows = tuple(
        (Button("button_give", f"give:{number}:{one.id}", {"name": one.name, "count": load.get(one.id, 0)}),)
        for one in helpers
    )
    return visit.tell("coordinator_who_gets_it" if rows else "coordinator_nobody_there", rows, number=number)


def give(visit: TeamVisit, number: int, rest: str) -> None:
    """The coordinator chose somebody."""
    chosen = None
    if NUMBER.fullmatch(rest):
        chosen = handoffs.assign(visit.session, visit.now, visit.member, number, int(rest))
    if chosen is None:
        return _refused(visit, "give", number)
    return visit.show("coordinator_given", number=number, name=chosen.name)


def want(visit: TeamVisit, number: int, rest: str) -> None:
    """Free materials: of which kind, and then on the list."""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "want", number)
    if rest not in list(Measures):
        rows = tuple((Button(f"button_measures_{one.value}", f"want:{number}:{one.value}"),) for one in Measures)
        return visit.tell("team_ask_measures", rows, number=number)
    measures.want(visit.session, visit.now, visit.member, number, Measures(rest))
    return visit.show("team_measures_wanted", number=number, measures=rest)


def picked_up(visit: TeamVisit, number: int, _: str) -> None:
    """The free materials were picked up."""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "picked", number)
    measures.pick_up(visit.session, visit.now, visit.member, number)
    return visit.tell("team_picked_up", number=number)


def fitted(visit: TeamVisit, number: int, _: str) -> None:
    """The free materials were fitted."""
    if handoffs.held_by(visit.session, visit.member, number) is None:
        return _refused(visit, "fitted", number)
    measures.fit(visit.session, visit.now, visit.member, number)
    return visit.tell("team_fitted", number=number)


def _refused(visit: TeamVisit, act: str, number: int) -> None:
    """A button that is old, forwarded or made up: it does nothing, and that is written down."""
    _log_refused(visit, act, number)
    visit.tell("utter_request_gone")


def _log_refused(visit: TeamVisit, act: str, number: int) -> None:
    log.warning("team_button_refused", act=act, request_id=number, member_id=visit.member.id)


ACTS: Mapping[str, Act] = {
    "claim": claim,
    "decline": decline,
    "heavy": too_heavy,
    "back": give_back,
    "open": open_case,
    "spoke": spoke,
    "case": to_case,
    "sentences": sentences,
    "say": say,
    "note": ask_note,
    "close": ask_outcome,
    "end": end,
    "again": again,
    "pass": who_gets_it,
    "give": give,
    "want": want,
    "picked": picked_up,
    "fitted": fitted,
}
