"""Telephone numbers: those that a text names, and those that the directory is sure of (domain.md, section 2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from actions.services import Directory, Fit
from bot.content.source import Said

_NUMBER = re.compile(r"(?<![\d.,])(?:\+31|0)[\d -]{6,13}\d\b|(?<![\d.,])\b11[2-9]\b")


def named(text: str) -> list[str]:
    """The numbers to call in a text, as they are written there."""
    return _NUMBER.findall(text)


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def certain(directories: Iterable[Directory]) -> frozenset[str]:
    """The digits of every number that is certain, or that somebody confirmed, however long ago."""
    services = (service for directory in directories for service in directory.services)
    fit = (service for service in services if service.fit(date.min) is Fit.SHOWN)
    return frozenset(digits(phone.number) for service in fit for phone in service.phones)


def not_certain(said: Iterable[Said], sure: Collection[str]) -> Iterator[str]:
    """A line for each number in these texts that is not among the digits in `sure`."""
    for one in said:
        for number in named(one.text):
            if digits(number) not in sure:
                yield f"{one.where(number)}: {number} is no certain number of directory/; take it out or confirm it."
