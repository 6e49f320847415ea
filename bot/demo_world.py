"""The invented wijken of the demo data: who lives and works there, what they come for, and how they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.states import Role

NOBODY = 2**60
"""Chat ids from here on are nobody's: Telegram's have at most 52 bits. By them people of the demo data are known."""
SURNAME = "Voorbeeld"
NAMES = (
    *("Aisha", "Anneke", "Bram", "Cor", "Dina", "Emre", "Els", "Farid", "Gerda", "Hassan", "Ingrid", "Jaap"),
    *("Karin", "Lucia", "Mo", "Nel", "Olga", "Piet", "Rachid", "Saskia", "Tanja", "Umar", "Wim", "Yusuf", "Zofia"),
)
PLACE = "Voorbeeld: "
"""What the place of each poster of the demo data begins with."""
POSTERS = ("buurthuis", "trappenhuis", "huisarts", "supermarkt")
"""Where posters hang: all four in the first wijk, the first two in the others."""


@dataclass(frozen=True)
class Helper:
    """Somebody of the team; `wijk` counts from 0, None helps in all. `quick` is 1 for most, less for who is slow."""

    name: str
    role: Role
    wijk: int | None = None
    hours: str = ""
    capacity: int = 12
    quick: float = 1.0


TEAM: Sequence[Helper] = (
    Helper("Fatma", Role.WIJKVERBINDER, 0, "di, do 10-12, wo 13-16"),
    Helper("Joop", Role.WIJKVERBINDER, 0, "ma, vr 13-16", quick=0.5),
    Helper("Samira", Role.WIJKVERBINDER, 0, "ma, do 9-12"),
    Helper("Henk", Role.WIJKVERBINDER, 1, "di 9-12, vr 10-12", quick=0.6),
    Helper("Truus", Role.WIJKVERBINDER, 2, "wo 9-12, do 13-16"),
    Helper("Ali", Role.WIJKVERBINDER, 2, "ma 13-16"),
    Helper("Petra", Role.PROFESSIONAL, None, "ma-vr 9-12", capacity=20),
    Helper("Coby", Role.COORDINATOR),
    Helper("Kees", Role.ENERGY_COACH, None, "wo 10-16"),
    Helper("Rob", Role.VOLUNTEER, None, "vr 9-16"),
    Helper("Lies", Role.READER),
)
"""Everybody of `bot.demo.TEAM` is among them, so that these have a year behind them in the demo."""
COACH_AWAY_DAYS = 70
"""So long before the end of the year the energy coach stops, so that people wait for a time."""
SHARES = (5, 2, 3)
"""How many residents the first wijk has beside the second and the third; more wijken have as many as the last."""

MENU: Mapping[str, str] = {
    "draught": "draught",
    "high_bill": "bill",
    "payment_arrears": "arrears",
    "unopened_letters": "letter",
    "talk_to_human": "human",
}
"""The topics with a button in the menu; for the others people type."""
SENTENCES: Mapping[str, Sequence[str]] = {
    "draught": ("het tocht hier zo bij het raam", "koude lucht komt door de deur naar binnen"),
    "cold_home": ("ik krijg het huis niet warm", "het is zo koud binnen"),
    "high_bill": ("mijn rekening voor energie is veel te hoog", "waarom moet ik zoveel bijbetalen"),
    "payment_arrears": ("ik loop achter met betalen", "het lukt niet meer met de rekeningen"),
    "unopened_letters": ("ik maak de brieven niet meer open", "er ligt een stapel post"),
    "mould": ("er zit schimmel in de slaapkamer", "zwarte plekken op de muur"),
    "heating_broken": ("de verwarming doet het niet", "de kachel is stuk"),
    "landlord_complaint": ("de verhuurder doet niks", "ik heb al drie keer gebeld met de verhuurder"),
    "neighbours_same_problem": ("de buren hebben er ook last van",),
    "energy_advice": ("ik wil wel dat een energiecoach meekijkt",),
    "small_measures": ("wat kan ik zelf doen tegen de kou",),
    "allowances": ("krijg ik wel alle toeslagen",),
    "debt_collector": ("er komt een brief van het incassobureau",),
    "cut_off": ("ze gaan me afsluiten van de stroom",),
    "eviction": ("ik moet mijn huis uit",),
    "no_money": ("ik heb geen geld meer voor eten",),
    "talk_to_human": ("ik wil graag een mens spreken",),
    "gas_smell": ("ik ruik gas",),
}
"""What residents type when they begin, by what it means."""
UNCLEAR = (
    "tja dat is bij ons net weer anders",
    "vorige keer ook al met die man",
    "zeg het maar hoor",
    "mijn dochter zei dat ik dit moest doen",
    "net als bij de overburen toen",
    "dat ding boven blijft maar gaan",
    "ze waren hier laatst met z'n tweeen",
    "hoe zit dat dan met de voordeur beneden",
    "bij ons is dat sinds de winter zo",
    "ik heb het al eens opgeschreven ergens",
    "dat hangt er van af wie er komt",
    "nou ja zo gaat het hier altijd",
)
"""What nobody understands without a person who reads it."""
WINTER, SPRING, SUMMER = (11, 12, 1, 2, 3), (4, 5), (6, 7, 8)
COMES_IN: Mapping[str, tuple[float, float, float, float]] = {
    "draught": (9, 4, 1, 4),
    "cold_home": (6, 1, 0.2, 2),
    "high_bill": (6, 8, 2, 3),
    "payment_arrears": (4, 5, 4, 4),
    "unopened_letters": (3, 3, 3, 3),
    "mould": (3, 2, 1, 2),
    "heating_broken": (2, 0.3, 0.1, 1.5),
    "landlord_complaint": (1, 1, 1, 1),
    "neighbours_same_problem": (1, 0.5, 0.2, 0.7),
    "energy_advice": (1.5, 2, 2, 2),
    "small_measures": (2.5, 1, 0.5, 2),
    "allowances": (1, 1.5, 1, 1),
    "debt_collector": (1, 1, 1, 1),
    "cut_off": (1, 0.6, 0.4, 0.6),
    "eviction": (0.5, 0.4, 0.4, 0.4),
    "no_money": (0.8, 0.6, 0.6, 0.6),
    "talk_to_human": (2, 2, 2, 2),
    "gas_smell": (0.4, 0.2, 0.1, 0.2),
}
"""How much people come for what in winter, spring, summer and autumn."""
MORE_IN: Mapping[int, Mapping[str, float]] = {
    0: {"mould": 1.6, "landlord_complaint": 2},
    1: {"high_bill": 1.3},
    2: {"energy_advice": 2.5, "small_measures": 1.5},
}
"""In which wijk something is more common, counted from 0."""

ANSWERS: Mapping[str, Mapping[str, float]] = {
    "consent": {"yes": 14, "no": 1},
    "tenure": {"portaal": 10, "other_landlord": 3, "own": 3, "unknown": 1},
    "inside_temperature": {"under_16": 1.5, "16_19": 6, "20_or_more": 3, "unknown": 2},
    "can_pay": {"yes": 6, "sometimes": 4, "no": 2, "skipped": 0.7},
    "letters": {"no": 6, "opened": 5, "unopened": 3, "skipped": 1},
    "letter_says": {"no": 8, "unknown": 3, "cut_off": 0.8, "eviction": 0.4},
    "bailiff": {"no": 6, "letter": 3, "coming": 0.3, "wage": 1, "unknown": 1},
    "food_at_home": {"yes": 3, "no": 1, "skipped": 1},
    "vulnerable_home": {"yes": 2, "no": 4, "skipped": 1},
    "menu_choice": {"human": 1, "draught": 3, "bill": 3, "arrears": 1, "letter": 1},
    "handoff_consent": {"yes": 3, "no": 2},
    "send_ok": {"yes": 7, "choose": 4, "no": 3},
    "send_ok_chosen": {"yes": 9, "no": 1},
    "reach": {"here": 6, "telephone": 2, "home": 3, "community_centre": 2, "walk": 1},
    "by_whom": {"own_wijk": 8, "other_wijk": 1, "professional": 2},
    "call_wanted": {"yes": 2, "no": 1},
    "first_time": {"yes": 5, "no": 3, "skipped": 1},
    "measures_wanted": {"kit": 2, "fitting": 5, "no": 2},
    "plan_now": {"yes": 3, "no": 1},
    "when": {"first": 5, "second": 3, "third": 2, "other_day": 0.7, "call": 0.3, "unknown": 0.5},
    "which_day": {"day_1": 3, "day_2": 2, "day_3": 1, "day_4": 0.5, "day_5": 0.5, "unknown": 0.3},
    "wait_choice": {"wait": 6, "later": 1, "call": 0.5, "unknown": 1},
    "appointment_still": {"yes": 7, "move": 5, "cancel": 0.6},
    "appointment_kept": {"yes": 8, "no": 1.2, "nobody": 1.2},
    "try_again": {"yes": 3, "no": 1},
    "promise_kept": {"yes": 7, "no": 1, "missed": 1},
    "solved": {"yes": 3, "not_yet": 1.5},
    "useful": {"yes": 5, "a_little": 3, "no": 1.3, "skipped": 0.7},
    "warmer": {"yes": 4, "a_little": 3, "no": 1},
    "tips_worked": {"warmer": 3, "same": 2, "not_done": 2},
    "complex": {"none": 1},
}
"""How often which answer is given, beside the others that are offered (1 when it is not named)."""
LEAVES: Mapping[str, float] = {
    "consent": 0.07,
    "menu_choice": 0.08,
    "can_pay": 0.07,
    "letter_says": 0.13,
    "behind_with": 0.12,
    "bill_band": 0.06,
    "send_ok": 0.12,
    "wijk": 0.06,
    "phone": 0.2,
    "address": 0.08,
    "plan_now": 0.05,
}
"""The part of the people that stops at a question; elsewhere `LEAVES_ELSEWHERE`."""
LEAVES_ELSEWHERE = 0.03
TYPED: Mapping[str, str] = {"phone": "06 12345678", "address": "Voorbeeldstraat 1"}
"""What is typed where no button fits; erased again when the year is over."""
