"""`handrail init`: a folder of the company's own to fill in, instead of the invented company's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from handrail.cli.console import out, speaks_plainly
from handrail.clock import system_clock
from handrail.errors import BadInput
from handrail.playbook.authoring import TO_DO
from handrail.playbook.skeleton import LANGUAGES, skeleton
from handrail.settings import DEFAULT_CONFIG, PROJECT

_CONFIG = "handrail.toml"
_HEAD = """\
# The company's own deployment, written by `handrail init`. HANDRAIL_CONFIG names this file.
# Buckets, keys of a key service and a registry elsewhere: deploy/production.example.toml.
"""
_TOLERATED = "tolerated_leaks = 1 # the sample is so large that one leak still meets the budget"
_BASIS = f"{TO_DO} with whoever answers for data protection; without it such chats don't teach"
_SUITE = """\
# Questions of your own

What the evaluation asks comes from three places: held-out chats of yours, the red-team prompts and
policy edge cases that ship with Handrail (`handrail/evaluation/content/`), and the `held_out`
examples under `boundaries:` of your playbook. The last are where your own questions go: a message,
the reply that must not be given, and the one that is right, of each type and in each language.
"""


@speaks_plainly
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it: a new or empty folder.")],
    region: Annotated[
        list[str] | None, typer.Option(help="Repeatable: eu, us, apac. Default: eu.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Repeatable. Default: each language of the regions.")
    ] = None,
    company: Annotated[str, typer.Option(help="Its name, for the prompts.")] = (
        f"{TO_DO}: the company's name"
    ),
) -> None:
    """Write a company's own config, playbook and mapping to fill in; nothing in it is approved."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is not empty: name a new folder, so that nothing of yours is overwritten"
        raise BadInput(msg)
    config = DEFAULT_CONFIG.read_text(encoding="utf-8")
    regions = _regions(config, region or ["eu"], language)
    today = system_clock().date()
    files = {
        _CONFIG: _config(config, regions),
        "suite/README.md": _SUITE,
        "mappings/example.yaml": (PROJECT / "deploy/mappings/example.yaml").read_text("utf-8"),
        **{
            f"playbook/{name}": text
            for name, text in skeleton(regions, company=company, today=today).items()
        },
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for line in _next_steps(folder.absolute(), regions):
        out.print(line, markup=False, soft_wrap=True)


def _regions(
    config: str, names: Sequence[str], languages: Sequence[str] | None
) -> dict[str, list[str]]:
    """The regions asked for, each with those of its languages that are asked for."""
    known = tomllib.loads(config)["regions"]
    unknown = [name for name in names if name not in known]
    if unknown:
        msg = f"region {unknown[0]!r} is not known: choose of {', '.join(known)}, rename it later"
        raise BadInput(msg)
    unwritten = [language for language in languages or () if language not in LANGUAGES]
    if unwritten:
        msg = f"language {unwritten[0]!r} has no boundaries yet: choose of {', '.join(LANGUAGES)}"
        raise BadInput(msg)
    chosen = {
        name: [spoken for spoken in known[name]["languages"] if spoken in (languages or LANGUAGES)]
        for name in names
    }
    silent = [name for name, spoken in chosen.items() if not spoken]
    if silent:
        msg = f"region {silent[0]} would speak no language: add one of its own with --language"
        raise BadInput(msg)
    return chosen


def _config(default: str, regions: Mapping[str, Sequence[str]]) -> str:
    """The default config with these regions and languages, and the playbook beside it."""
    head, *tables = re.split(r"(?m)^(?=\[regions\.)", default)
    kept = []
    for table in tables:
        name = table.partition("]")[0].removeprefix("[regions.")
        if name in regions:
            spoken = f"languages = {_list(regions[name])}"
            table = re.sub(r"(?m)^languages = .*$", spoken, table, count=1)
            table = re.sub(r"(?m)^(legal_basis = .*)$", rf"# \1 # {_BASIS}", table)
            kept.append(table.rstrip("\n"))
    head = head[head.index("serves = ") :]
    head = re.sub(r"(?m)^serves = .*$", f'serves = {_list(regions)}\nplaybook = "./playbook"', head)
    head = re.sub(r"(?m)^tolerated_leaks = .*$", _TOLERATED, head)
    return _HEAD + head + "\n\n".join(kept) + "\n"


def _list(names: Sequence[str] | Mapping[str, Sequence[str]]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _next_steps(folder: Path, regions: Mapping[str, Sequence[str]]) -> Sequence[str]:
    region = next(iter(regions))
    return (
        f"written: config, playbook and an example mapping for {', '.join(regions)} in {folder}",
        "next:",
        f"  export HANDRAIL_CONFIG={folder / _CONFIG} HANDRAIL_HOME={folder}-home",
        "  handrail playbook lint     what is to write and to sign, with file and line",
        "  handrail doctor            what is enforced on this machine",
        f"  handrail run --source EXPORT --mapping {folder}/mappings/example.yaml --region {region}"
        " --no-train",
        f"  handrail exports quarantine --region {region}     which rows were set aside, and why",
        "chats are sealed and redacted; warehouse and training wait until every TO DO is gone and "
        "each mandate is approved",
    )
