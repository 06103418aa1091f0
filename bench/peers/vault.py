"""Peers of the vault's container, run by `bench/vault.py` in their own environment.

    python bench/peers/vault.py --source FILE --folder FOLDER --rounds N

Encrypts FILE into FOLDER and decrypts it again with each peer, streaming, file to file, segments of
1 MiB, and prints JSON: for each peer its version and the least CPU seconds of both directions
together; the peers take turns.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

SEGMENT = 1024 * 1024
Direction = Callable[[Path, Path], None]


def tink() -> tuple[Direction, Direction]:
    """Tink's streaming AEAD: AES-256-GCM-HKDF with segments of 1 MiB."""
    from tink import new_keyset_handle, streaming_aead

    streaming_aead.register()
    templates = streaming_aead.streaming_aead_key_templates
    handle = new_keyset_handle(templates.AES256_GCM_HKDF_1MB)
    primitive = handle.primitive(streaming_aead.StreamingAead)

    def encrypt(source: Path, target: Path) -> None:
        with (
            source.open("rb") as plain,
            primitive.new_encrypting_stream(target.open("wb"), b"bound") as sealed,
        ):
            shutil.copyfileobj(plain, sealed, SEGMENT)

    def decrypt(source: Path, target: Path) -> None:
        with (
            primitive.new_decrypting_stream(source.open("rb"), b"bound") as sealed,
            target.open("wb") as plain,
        ):
            shutil.copyfileobj(sealed, plain, SEGMENT)

    return encrypt, decrypt


def aws_encryption_sdk() -> tuple[Direction, Direction]:
    """The AWS Encryption SDK with a raw key, key commitment, no signature, frames of 1 MiB."""
    import aws_encryption_sdk
    from aws_encryption_sdk.identifiers import AlgorithmSuite, EncryptionKeyType, WrappingAlgorithm
    from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
    from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider

    class OneKey(RawMasterKeyProvider):
        provider_id = "bench"
        key = WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
            wrapping_key=os.urandom(32),
            wrapping_key_type=EncryptionKeyType.SYMMETRIC,
        )

        def _get_raw_key(self, key_id: bytes) -> WrappingKey:
            return self.key

    provider = OneKey()
    provider.add_master_key("one")
    client = aws_encryption_sdk.EncryptionSDKClient()

    def encrypt(source: Path, target: Path) -> None:
        with (
            source.open("rb") as plain,
            target.open("wb") as sealed,
            client.stream(
                mode="e",
                source=plain,
                key_provider=provider,
                frame_length=SEGMENT,
                algorithm=AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
                encryption_context={"bound": "bound"},
            ) as stream,
        ):
            shutil.copyfileobj(stream, sealed, SEGMENT)

    def decrypt(source: Path, target: Path) -> None:
        with (
            source.open("rb") as sealed,
            target.open("wb") as plain,
            client.stream(mode="d", source=sealed, key_provider=provider) as stream,
        ):
            shutil.copyfileobj(stream, plain, SEGMENT)

    return encrypt, decrypt


PEERS = {"tink": tink, "aws-encryption-sdk": aws_encryption_sdk}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Run every peer in both directions; a peer that loses a byte is an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    options = parser.parse_args()
    sealed, opened = options.folder / "peer.sealed", options.folder / "peer.opened"
    peers = {name: peer() for name, peer in PEERS.items()}
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(options.rounds):
        for name, (encrypt, decrypt) in peers.items():
            start = time.process_time()
            encrypt(options.source, sealed)
            decrypt(sealed, opened)
            taken[name].append(time.process_time() - start)
            if digest(opened) != digest(options.source):
                msg = f"{name} did not give back what it was given"
                raise RuntimeError(msg)
    sealed.unlink()
    opened.unlink()
    found = {name: {"version": version(name), "cpu": min(taken[name])} for name in peers}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
