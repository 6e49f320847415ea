"""Reads what somebody filled in; raises `GivenWrong` with the key of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboard.visit import GivenWrong

MOST_DIGITS = 9


def chosen(given: Mapping[str, str], name: str, known: Mapping[str, object], wrong: str) -> str | None:
    """One of the keys of `known`, or None when nothing was chosen."""
    found = given.get(name, "")
    if found and found not in known:
        raise GivenWrong(wrong)
    return found or None


def number(given: Mapping[str, str], name: str, wrong: str) -> int | None:
    """A whole number from 1, or None when nothing was filled in."""
    found = given.get(name, "").strip()
    if not found:
        return None
    if not (found.isascii() and found.isdecimal() and len(found) <= MOST_DIGITS and int(found) > 0):
        raise GivenWrong(wrong)
    return int(found)


def day(given: Mapping[str, str], name: str, wrong: str) -> date | None:
    """A day as browsers send it, or None when nothing was filled in."""
    found = given.get(name, "").strip()
    try:
        return date.fromisoformat(found) if found else None
    except ValueError as error:
        raise GivenWrong(wrong) from error
