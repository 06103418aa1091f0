"""R41: notes are those of the public specification, and any change to one is refused."""

from __future__ import annotations

from base64 import b64decode

import pytest

from handrail.errors import Tampered
from handrail.vault.primitives import SecretKey
from handrail.vault.signed_note import VerifierKey, open_note, sign_note

# The example of golang.org/x/mod/sumdb/note, which the specification was made from.
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = f"""{TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()  # noqa: E501 - one line of the example
KEY = SecretKey(b64decode(SIGNER.split("+", 4)[4])[1:])
NEUMANN = VerifierKey.of(KEY, name="PeterNeumann")


def test_the_published_example_comes_out_byte_for_byte() -> None:
    assert str(NEUMANN) == VERIFIER
    assert sign_note(TEXT, name="PeterNeumann", key=KEY) == NOTE
    assert open_note(NOTE, key=NEUMANN, what="the example") == TEXT


def test_every_flipped_bit_and_every_truncation_is_refused() -> None:
    changed = [
        NOTE[:place] + bytes([NOTE[place] ^ 1 << bit]) + NOTE[place + 1 :]
        for place in range(len(NOTE))
        for bit in range(8)
    ]
    changed += [NOTE[:end] for end in range(len(NOTE))] + [NOTE + b"\n", NOTE + NOTE]
    opened = 0
    for note in changed:
        try:
            open_note(note, key=NEUMANN, what="the note")
            opened += 1
        except Tampered as error:
            assert str(error).startswith("the note ")
    assert (opened, len(changed) > 1800) == (0, True)


@pytest.mark.parametrize(
    ("name", "seed"), [("PeterNeumann", b"x" * 32), ("another", KEY.reveal())], ids=["key", "name"]
)
def test_a_foreign_key_is_named_as_such(name: str, seed: bytes) -> None:
    note = sign_note(TEXT, name=name, key=SecretKey(seed))
    with pytest.raises(Tampered, match="another key than"):
        open_note(note, key=NEUMANN, what="the note")
