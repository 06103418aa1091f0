"""What a question may never ask for: passwords, PINs, codes, card numbers (`never_asked.yaml`)."""

from __future__ import annotations

from functools import cache
from itertools import chain
from pathlib import Path

from handrail.playbook.boundaries import phrases_in

_FILE = Path(__file__).with_name("never_asked.yaml")


def never_asked_in(text: str) -> str | None:
    """The words of a question, or of a field's name, that ask for what nobody may ask, or None.

    "Don't send your password" is found too: a question asks for its own thing and nothing else.
    """
    phrases, together = _table()
    found = phrases_in(text, phrases)
    if found:
        return found[0]
    for one, other in together:
        words = [*phrases_in(text, one)[:1], *phrases_in(text, other)[:1]]
        if len(words) == 2:
            return " ... ".join(words)
    return None


@cache
def _table() -> tuple[tuple[str, ...], tuple[tuple[list[str], list[str]], ...]]:
    import yaml

    table = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    phrases = tuple(chain.from_iterable(table["phrases"].values()))
    return phrases, tuple((one, other) for one, other in table["together"].values())
