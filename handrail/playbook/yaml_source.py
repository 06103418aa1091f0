"""YAML that a company writes, read strictly and with line numbers for its errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handrail.errors import BadInput


@dataclass(frozen=True)
class YamlSource:
    """One parsed file: its name below the folder, its value, and where each key stands."""

    name: str
    value: dict[str, Any]
    root: yaml.MappingNode

    def at(self, *keys: str | int) -> str:
        """`name:line` of the entry reached by `keys`, or of the last one that exists on the way."""
        node: yaml.Node = self.root
        line = node.start_mark.line
        for key in keys:
            step = _step(node, key)
            if step is None:
                break
            line, node = step
        return f"{self.name}:{line + 1}"


def read_yaml(folder: Path, path: Path) -> YamlSource:
    """Parse one file; `BadInput` with file and line for bad syntax and for keys written twice."""
    name = path.relative_to(folder).as_posix()
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
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
        msg = f"{name}:{line}: not valid YAML: {error.problem}"
        raise BadInput(msg) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        msg = f"{name}: not a UTF-8 text file"
        raise BadInput(msg) from None
    except ValueError as error:
        msg = f"{name}: a date that does not exist: {error}"
        raise BadInput(msg) from None


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
