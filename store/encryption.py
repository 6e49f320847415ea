"""Column types that encrypt: what a person is called or wrote, and their number at Telegram, is never plain."""

from __future__ import annotations

import json
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator


class KeysMissing(RuntimeError):
    """No usable key: nothing personal can be read or written."""


_keys: MultiFernet | None = None


def new_key() -> str:
    """A fresh key for `ENCRYPTION_KEYS`."""
    return Fernet.generate_key().decode()


def configure(keys: str) -> None:
    """Set the keys of this process, separated by commas; the first one encrypts, all of them decrypt."""
    global _keys
    named = [key.strip() for key in keys.split(",") if key.strip()]
    if not named:
        raise KeysMissing("ENCRYPTION_KEYS is empty. Make a key with `wijkwijzer keys new` and put it in .env.")
    try:
        _keys = MultiFernet([Fernet(key) for key in named])
    except ValueError as wrong:
        raise KeysMissing("ENCRYPTION_KEYS holds something that is no key. `wijkwijzer keys new` makes one.") from wrong


def current() -> MultiFernet:
    """The keys of this process."""
    if _keys is None:
        raise KeysMissing("ENCRYPTION_KEYS has not been set for this process.")
    return _keys


def encrypt(text: str) -> bytes:
    return current().encrypt(text.encode())


def decrypt(token: bytes) -> str:
    """The text; raises `KeysMissing` when no present key fits, rather than giving rubbish."""
    try:
        return current().decrypt(bytes(token)).decode()
    except InvalidToken as wrong:
        raise KeysMissing("A stored text cannot be read with the present ENCRYPTION_KEYS.") from wrong


def anew(token: bytes) -> bytes:
    """The same, encrypted with the first key; raises `KeysMissing` when no present key fits."""
    try:
        return current().rotate(bytes(token))
    except InvalidToken as wrong:
        raise KeysMissing("A stored text cannot be read with the present ENCRYPTION_KEYS.") from wrong


class EncryptedText(TypeDecorator[str]):
    """Text, encrypted at rest."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value)


class EncryptedJson(TypeDecorator[Any]):
    """A JSON value, encrypted at rest."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(decrypt(value))


SEALING_BITS = 512
_NUMBER_BYTES = 8
_sealing: WeakKeyDictionary[Dialect, AESSIV] = WeakKeyDictionary()
"""By database, as each has a key of its own, which it keeps encrypted (decision 0035)."""


def seal_with(dialect: Dialect, key: bytes) -> None:
    """Set the key for the sealed numbers of a database."""
    _sealing[dialect] = AESSIV(key)


def is_sealing(dialect: Dialect) -> bool:
    """Whether the key for the sealed numbers of this database is there."""
    return dialect in _sealing


class SealedNumber(TypeDecorator[int]):
    """A whole number of at most 64 bits, encrypted at rest; the same one each time, so that it can be looked up."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return _sealing_of(dialect).encrypt(value.to_bytes(_NUMBER_BYTES, "big", signed=True), None)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        try:
            return int.from_bytes(_sealing_of(dialect).decrypt(bytes(value), None), "big", signed=True)
        except InvalidTag as wrong:
            raise KeysMissing("A stored number cannot be read with the key of this database.") from wrong


def _sealing_of(dialect: Dialect) -> AESSIV:
    found = _sealing.get(dialect)
    if found is None:
        raise KeysMissing("This database has no key for numbers yet; run `wijkwijzer db upgrade`.")
    return found
