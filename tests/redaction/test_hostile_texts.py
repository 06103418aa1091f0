"""R31: whatever a message holds, the scrubber neither fails nor loses what is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from handrail.conversations.model import Conversation, to_arrow
from handrail.redaction.kernel import redact
from handrail.redaction.model import open_redacted
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.ruleset import Ruleset, schema_with
from handrail.settings import Settings
from tests.conversations.exports import read, row, write_jsonl

RULES = Ruleset(names="rules")
Chat = Callable[..., Conversation]


def naughty_strings(folder: Path) -> list[str]:
    strings: list[str] = orjson.loads((folder / "hostile/blns/blns.json").read_bytes())
    return [text for text in strings if text]


def bad_json(folder: Path) -> list[str]:
    files = sorted((folder / "hostile/JSONTestSuite/test_parsing").glob("*.json"))
    return [file.read_bytes().decode("utf-8", "replace")[:20_000] or " " for file in files]


def is_kept(said: str, redacted: str) -> bool:
    """Whether `redacted` is `said` with some stretches of it replaced by placeholders."""
    first, *others = PLACEHOLDER.split(redacted)
    if not others:
        return redacted == said
    if not said.startswith(first) or not said.endswith(others[-1]):
        return False
    at = len(first)
    for piece in others:
        at = said.find(piece, at + 1)
        if at < 0:
            return False
        at += len(piece)
    return True


@pytest.mark.parametrize("texts_of", [naughty_strings, bad_json])
def test_hostile_texts_come_out_whole(
    chat: Chat, test_data: Path, texts_of: Callable[[Path], list[str]]
) -> None:
    texts = texts_of(test_data)
    assert len(texts) > 300
    chats = [chat(text, conversation_id=f"c-{n}") for n, text in enumerate(texts)]
    together = chat(*texts, conversation_id="all")
    batch = to_arrow([*chats, together]).replace_schema_metadata(schema_with(RULES).metadata)
    rows = redact(batch)["redacted"].to_pylist()
    opened = [open_redacted(row) for row in rows]
    alone = [one.turns[0].text for one in opened[:-1]]
    for out in (alone, [turn.text for turn in opened[-1].turns]):
        assert len(out) == len(texts)
        assert [
            n for n, pair in enumerate(zip(texts, out, strict=True)) if not is_kept(*pair)
        ] == []


def test_naughty_strings_pass_reader_and_scrubber(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R2, R31: each string is a message between two others; every row is counted."""
    strings = naughty_strings(test_data)
    lines = [
        row(f"c-{n}", turns=[{"speaker": "customer", "text": text}])
        for n, text in enumerate(strings)
    ]
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *lines))
    assert len(result.ids) + len(result.reasons) == len(strings)
    batch = to_arrow(result.conversations).replace_schema_metadata(schema_with(RULES).metadata)
    assert redact(batch).num_rows == len(result.ids)
