"""The YAML of a mapping file: plain text scalars, bounded, and nothing in it that could run."""

from __future__ import annotations

from typing import Any

import orjson
import yaml

from handrail.conversations.sources.files import Readable, regular_file
from handrail.digests import canonical
from handrail.errors import BadInput

_MOST_BYTES, _MOST_NESTED = 256_000, 16


def read_document(path: Readable) -> Any:
    """What the YAML file `path` holds, every scalar as text; `BadInput` for anything else."""
    with regular_file(path) as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        return _document(data)
    except BadInput as error:
        msg = f"mapping {path}: {error}"
        raise BadInput(msg) from None


class _Plain(yaml.BaseLoader):
    """Every scalar is text (a country code NO stays NO), and no key is given twice.

    Aliases are refused: a few lines of them can stand for gigabytes.
    """

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            msg = "an alias (*name) is not read: write the value out where it is used"
            raise BadInput(msg)
        if self._depth >= _MOST_NESTED:
            msg = f"nested more than {_MOST_NESTED} deep: a mapping is never that"
            raise BadInput(msg)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        given: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                msg = "a key is one word: quote it if it holds brackets or braces"
                raise BadInput(msg)
            if key.value in given:
                msg = f"the key {key.value!r} is given twice"
                raise BadInput(msg)
            given.add(key.value)
        return super().construct_mapping(node, deep)


def _document(data: bytes) -> Any:
    if len(data) > _MOST_BYTES:
        msg = f"longer than {_MOST_BYTES} bytes: give a mapping file, not an export"
        raise BadInput(msg)
    try:
        document = yaml.load(data.decode("utf-8-sig"), Loader=_Plain)  # noqa: S506
        canonical(document)
    except UnicodeDecodeError:
        msg = "is not UTF-8: save it as that"
        raise BadInput(msg) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark is not None else ""
        msg = (
            f"is not YAML{line}: check its indentation and quotes (a path with brackets must be "
            "quoted inside {...})"
        )
        raise BadInput(msg) from None
    except (ValueError, OverflowError, orjson.JSONEncodeError):
        msg = "holds an escape like \\ud800 or \\U00110000 that is no character: remove it"
        raise BadInput(msg) from None
    return document
