"""The one door to ONNX Runtime: a network on the processor, one thread, one input at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class TokenClassifier:
    """A BERT network that says for each token of a text how likely each of its labels is.

    Texts go through one at a time. The activations of an 8-bit network are scaled by the largest
    one of all that goes through together, so in a batch an answer would depend on its neighbors;
    alone it depends on its own tokens only, and the same tokens get the same answer on the same
    kind of processor. (Another kind may round differently.)
    """

    def __init__(self, network: bytes) -> None:
        """`network` is an ONNX file: `input_ids`, `attention_mask`, `token_type_ids` to logits."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Redaction has a process per core already.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )

    def probabilities(self, ids: Sequence[int]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Token ids to probabilities, tokens x labels."""
        import numpy as np

        tokens = np.array([ids], dtype=np.int64)
        (logits,) = self._session.run(
            None,
            {
                "input_ids": tokens,
                "attention_mask": np.ones_like(tokens),
                "token_type_ids": np.zeros_like(tokens),
            },
        )
        raised = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
        likely: np.ndarray[Any, np.dtype[np.float32]] = raised / raised.sum(axis=-1, keepdims=True)
        return likely
