"""What residents say and press in the benchmarks: the labels of `flows/texts/nl`."""

from __future__ import annotations

import itertools

import yaml

from sandbox.client import Person
from store.settings import ROOT

AGREE, TOPIC = "Ja, dat mag", "Tocht of kou"
FORTH, BACK = "Ik huur van Portaal", "Terug"
DRAUGHT = (
    FORTH,
    "Bij de deur",
    "16 tot en met 19 graden",
    "Ja, dat lukt",
    "Nee, te smal",
    "Nee",
    "Smitsveen",
    "Ja, stuur door",
)
"""From the first question about draught to the hand-off."""

FILES = ("draught", "cold_home", "mould", "small_measures", "landlord_complaint", "high_bill")
FEWEST_WORDS = 4
PLACES = ("balkondeur", "voordeur", "achterdeur", "keukendeur", "tuindeur", "buitendeur", "deur", "schuifdeur",
          "zijdeur", "garagedeur")  # fmt: skip
HOW = ("hier", "heel erg", "nu weer", "de hele dag", "elke avond", "al weken", "zo", "altijd", "vaak", "ook")


def openings(count: int) -> list[str]:
    """At most a hundred different sentences, all about draught: in a load everybody must come to the same flow."""
    return [f"het tocht {how} bij mijn {place}" for how in HOW for place in PLACES][:count]


def sentences() -> list[str]:
    """Different sentences of residents that only Rasa can understand, topics mixed."""
    per_topic = [_examples(name) for name in FILES]
    mixed = itertools.chain.from_iterable(itertools.zip_longest(*per_topic))
    return [one for one in dict.fromkeys(mixed) if one and len(one.split()) >= FEWEST_WORDS]


def _examples(name: str) -> list[str]:
    data = yaml.safe_load((ROOT / "nlu" / "data" / f"{name}.yml").read_text(encoding="utf-8"))
    lines = data["nlu"][0]["examples"].splitlines()
    return [line.removeprefix("- ") for line in lines]


async def hears_label(person: Person, label: str, seconds: float) -> None:
    """Wait for a message with this button below it."""
    while not any(label in message.labels for message in await person.next_messages(1, timeout=seconds)):
        pass


async def hears_more(person: Person, seconds: float) -> None:
    """Wait for a message that is new, rather than one that was changed."""
    while all(message.edited for message in await person.next_messages(1, timeout=seconds)):
        pass


async def presses(person: Person, label: str, then: str, seconds: float = 30) -> None:
    """Press a button and wait for the question that has the button `then`."""
    await person.presses(label)
    await hears_label(person, then, seconds)
