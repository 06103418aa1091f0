"""R35-R37: the primitives against published vectors of attacks and corner cases."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import Refused, Tampered
from handrail.vault.primitives import (
    Sealer,
    SecretKey,
    expand,
    is_equal,
    is_signed,
    mac,
    new_key,
    seal,
    unseal,
)


def vectors(test_data: Path, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Group and case of every Wycheproof vector in a file."""
    file = test_data / "crypto" / "wycheproof" / "testvectors_v1" / f"{name}.json"
    for group in json.loads(file.read_text())["testGroups"]:
        for case in group["tests"]:
            yield group, case


def test_aes_256_gcm_opens_the_valid_and_refuses_the_rest(test_data: Path) -> None:
    counts = {"valid": 0, "invalid": 0}
    for group, case in vectors(test_data, "aes_gcm_test"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        key = SecretKey(bytes.fromhex(case["key"]))
        sealed = bytes.fromhex(case["iv"] + case["ct"] + case["tag"])
        bound_to = bytes.fromhex(case["aad"])
        counts[case["result"]] += 1
        if case["result"] == "valid":
            found = unseal(key, sealed, bound_to=bound_to, what="it")
            assert found == bytes.fromhex(case["msg"]), case["tcId"]
        else:
            with pytest.raises(Tampered):
                unseal(key, sealed, bound_to=bound_to, what="it")
    assert counts == {"valid": 39, "invalid": 27}


def test_hmac_sha_256_is_the_published_one(test_data: Path) -> None:
    counts = {"valid": 0, "invalid": 0}
    for group, case in vectors(test_data, "hmac_sha256_test"):
        if (group["keySize"], group["tagSize"]) != (256, 256):
            continue
        found = mac(SecretKey(bytes.fromhex(case["key"])), bytes.fromhex(case["msg"]))
        counts[case["result"]] += 1
        assert (found == case["tag"]) == (case["result"] == "valid"), case["tcId"]
    assert counts["valid"] > 20 and counts["invalid"] > 20


def test_ed25519_believes_valid_signatures_only(test_data: Path) -> None:
    counts = {"valid": 0, "invalid": 0}
    for group, case in vectors(test_data, "ed25519_test"):
        public = bytes.fromhex(group["publicKey"]["pk"])
        found = is_signed(public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
        counts[case["result"]] += 1
        assert found == (case["result"] == "valid"), case["tcId"]
    assert counts["valid"] > 50 and counts["invalid"] > 50


@pytest.mark.parametrize("length", [1, 32, 48, 49, 96, 1000])
def test_expand_is_rfc_5869_with_sha_384(length: int) -> None:
    """Written out again with the standard library alone."""
    key, info = bytes(range(48)), b"purpose"
    block, whole = b"", b""
    for number in range(1, -(-length // 48) + 1):
        block = hmac.new(key, block + info + bytes([number]), hashlib.sha384).digest()
        whole += block
    assert expand(key, info=info, length=length) == whole[:length]


def test_what_is_sealed_opens_with_its_key_and_binding_only() -> None:
    key = new_key()
    sealed = seal(key, b"hello", bound_to=b"here")
    assert unseal(key, sealed, bound_to=b"here", what="it") == b"hello"
    for other, bound_to, data in (
        (new_key(), b"here", sealed),
        (key, b"there", sealed),
        (key, b"here", sealed[:-1]),
        (key, b"here", sealed[:27]),
        (key, b"here", b""),
    ):
        with pytest.raises(Tampered):
            unseal(other, data, bound_to=bound_to, what="it")


def test_no_nonce_is_used_twice() -> None:
    sealer = Sealer(new_key())
    assert len({sealer.seal(b"", bound_to=b"")[:12] for _ in range(10_000)}) == 10_000


def test_a_key_is_not_shown_or_pickled() -> None:
    key = new_key()
    assert key.reveal().hex() not in f"{key!r} {key}"
    with pytest.raises(Refused):
        pickle.dumps(key)
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(b"short")


def test_equal_is_equal() -> None:
    assert is_equal(b"same", b"same")
    assert not is_equal(b"same", b"sane")
    assert not is_equal(b"same", b"same longer")
