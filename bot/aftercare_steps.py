"""The actions of `flows/aftercare.yml`: what residents say afterwards, and whether they want messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions import attachments, closing, promises, quiet_hours
from actions.request_states import HELD, Change, note
from bot.asked import Asked
from bot.dialogue.conversation import Done
from store.states import RequestState
from store.tables import Member, Request

ANSWERS = {"yes": promises.say_kept, "no": promises.say_broken, "missed": promises.say_missed}


def note_promise(asked: Asked) -> Done:
    """Whether somebody called, as was promised."""
    found, answer = _case(asked), asked.slots["promise_kept"]
    if found is None:
        return Done({"reopened": "gone"})
    if found.state is RequestState.CLOSED and answer != "yes":
        closing.reopen(asked.session, asked.now, found)
    ANSWERS[answer](asked.session, asked.now, found)
    return Done({"reopened": "same" if found.state in HELD else "others"})


def note_solved(asked: Asked) -> Done:
    """It is solved, says the resident; the question after six weeks still comes."""
    found = _case(asked)
    if found is not None:
        note(asked.session, asked.now, found, Change.SOLVED)
    return Done()


def reopen(asked: Asked) -> Done:
    """The request is open again; who helped before is asked first."""
    helper = _who_helped(asked)
    shown_to = closing.reopen_of(asked.session, asked.now, asked.person, _number(asked))
    if shown_to is None:
        return Done({"reopened": "gone"})
    if not shown_to:
        return Done({"reopened": "nobody"})
    return Done({"reopened": "same" if shown_to == (helper,) else "others"})


def leave_closed(asked: Asked) -> Done:
    """They do not want to talk again: what they wrote is kept for nobody."""
    attachments.forget_messages(asked.session, asked.person)
    return Done()


def stop_messages(asked: Asked) -> Done:
    """The bot begins nothing with them any more."""
    quiet_hours.stop(asked.session, asked.person)
    return Done()


def resume_messages(asked: Asked) -> Done:
    """The bot may begin again."""
    quiet_hours.resume(asked.person)
    return Done()


def _case(asked: Asked) -> Request | None:
    return closing.of_resident(asked.session, asked.person, _number(asked))


def _number(asked: Asked) -> int:
    """The request that the question was about; 0 is none."""
    return int(asked.slots.get("case") or 0)


def _who_helped(asked: Asked) -> Member | None:
    found = _case(asked)
    return found.claimed_by if found is not None else None


STEPS: Mapping[str, Callable[[Asked], Done]] = {
    "action_note_promise": note_promise,
    "action_note_solved": note_solved,
    "action_reopen": reopen,
    "action_leave_closed": leave_closed,
    "action_stop_messages": stop_messages,
    "action_resume_messages": resume_messages,
}
