"""Notes sentences that were not understood, or wrongly, and what the resident chose instead.

Never words about danger, and nothing of somebody who does not want answers kept (domain.md, section 8).
"""

from __future__ import annotations

from collections.abc import Sequence

from actions import misunderstood
from actions.misunderstood import Misunderstood
from bot.dialogue.content import Content
from bot.dialogue.conversation import Event, Happened, Sentence
from bot.incoming import Kind
from bot.understanding.traces import without_traces
from bot.visit import Visit
from store.states import Why

MENU, MENU_CHOICE = "menu", "menu_choice"
TAKING_BACK = frozenset({"back", "stop", "restart"})


def note(content: Content, visit: Visit, events: Sequence[Event]) -> None:
    """Keep the sentence of this visit, or of the last one, when it turns out to be misunderstood."""
    if visit.person_keeps_nothing or visit.heard.danger:
        return
    happened = {event.name: event.detail for event in events if isinstance(event, Happened)}
    _note_choice(visit, happened)
    if not _may_be_kept(content, visit):
        return
    said = _said(visit)
    if "doubted" in happened:
        _keep(visit, said, Why.DOUBT, visit.heard.doubt)
    elif "not_understood" in happened and visit.incoming.text:
        _keep(visit, said, Why.UNSURE, (MENU,))


def _note_choice(visit: Visit, happened: dict[str, str]) -> None:
    """What was pressed after a question of doubt or in the menu, and that a flow that began was not meant."""
    if "meant" in happened:
        misunderstood.choose(visit.session, visit.now, visit.person, happened["meant"])
    answer = visit.heard.answer
    if answer and answer.slot == MENU_CHOICE:
        misunderstood.choose(visit.session, visit.now, visit.person, str(answer.value))
    before = visit.conversation.took_up
    if before and visit.heard.wish in TAKING_BACK:
        _keep(visit, before, Why.CORRECTED, tuple(name for name, _ in before.ranking[:1]))


def took_up(content: Content, visit: Visit, events: Sequence[Event]) -> Sentence | None:
    """The sentence that began a flow in this visit, until the next one shows whether it was meant."""
    began = any(isinstance(event, Happened) and event.name == "flow_started" for event in events)
    kept = began and visit.heard.intents and not visit.heard.doubt and _may_be_kept(content, visit)
    return _said(visit) if kept else None


def _said(visit: Visit) -> Sentence:
    """Without what points to a person: others read it than who helps (docs/decisions/0034)."""
    return Sentence(without_traces(visit.incoming.text), visit.heard.ranking)


def _may_be_kept(content: Content, visit: Visit) -> bool:
    """Typed sentences only; none that answers with free text, and none that could be about a danger."""
    question, ranking = visit.conversation.open, visit.heard.ranking
    private = question is not None and content.slots[question.slot].free
    danger = bool(visit.heard.danger) or any(content.tier(name) == "danger" for name, _ in ranking[:1])
    return visit.incoming.kind is Kind.TEXT and not (private or danger or visit.person_keeps_nothing)


def _keep(visit: Visit, said: Sentence, why: Why, shown: tuple[str, ...]) -> None:
    question = visit.conversation.open
    sentence = Misunderstood(
        text=said.text,
        why=why,
        intents=said.ranking,
        shown=shown,
        open_slot=question.slot if question else None,
        language=visit.heard.language or None,
    )
    misunderstood.note(visit.session, visit.now, visit.person, sentence)
