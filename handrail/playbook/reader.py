"""From a folder of YAML files to a frozen `Playbook`, or to a list of what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from handrail.errors import BadInput
from handrail.playbook.authoring import PlaybookFile
from handrail.playbook.expansion import Draft
from handrail.playbook.model import Playbook, digest_of
from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource, read_yaml

_SHOWN = 20


def read_playbook(folder: Path) -> Playbook:
    """Read every `*.yaml` below `folder`; `BadInput` lists the problems with file and line.

    The digest is that of the parsed content: file names, comments and layout don't count.
    """
    sources = read_sources(folder)
    _refuse(folder, shape_problems(sources))
    draft = Draft(files_of(sources))
    content = draft.content()
    _refuse(folder, draft.problems)
    return Playbook(**content, digest=digest_of(content))


def read_sources(folder: Path) -> list[YamlSource]:
    """Every `*.yaml` below `folder`, parsed; `BadInput` for bad syntax and if there is none."""
    paths = sorted(folder.rglob("*.yaml"))
    if not paths:
        msg = f"{folder} holds no playbook: there is no *.yaml file in it"
        raise BadInput(msg)
    return [read_yaml(folder, path) for path in paths]


def files_of(sources: Iterable[YamlSource]) -> list[tuple[YamlSource, PlaybookFile]]:
    """Files whose shape is right, with their sources."""
    return [(source, PlaybookFile.model_validate(source.value)) for source in sources]


def shape_problems(sources: Iterable[YamlSource]) -> list[Problem]:
    """What in the files has no place in a playbook."""
    return [problem for source in sources for problem in _shape_problems(source)]


def _shape_problems(source: YamlSource) -> Iterator[Problem]:
    try:
        PlaybookFile.model_validate(source.value)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            keys = [key for key in problem["loc"] if key != "[key]"]
            where = ".".join(str(key) for key in keys)
            yield Problem(source.at(*keys), Level.ERROR, f"{where}: {problem['msg']}")


def _refuse(folder: Path, problems: list[Problem]) -> None:
    if problems:
        more = len(problems) - _SHOWN
        rest = [f"and {more} more: `handrail playbook lint {folder}`"] if more > 0 else []
        shown = [str(problem) for problem in problems[:_SHOWN]]
        msg = "\n  ".join([f"the playbook in {folder} can't be used:", *shown, *rest])
        raise BadInput(msg)
