"""Asking a backend: whatever it does, what comes back is a proposal of the declared shape."""

from __future__ import annotations

from handrail.agent.types import Backend, Case, Ground, Proposal, Route, Slot
from handrail.errors import HandrailError

# A vetted template has a few hundred characters; what is far longer is not one, and every check
# would read all of it.
MOST_CHARACTERS = 20_000
MOST_PARTS = 200


def ask(backend: Backend, case: Case, route: Route) -> Proposal:
    """The backend's proposal; a failure keeps its reason and loses whatever it may quote."""
    try:
        proposal = backend.propose(case, route)
    except HandrailError as error:
        return refusal(backend, str(error))
    except Exception as error:  # noqa: BLE001 - any failure of a backend is a hand-off
        return refusal(backend, f"failed with {type(error).__name__}")
    if not _sound(proposal):
        return refusal(backend, "what it proposed is not of the declared shape")
    return proposal


def refusal(backend: Backend, failure: str) -> Proposal:
    """A proposal of nothing, with the reason why."""
    return Proposal(
        backend=backend.name, template_id=None, text="", slots=(), grounds=(), failure=failure
    )


def _sound(given: object) -> bool:
    """Exact types only: a subclass may compare equal to what it isn't."""
    if type(given) is not Proposal:
        return False
    lists = (given.slots, given.grounds)
    if not all(type(one) is tuple and len(one) <= MOST_PARTS for one in lists):
        return False
    if not all(type(slot) is Slot for slot in given.slots):
        return False
    if not all(type(ground) is Ground for ground in given.grounds):
        return False
    texts = [given.backend, given.text]
    texts += [text for text in (given.template_id, given.failure) if text is not None]
    texts += [text for s in given.slots for text in (s.name, s.value, s.licensed_by)]
    texts += [text for g in given.grounds for text in (g.kind, g.id, g.digest)]
    return (
        all(type(text) is str for text in texts)
        and sum(map(len, texts)) <= MOST_CHARACTERS
        and not any(_unwritable(text) for text in texts)
    )


def _unwritable(text: str) -> bool:
    """Whether it holds half a character (a lone surrogate), which no record can keep."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
