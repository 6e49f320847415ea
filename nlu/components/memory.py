"""Remembers the vectors of texts that were seen shortly before, without keeping the texts."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

Encode = Callable[[list[str]], np.ndarray]


class LastBatch:
    """Puts an encoder behind a memory of the last list of texts.

    Training reads the same sentences twice: for their mean, and for their features. A server gets one text
    at a time, which is not kept.
    """

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._texts: list[str] = []
        self._vectors = np.empty((0, 0))

    def __call__(self, texts: list[str]) -> np.ndarray:
        """The vectors of the texts, one row each."""
        if len(texts) == 1:
            return self._encode(texts)
        if texts != self._texts:
            self._texts, self._vectors = texts, self._encode(texts)
        return self._vectors


class VectorMemory:
    """Puts an encoder behind a least-recently-used memory ("ja", "nee", "weet ik niet" come often).

    Keys are digests made with a key of this process: what residents wrote is not kept here, and cannot be
    guessed back from a memory dump of a digest alone.
    """

    def __init__(self, encode: Encode, size: int, longest: int = 80) -> None:
        self._encode = encode
        self._size = size
        self._longest = longest
        self._key = secrets.token_bytes(32)
        self._vectors: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def __call__(self, texts: list[str]) -> np.ndarray:
        """The vectors of the texts, one row each."""
        if len(texts) != 1 or len(texts[0]) > self._longest:
            return self._encode(texts)
        return self._one(texts[0])

    def _one(self, text: str) -> np.ndarray:
        digest = hashlib.blake2b(text.encode(), key=self._key, digest_size=16).digest()
        if digest not in self._vectors:
            self._vectors[digest] = self._encode([text])
        self._vectors.move_to_end(digest)
        if len(self._vectors) > self._size:
            self._vectors.popitem(last=False)
        return self._vectors[digest]
