"""Telegram's servers on your own machine: the Bot API, people who type and press, faults, and a page of phones."""
