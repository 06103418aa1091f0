"""The one door to ONNX Runtime: a network on the processor, one thread, one input at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TokenNetwork:
    """A BERT network: token ids to a row of numbers per token.

    Texts go through one at a time. In a batch an answer would depend on its neighbors: the
    activations of an 8-bit network are scaled by the largest one of all that goes through together,
    and sums in floating point are rounded in an order that depends on the batch. Alone it depends
    on its own tokens only, and the same tokens get the same answer on the same kind of processor.
    (Another kind may round differently.)
    """

    def __init__(self, network: bytes) -> None:
        """`network` is an ONNX file that reads `input_ids` and perhaps says of each what it is."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Redaction has a process per core already.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._asks = {asked.name for asked in self._session.get_inputs()}

    def outputs(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Token ids to the network's output, tokens x its width."""
        import numpy as np

        tokens = np.array([ids], dtype=np.int64)
        told = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        (rows,) = self._session.run(None, {name: told[name] for name in self._asks})
        found: NDArray[np.float32] = rows[0]
        return found


class TokenClassifier(TokenNetwork):
    """A network that says for each token of a text how likely each of its labels is."""

    def probabilities(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Token ids to probabilities, tokens x labels."""
        import numpy as np

        logits = self.outputs(ids)
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        likely: NDArray[np.float32] = raised / raised.sum(axis=-1, keepdims=True)
        return likely
