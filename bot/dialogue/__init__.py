"""Plays flows: given a conversation and what was heard, returns what follows. No Telegram, no SQL."""
