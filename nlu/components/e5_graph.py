"""Writes the network of multilingual-e5-small as an ONNX graph with 8-bit weights."""

from __future__ import annotations

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from nlu.components.e5_weights import E5Weights

MICROSOFT = "com.microsoft"
OPSETS = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
IR_VERSION = 8


def onnx_graph(weights: E5Weights) -> bytes:
    """A model from embedded tokens `(texts, tokens, width)`, texts of equal length, to one mean vector each."""
    return _Graph(weights).serialized()


class _Graph:
    def __init__(self, weights: E5Weights) -> None:
        self._weights = weights
        self._sizes = weights.sizes
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialized(self) -> bytes:
        out = self._normalised("tokens", "emb.ln")
        for number in range(self._sizes.layers):
            out = self._layer(out, f"l{number}")
        axes = self._constant("axes", np.array([1]))
        self._nodes.append(helper.make_node("ReduceMean", [out, axes], ["mean"], keepdims=0))
        model = helper.make_model(self._graph(), opset_imports=OPSETS, ir_version=IR_VERSION)
        return model.SerializeToString()

    def _graph(self) -> object:
        width = self._sizes.width
        tokens = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["texts", "length", width])
        mean = helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["texts", width])
        return helper.make_graph(self._nodes, "e5", [tokens], [mean], self._constants)

    def _layer(self, given: str, name: str) -> str:
        parts = [f"{name}.{part}" for part in ("q", "k", "v")]
        together = self._linear(given, parts, self._sizes.width)
        separate = self._node("Split", [together], outputs=3, axis=2, num_outputs=3)
        heads = self._node("MultiHeadAttention", separate, MICROSOFT, num_heads=self._sizes.heads)[0]
        attended = self._linear(heads, [f"{name}.ao"], self._sizes.width)
        middle = self._normalised(attended, f"{name}.aln", beside=given)
        wide = self._linear(middle, [f"{name}.fi"], self._sizes.width)
        bent = self._node("Gelu", [wide], MICROSOFT)[0]
        narrow = self._linear(bent, [f"{name}.fo"], self._sizes.inner)
        return self._normalised(narrow, f"{name}.oln", beside=middle)

    def _linear(self, given: str, names: list[str], columns: int) -> str:
        """Multiplies by 8-bit weights, one scale for each output: they lose little and fit the cache."""
        matrix = np.vstack([self._weights.matrix(f"{name}.w", columns) for name in names])
        scale = np.abs(matrix).max(axis=1) / 127
        whole = np.round(matrix / scale[:, None]).astype(np.int8).T
        bias = np.concatenate([self._weights.floats(f"{name}.b") for name in names])
        constants = [
            self._constant(f"{names[0]}.{kind}", array)
            for kind, array in (
                ("whole", whole),
                ("scale", scale.astype(np.float32)),
                ("bias", bias),
            )
        ]
        return self._node(
            "DynamicQuantizeMatMul",
            [given, *constants[:2], "", constants[2]],
            MICROSOFT,
        )[0]

    def _normalised(self, given: str, name: str, beside: str = "") -> str:
        constants = [self._constant(f"{name}.{part}", self._weights.floats(f"{name}.{part}")) for part in ("w", "b")]
        epsilon = self._sizes.epsilon
        if not beside:
            return self._node("LayerNormalization", [given, *constants], epsilon=epsilon)[0]
        inputs = [given, beside, *constants]
        return self._node("SkipLayerNormalization", inputs, MICROSOFT, epsilon=epsilon)[0]

    def _node(
        self,
        kind: str,
        inputs: list[str],
        domain: str = "",
        outputs: int = 1,
        **settings: object,
    ) -> list[str]:
        names = [f"{kind}_{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, domain=domain, **settings))
        return names

    def _constant(self, name: str, array: np.ndarray) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name
