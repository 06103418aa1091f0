"""The network that finds names, as it reads one whole text at a time: the same numbers, sooner.

Exported for batches, it works out in each layer how many texts of which length there are, masks
what pads them, and multiplies by query, key and value one after the other. For one text without
padding the shapes are known, the mask adds nothing, and the three matrices are one. Every sum is
rounded as before, so each answer is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

_LAYERS, _HEADS, _HEAD = 6, 12, 32
_EMBEDDINGS = "/bert/embeddings/"
_PARTS = ("query", "key", "value")
_RUNTIME = "com.microsoft"  # where ONNX Runtime keeps operators of its own


class _Graph:
    """The graph that is written, beside the one it is made from."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.read = model.graph
        self.constants = {c.name: numpy_helper.to_array(c) for c in model.graph.initializer}
        self.nodes = {node.name: node for node in model.graph.node}
        self.written: list[onnx.NodeProto] = []
        self._added: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self._added.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], *outputs: str, **settings: Any) -> str:
        self.written.append(
            helper.make_node(kind, inputs, outputs, name=f"{outputs[0]}/{kind}", **settings)
        )
        return outputs[0]

    def keep(self, *starts: str) -> None:
        """The nodes whose names start so, in their order."""
        self.written += [node for node in self.read.node if node.name.startswith(starts)]

    def table(self, kind: str) -> np.ndarray:
        """An embedding in numbers, as `DequantizeLinear` makes them of its bytes."""
        start = f"bert.embeddings.{kind}_embeddings.weight_"
        of = {end: self.constants[start + end] for end in ("quantized", "zero_point", "scale")}
        whole = of["quantized"].astype(np.int32) - of["zero_point"].astype(np.int32)
        return whole.astype(np.float32) * of["scale"]

    def model(self) -> onnx.ModelProto:
        needed = {name for node in self.written for name in node.input}
        small = [n for n in self.read.node if n.op_type == "Constant" and n.output[0] in needed]
        graph = helper.make_graph(
            [*small, *self.written],
            "names",
            [asked for asked in self.read.input if asked.name == "input_ids"],
            list(self.read.output),
            [c for c in self.read.initializer if c.name in needed] + self._added,
        )
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=8)


def for_one_text(model: onnx.ModelProto) -> onnx.ModelProto:
    """The 8-bit `model` for `input_ids` of 1 x any length, without mask and kinds of token."""
    graph = _Graph(model)
    # Each half of a product is scaled on its own, as it was exported; values aren't.
    scale = np.sqrt(np.float32(1) / np.sqrt(np.float32(_HEAD)))
    scales = np.array([scale] * 2 * _HEADS + [1] * _HEADS, np.float32)
    graph.constant("scales", scales.reshape(1, -1, 1, 1))
    graph.constant("heads", np.array([1, -1, 3 * _HEADS, _HEAD]))
    graph.constant("thirds", np.array([_HEADS] * 3))
    graph.constant("joined", np.array([1, -1, _HEADS * _HEAD]))
    read = _embedded(graph)
    for layer in range(_LAYERS):
        read = _through(graph, f"/bert/encoder/layer.{layer}/", read)
    graph.keep(f"{read}_QuantizeLinear", "/classifier")
    return graph.model()


def _embedded(graph: _Graph) -> str:
    """Words at their places; the result's name."""
    graph.keep(f"{_EMBEDDINGS}word_embeddings/Gather")
    words = f"{_EMBEDDINGS}word_embeddings/Gather_output_0"
    words = graph.add("Add", [words, graph.constant("kind", graph.table("token_type")[0])], "words")
    length = graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    first = graph.constant("first", np.array([0]))
    table = graph.constant("places", graph.table("position"))
    places = graph.add("Slice", [table, first, length, first], "placed")
    graph.add("Add", [words, places], f"{_EMBEDDINGS}Add_1_output_0")
    graph.keep(f"{_EMBEDDINGS}LayerNorm/LayerNormalization")
    return f"{_EMBEDDINGS}LayerNorm/LayerNormalization_output_0"


def _through(graph: _Graph, layer: str, read: str) -> str:
    """One layer; the result's name."""
    seen = f"{layer}attention/self/Reshape_3_output_0"
    if read.startswith("/bert/encoder"):
        graph.keep(f"{read}_QuantizeLinear")
    _attended(graph, f"{layer}attention/self/", read, seen)
    graph.keep(f"{seen}_QuantizeLinear", f"{layer}attention/output/", f"{layer}intermediate/")
    graph.keep(f"{layer}output/dense/")
    norm = graph.nodes[f"{layer}output/LayerNorm/LayerNormalization"]
    # The runtime made one of these two nodes here, and nowhere else.
    added = graph.nodes[f"{layer}output/Add"].input
    (epsilon,) = (one.f for one in norm.attribute if one.name == "epsilon")
    return graph.add(
        "SkipLayerNormalization",
        [*added, *norm.input[1:]],
        norm.output[0],
        domain=_RUNTIME,
        epsilon=epsilon,
    )


def _attended(graph: _Graph, start: str, read: str, seen: str) -> None:
    """Attention: `read` into `seen`."""

    def joined(end: str) -> np.ndarray:
        names = (f"{start}{part}/MatMul_Q4.weight_{end}" for part in _PARTS)
        return np.concatenate([graph.constants[name] for name in names], axis=-1)

    def new(name: str) -> str:
        return f"{start}{name}"

    of = start.removeprefix("/bert/encoder/").replace("/", ".")
    biases = [graph.constants[f"bert.encoder.{of}{part}.bias"] for part in _PARTS]
    weights = graph.constant(new("weights"), joined("quantized"))
    zeros = graph.constant(new("zeros"), joined("zero_point"))
    scale = graph.add(
        "Mul", [f"{read}_scale", graph.constant(new("scale"), joined("scale"))], new("scaling")
    )
    whole = graph.add(
        "MatMulInteger",
        [f"{read}_quantized", weights, f"{read}_zero_point", zeros],
        new("whole"),
    )
    numbers = graph.add("Cast", [whole], new("numbers"), to=onnx.TensorProto.FLOAT)
    product = graph.add("Mul", [numbers, scale], new("product"))
    bias = graph.constant(new("bias"), np.concatenate(biases))
    each = graph.add("Add", [bias, product], new("each"))
    heads = graph.add("Reshape", [each, "heads"], new("heads"))
    heads = graph.add("Transpose", [heads], new("by_head"), perm=[0, 2, 1, 3])
    scaled = graph.add("Mul", [heads, "scales"], new("scaled"))
    asked, keys, values = (new(part) for part in _PARTS)
    graph.add("Split", [scaled, "thirds"], asked, keys, values, axis=1)
    keys = graph.add("Transpose", [keys], new("keys"), perm=[0, 1, 3, 2])
    alike = graph.add("MatMul", [asked, keys], new("alike"))
    share = graph.add("Softmax", [alike], new("share"), axis=-1)
    mixed = graph.add("MatMul", [share, values], new("mixed"))
    mixed = graph.add("Transpose", [mixed], new("by_place"), perm=[0, 2, 1, 3])
    graph.add("Reshape", [mixed, "joined"], seen)
