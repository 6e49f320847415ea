"""Makes any text safe for the encoders, one of which is a C library."""

from __future__ import annotations

import unicodedata


def clean(text: str, longest: int) -> str:
    """Gives text in one Unicode form, on one line, of at most `longest` characters.

    Control characters become spaces because a NUL would end the text for the C library, and halves of
    surrogate pairs (legal in JSON) become question marks because they cannot be encoded.
    """
    whole = text[: 2 * longest].encode("utf-8", "replace").decode("utf-8")
    printable = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in whole)
    return " ".join(unicodedata.normalize("NFKC", printable).split())[:longest]
