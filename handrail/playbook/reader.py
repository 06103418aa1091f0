"""From a folder of YAML files to a frozen `Playbook`, or to a list of what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from handrail.errors import BadInput
from handrail.playbook.authoring import PlaybookFile
from handrail.playbook.expansion import Draft
from handrail.playbook.model import Playbook, digest_of
from handrail.playbook.problems import Level, Problem
from handrail.playbook.unrenderable import unrenderable
from handrail.playbook.yaml_source import YamlSource, read_yaml

_SHOWN = 20
_MEANT = {".yaml", ".yml"}  # with whatever capitals; only .yaml is read
_NOTES = ".md"


def read_playbook(folder: Path) -> Playbook:
    """Read every `*.yaml` below `folder`; `BadInput` lists the problems with file and line.

    The digest is that of the parsed content: file names, comments and layout don't count.
    """
    sources = read_sources(folder)
    _refuse(folder, [problem for problem in unread(folder) if problem.level is Level.ERROR])
    _refuse(folder, shape_problems(sources))
    files = files_of(sources)
    draft = Draft(files)
    content = draft.content()
    _refuse(folder, draft.problems)
    book = Playbook(**content, digest=digest_of(content))
    _refuse(folder, list(unrenderable(files, book)))
    return book


def read_sources(folder: Path) -> list[YamlSource]:
    """Every `*.yaml` below `folder`, parsed; `BadInput` for bad syntax and if there is none."""
    paths = sorted(folder.rglob("*.yaml"))
    if not paths:
        msg = f"{folder} holds no playbook: there is no *.yaml file in it"
        raise BadInput(msg)
    return [read_yaml(folder, path) for path in paths]


def unread(folder: Path) -> Iterator[Problem]:
    """Every file that is no `*.yaml`: an error where it was meant to be one, by its ending.

    Hidden files and notes in Markdown may lie there.
    """
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        aside = path.suffix in (".yaml", _NOTES) or any(part[0] == "." for part in parts)
        if aside or not path.is_file():
            continue
        meant = path.suffix.casefold() in _MEANT
        level = Level.ERROR if meant else Level.WARNING
        yield Problem("/".join(parts), level, "it isn't read: a playbook's files end in .yaml")


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
            told = problem["msg"]
            if problem["type"] == "extra_forbidden":
                told = _no_such_key(keys)
            yield Problem(source.at(*keys), Level.ERROR, f"{where}: {told}")


def _no_such_key(keys: Sequence[str | int]) -> str:
    """Which keys there are instead of the last one, the nearest first."""
    entry: Any = PlaybookFile
    for key in keys[:-1]:
        is_model = isinstance(entry, type) and issubclass(entry, BaseModel)
        entry = _bare(entry.model_fields[str(key)].annotation if is_model else _item(entry))
    known = list(entry.model_fields)
    near = get_close_matches(str(keys[-1]), known, n=1)
    meant = f", `{near[0]}` is near" if near else ""
    return f"there is no such key{meant}; there are {', '.join(known)}"


def _item(container: Any) -> Any:
    """`V` of `dict[K, V]` or `tuple[V, ...]`."""
    arguments = get_args(container)
    return arguments[1] if get_origin(container) is dict else arguments[0]


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _refuse(folder: Path, problems: list[Problem]) -> None:
    if problems:
        more = len(problems) - _SHOWN
        rest = [f"and {more} more: `handrail playbook lint {folder}`"] if more > 0 else []
        shown = [str(problem) for problem in problems[:_SHOWN]]
        msg = "\n  ".join([f"the playbook in {folder} can't be used:", *shown, *rest])
        raise BadInput(msg)
