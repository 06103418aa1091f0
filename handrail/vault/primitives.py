"""The door to `cryptography`: the few primitives everything sealed is built from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NoReturn

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from handrail.errors import Refused, Tampered

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
Bytes = bytes | bytearray | memoryview


class SecretKey:
    """32 bytes of key. Refuses to be printed, pickled, copied or compared by accident."""

    __slots__ = ("_bytes",)

    def __init__(self, data: bytes) -> None:
        if len(data) != KEY_BYTES:
            msg = f"a key has {KEY_BYTES} bytes"
            raise ValueError(msg)
        self._bytes = data

    def reveal(self) -> bytes:
        """The bytes, for a primitive or a database driver; never for a log or a file."""
        return self._bytes

    def __repr__(self) -> str:
        return "<SecretKey>"

    def __reduce__(self) -> NoReturn:  # also what copies
        msg = "keys are neither pickled nor copied"
        raise Refused(msg)

    def __eq__(self, other: object) -> NoReturn:  # `==` stops at the first byte that differs
        msg = "keys are not compared: try what they open"
        raise Refused(msg)

    __hash__ = None  # type: ignore[assignment]


def new_key() -> SecretKey:
    """A fresh random key from the operating system."""
    return SecretKey(random_bytes(KEY_BYTES))


def random_bytes(count: int) -> bytes:
    """Fresh random bytes from the operating system."""
    return secrets.token_bytes(count)


def new_id() -> str:
    """A fresh random id of 32 hex digits."""
    return secrets.token_hex(16)


class Sealer:
    """AES-256-GCM (NIST SP 800-38D) under one key, set up once for many messages.

    Sealed: nonce (12) + ciphertext + tag (16). Nonces are random; a key seals far fewer than 2**32
    messages here. Of the keys that live long the uses are counted (`class_keys.MOST_WRAPS`).
    """

    __slots__ = ("_gcm",)

    def __init__(self, key: SecretKey) -> None:
        self._gcm = AESGCM(key.reveal())

    def seal(self, plaintext: Bytes, *, bound_to: bytes) -> bytes:
        """`plaintext`, sealed and bound to `bound_to`."""
        return b"".join(self.parts(plaintext, bound_to=bound_to))

    def parts(self, plaintext: Bytes, *, bound_to: bytes) -> tuple[bytes, bytes]:
        """The same as nonce and the rest, for large messages: joining them copies both."""
        nonce = random_bytes(NONCE_BYTES)
        return nonce, self._gcm.encrypt(nonce, plaintext, bound_to)

    def unseal(self, sealed: Bytes, *, bound_to: bytes, what: str) -> bytes:
        """Open what `seal` made; anything else is `Tampered`, naming `what`."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            msg = f"{what} is too short to be sealed data: it was truncated"
            raise Tampered(msg)
        try:
            return self._gcm.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except InvalidTag:
            msg = f"{what} does not open: it was moved, edited, or sealed with another key"
            raise Tampered(msg) from None


def seal(key: SecretKey, plaintext: Bytes, *, bound_to: bytes) -> bytes:
    """`plaintext` sealed by `key` (see `Sealer`)."""
    return Sealer(key).seal(plaintext, bound_to=bound_to)


def unseal(key: SecretKey, sealed: Bytes, *, bound_to: bytes, what: str) -> bytes:
    """Open what `seal` made; anything else is `Tampered`, naming `what`."""
    return Sealer(key).unseal(sealed, bound_to=bound_to, what=what)


def reseal(
    messages: Sequence[tuple[bytes, bytes]],
    *,
    old: Sealer,
    old_prefix: bytes,
    new: Sealer,
    new_prefix: bytes,
    what: str,
) -> list[bytes]:
    """Every (sealed, name) opened with `old` and sealed anew with `new`, in order.

    Each is bound to its prefix and name. One loop without calls in between: re-wrapping a region's
    subject keys is millions of these.
    """
    decrypt, encrypt = old._gcm.decrypt, new._gcm.encrypt
    nonces = random_bytes(NONCE_BYTES * len(messages))
    made = []
    try:
        for start, (sealed, name) in zip(range(0, len(nonces), NONCE_BYTES), messages, strict=True):
            key = decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], old_prefix + name)
            nonce = nonces[start : start + NONCE_BYTES]
            made.append(nonce + encrypt(nonce, key, new_prefix + name))
    except (InvalidTag, ValueError):  # a nonce that is cut short is a ValueError
        msg = f"{what} does not open: it was moved, edited, or sealed with another key"
        raise Tampered(msg) from None
    return made


def expand(key: bytes, *, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-384 (RFC 5869): `length` bytes of `key` for the purpose `info`."""
    return HKDFExpand(algorithm=hashes.SHA384(), length=length, info=info).derive(key)


def is_equal(one: bytes, other: bytes) -> bool:
    """Whether two digests are the same, in a time that doesn't tell where they differ."""
    return constant_time.bytes_eq(one, other)


def mac(key: SecretKey, data: bytes) -> str:
    """HMAC-SHA-256 as 64 hex digits."""
    h = hmac.HMAC(key.reveal(), hashes.SHA256())
    h.update(data)
    return h.finalize().hex()


def sign(key: SecretKey, message: bytes) -> bytes:
    """Ed25519 (RFC 8032) signature of 64 bytes; `key` is the private key's seed."""
    return Ed25519PrivateKey.from_private_bytes(key.reveal()).sign(message)


def public_key(key: SecretKey) -> bytes:
    """The 32 bytes with which anybody can check what `sign` signed with `key`."""
    return Ed25519PrivateKey.from_private_bytes(key.reveal()).public_key().public_bytes_raw()


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the Ed25519 signature of `message` by the owner of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_from_passphrase(passphrase: bytes, *, salt: bytes) -> SecretKey:
    """Argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes)."""
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=3, lanes=4, memory_cost=64 * 1024)
    return SecretKey(kdf.derive(passphrase))


def openssl_version() -> str:
    """The library that all of this runs on, for people."""
    from cryptography.hazmat.backends.openssl.backend import backend

    return backend.openssl_version_text()
