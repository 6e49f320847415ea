"""The Dutch words of the cells that name something; titles and definitions live with each figure."""

from __future__ import annotations

from collections.abc import Mapping

UNKNOWN = "Onbekend"
WORDS: Mapping[str, str] = {
    "danger": "Gevaar",
    "crisis": "Crisis",
    "soon": "Snel",
    "normal": "Gewoon",
    "info": "Informatie",
    "solved": "Opgelost",
    "referred": "Doorverwezen",
    "coach_booked": "Energiecoach geregeld",
    "measures_placed": "Maatregelen geplaatst",
    "not_reached": "Niet bereikt",
    "other": "Anders",
    "yes": "Ja",
    "no": "Nee",
    "a_little": "Een beetje",
    "not_yet": "Nog niet",
    "skipped": "Zegt het liever niet",
    "resident": "Gemist door de bewoner",
    "member": "Gemist door het team",
    "draught": "Tocht",
    "cold_home": "Koud huis",
    "heating_broken": "Kapotte verwarming",
    "mould": "Schimmel of vocht",
    "high_bill": "Hoge rekening",
    "payment_arrears": "Achter met betalen",
    "unopened_letters": "Brieven niet open",
    "debt_collector": "Deurwaarder of incasso",
    "cut_off": "Afsluiting",
    "eviction": "Uit huis gezet",
    "no_money": "Geen geld voor eten",
    "allowances": "Toeslagen",
    "energy_advice": "Energiecoach",
    "small_measures": "Kleine maatregelen",
    "landlord_complaint": "Klacht bij de verhuurder",
    "neighbours_same_problem": "Buren met dezelfde klacht",
}


def word(key: str) -> str:
    """What stands for a key; a key without words is shown by itself, and an empty one is unknown."""
    return WORDS.get(key, key.replace("_", " ").capitalize()) if key else UNKNOWN


def place(wijk: str) -> str:
    """The name of a wijk, from its key: `de_eng` is De Eng."""
    return wijk.replace("_", " ").title() if wijk else UNKNOWN
