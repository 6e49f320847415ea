"""Telephone numbers: those that a text names, and those that the directory is sure of (domain.md, section 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.dialogue.yaml_lines import read_yaml

_NUMBER = re.compile(r"(?<![\d.,])(?:\+31|0)[\d -]{6,13}\d\b|(?<![\d.,])\b11[2-9]\b")


def named(text: str) -> list[str]:
    """The numbers to call in a text, as they are written there."""
    return _NUMBER.findall(text)


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def certain(directory: Path) -> frozenset[str]:
    """The digits of every number that is certain, or that somebody of the organisation confirmed."""
    files = sorted(directory.glob("*.yml")) if directory.is_dir() else []
    records = (record for file in files for record in _records(read_yaml(file)))
    return frozenset(digits(str(phone["number"])) for record in records for phone in record["phones"])


def _records(found: Any) -> Iterator[dict[str, Any]]:
    """Every record with telephone numbers that may be shown, however deep it lies."""
    if isinstance(found, dict):
        if found.get("phones") and (found.get("status") == "certain" or found.get("assured_date")):
            yield found
        found = list(found.values())
    if isinstance(found, list):
        for part in found:
            yield from _records(part)
