"""YAML that a company writes, read strictly and with line numbers for its errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handrail.errors import BadInput

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlSource:
    """One parsed file: its name below the folder, its value, and where each key stands."""

    name: str
    value: dict[str, Any]
    root: yaml.MappingNode

    def at(self, *keys: str | int, line: int = 0) -> str:
        """`name:line` of the entry reached by `keys`, or of the last one that exists on the way.

        `line` counts from 1 within a text of several lines; it is told only where the file has the
        same lines (a block that starts with `|`), else it is the place of the key.
        """
        node: yaml.Node = self.root
        place = node.start_mark.line
        for key in keys:
            step = _step(node, key)
            if step is None:
                break
            place, node = step
        if line and isinstance(node, yaml.ScalarNode) and node.style == "|":
            place = node.start_mark.line + line
        return f"{self.name}:{place + 1}"

    def texts(self) -> Iterator[tuple[Keys, str]]:
        """Every text in the file, with the keys that reach it."""
        yield from _texts(self.value, ())


def read_yaml(folder: Path, path: Path) -> YamlSource:
    """Parse one file; `BadInput` with file and line for bad syntax and for keys written twice."""
    name = path.relative_to(folder).as_posix()
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            msg = f"{name}: the file is empty or not a mapping; it starts with a key like `topics:`"
            raise BadInput(msg)
        for key in _repeated_keys(root, set()):
            msg = f"{name}:{key.start_mark.line + 1}: key {key.value!r} is written twice; keep one"
            raise BadInput(msg)
        return YamlSource(name, loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = (
            error.problem if isinstance(error, _NoSuchValue) else f"not valid YAML: {error.problem}"
        )
        msg = f"{name}:{line}: {problem}"
        raise BadInput(msg) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        msg = f"{name}: not a UTF-8 text file"
        raise BadInput(msg) from None


class _NoSuchValue(yaml.MarkedYAMLError):
    """A value that is written like a date or a number and is none."""


class _Loader(yaml.SafeLoader):
    """Tells the place of a value that can't be made, such as the 30th of February."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            is_date = node.tag == "tag:yaml.org,2002:timestamp"
            what = "a date that does not exist" if is_date else "not a value"
            raise _NoSuchValue(problem=f"{what}: {error}", problem_mark=node.start_mark) from None


def _texts(value: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*keys, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*keys, index))


def _step(node: yaml.Node, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line, item
    return None


def _repeated_keys(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    if id(node) in seen:  # an alias may point back up
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item, seen)
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    yield key
                keys.add(key.value)
            yield from _repeated_keys(value, seen)
