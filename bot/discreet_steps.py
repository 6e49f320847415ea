"""The actions of `flows/discreet.yml`: silent messages on and off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions import discreet
from bot.asked import Asked
from bot.dialogue.conversation import Done


def write_discreetly(asked: Asked) -> Done:
    """What the bot begins is silent and says nothing by itself."""
    discreet.switch_on(asked.session, asked.now, asked.person)
    return Done()


def write_openly(asked: Asked) -> Done:
    """Messages as everybody gets them."""
    discreet.switch_off(asked.session, asked.now, asked.person)
    return Done()


def find_discreet(asked: Asked) -> Done:
    """Whether this resident gets silent messages already."""
    return Done({"discreet": "yes" if asked.person.discreet else "no"})


STEPS: Mapping[str, Callable[[Asked], Done]] = {
    "action_write_discreetly": write_discreetly,
    "action_write_openly": write_openly,
    "action_find_discreet": find_discreet,
}
