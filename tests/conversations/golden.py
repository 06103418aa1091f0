"""What the fixtures of help desks are read as; `python -m tests.conversations.golden` rewrites it.

A difference is a change of what a customer's export becomes: read it before you commit it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from handrail.conversations.model import encode
from handrail.settings import Settings, load_settings
from tests.conversations.exports import read

FIXTURES = Path(__file__).parent / "fixtures"
EXPECTED = "expected.json"


def vendors() -> list[str]:
    """The formats that have a fixture."""
    return sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())


def exports(vendor: str) -> list[Path]:
    """The files of a vendor's fixture, oldest first."""
    return sorted(file for file in (FIXTURES / vendor).iterdir() if file.name != EXPECTED)


def found(settings: Settings, vendor: str) -> bytes:
    """The fixture's conversations and what was set aside, as readable JSON."""
    result = read(settings, *exports(vendor), format=vendor)
    content = {
        "conversations": [orjson.loads(encode(one)) for one in result.conversations],
        "quarantined": [[q.location, q.reason, q.detail] for q in result.quarantined],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        for name in vendors():
            made = found(load_settings(environ={"HANDRAIL_HOME": home}), name)
            (FIXTURES / name / EXPECTED).write_bytes(made)
