"""What customers paste from their screen: logs, headers, records, with secrets still inside."""

from __future__ import annotations

import base64
from functools import cache
from random import Random

from handrail.simulate.data import read


@cache
def _forms_of(topic: str) -> tuple[str, ...]:
    forms = read("pasted.yaml")["forms"].values()
    return tuple(form["text"] for form in forms if topic in form["topics"])


def draw_paste(rng: Random, topic: str) -> str | None:
    """The text to paste in a chat about `topic`, its slots open; mostly None."""
    forms = _forms_of(topic)
    if not forms or rng.random() >= read("pasted.yaml")["share"]:
        return None
    return rng.choice(forms)


def token(rng: Random) -> str:
    """A signed token of the usual form (RFC 7519) that no service issued."""
    header, payload, signature = (_encoded(rng.randbytes(n)) for n in (12, 24, 18))
    return f"eyJ{header}.eyJ{payload}.{signature}"


def session(rng: Random) -> str:
    """The number of a browser session."""
    return rng.randbytes(16).hex()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
