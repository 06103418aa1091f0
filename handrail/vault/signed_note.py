"""Text that is signed and stays readable: a signed note (c2sp.org/signed-note), by Ed25519."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from handrail.errors import Tampered
from handrail.vault.primitives import SecretKey, is_signed, public_key, sign

_ED25519 = b"\x01"
_DASH = "\u2014 "


@dataclass(frozen=True)
class VerifierKey:
    """What a note is checked with: the signer's name and public key. No secret."""

    name: str
    public: bytes

    @classmethod
    def of(cls, key: SecretKey, *, name: str) -> VerifierKey:
        """The one for notes that are signed with `key`."""
        return cls(name, public_key(key))

    @property
    def id(self) -> bytes:
        """Four bytes that say in a signature which key made it."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


def sign_note(text: str, *, name: str, key: SecretKey) -> bytes:
    """`text`, whole lines, as a note signed by `name`."""
    by = VerifierKey.of(key, name=name)
    return _written(text, name, by.id + sign(key, text.encode()))


def open_note(note: bytes, *, key: VerifierKey, what: str) -> str:
    """The text of a note; `Tampered`, naming `what`, unless exactly the owner of `key` signed it.

    The specification lets others sign the same note too. Nobody does here, so a second signature is
    a change.
    """
    try:
        text, _, signature = note.decode().rpartition("\n\n")
        text += "\n"
        _, name, signed = signature.split(" ")
        claimed = b64decode(signed)
    except ValueError:
        text, name, claimed = "", "", b""
    if note != _written(text, name, claimed):
        msg = f"{what} is not a signed note: it was edited or truncated"
        raise Tampered(msg)
    if (name, claimed[:4]) != (key.name, key.id):
        msg = f"{what} is signed by another key than this region's, {key}"
        raise Tampered(msg)
    if not is_signed(key.public, text.encode(), claimed[4:]):
        msg = f"{what} was edited: its signature doesn't match"
        raise Tampered(msg)
    return text


def _written(text: str, name: str, signature: bytes) -> bytes:
    return f"{text}\n{_DASH}{name} {b64encode(signature).decode()}\n".encode()
