"""The intents in groups, as in the design; all others are topics."""

from __future__ import annotations

DANGERS = ("gas_smell", "carbon_monoxide", "suicide", "violence", "fire")
CRISES = ("cut_off", "eviction", "no_money")
WISHES = (
    *("talk_to_human", "make_appointment", "change_appointment", "cancel_appointment"),
    *("ask_privacy", "delete_my_data", "ask_identity", "distrust", "decline_help"),
    *("for_someone_else", "other_language", "hard_to_read"),
)
DIALOGUE = (
    *("affirm", "deny", "dont_know", "skip", "go_back", "stop", "repeat", "greet"),
    *("thank", "goodbye", "help", "out_of_scope"),
)
