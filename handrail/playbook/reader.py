"""From a folder of YAML files to a frozen `Playbook`, or to a list of what is wrong in them."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from handrail.digests import digest
from handrail.errors import BadInput
from handrail.playbook.authoring import PlaybookFile
from handrail.playbook.expansion import Draft
from handrail.playbook.model import Playbook
from handrail.playbook.yaml_source import YamlSource, read_yaml

_SHOWN = 20


def read_playbook(folder: Path) -> Playbook:
    """Read every `*.yaml` below `folder`; `BadInput` lists the problems with file and line.

    The digest is that of the parsed content: file names, comments and layout don't count.
    """
    paths = sorted(folder.rglob("*.yaml"))
    if not paths:
        msg = f"{folder} holds no playbook: there is no *.yaml file in it"
        raise BadInput(msg)
    sources = [read_yaml(folder, path) for path in paths]
    _refuse(folder, [problem for source in sources for problem in _shape_problems(source)])
    draft = Draft([(source, PlaybookFile.model_validate(source.value)) for source in sources])
    content = draft.content()
    _refuse(folder, draft.problems)
    return Playbook(**content, digest=digest(content))


def _shape_problems(source: YamlSource) -> list[str]:
    try:
        PlaybookFile.model_validate(source.value)
    except ValidationError as error:
        found = []
        for problem in error.errors(include_input=False, include_url=False):
            keys = [key for key in problem["loc"] if key != "[key]"]
            where = ".".join(str(key) for key in keys)
            found.append(f"{source.at(*keys)}: {where}: {problem['msg']}")
        return found
    return []


def _refuse(folder: Path, problems: list[str]) -> None:
    if problems:
        more = len(problems) - _SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        msg = "\n  ".join([f"the playbook in {folder} can't be used:", *problems[:_SHOWN], *rest])
        raise BadInput(msg)
