"""A playbook to begin with: complete in shape, approved by nobody.

Everything in it that a person has to write or sign says TO DO, and nothing is trained or answered
until none of it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from handrail.playbook.authoring import TO_DO

LANGUAGES = ("de", "en", "es", "fr")  # those whose boundaries the example holds
_DATA = Path(__file__).with_name("skeleton.yaml")
_EXAMPLE = Path(__file__).with_name("example")
_THEIRS = "Fernhollow Supply & Bank"  # how the example's company calls itself
_A_YEAR = timedelta(days=365)
_APPROVAL = re.compile(r"(?m)^    approved_by: .*\n    approved_on: .*\n    valid_to: .*\n")
_BOUNDARIES = """\
# A proposal to go through: what must not be said, what sends a message to people, and examples.
# use: training (to learn from) or held_out (asked by the evaluation only); each type needs both.
"""


def skeleton(regions: Mapping[str, Sequence[str]], *, company: str, today: date) -> dict[str, str]:
    """The files of a new playbook by name, for regions with their languages (of `LANGUAGES`).

    Approvals are left open; what is approved `today` then holds for a year.
    """
    spoken = list(dict.fromkeys(chain.from_iterable(regions.values())))
    mandates = (_EXAMPLE / "mandates.yaml").read_text(encoding="utf-8")
    open_approval = (
        f"    approved_by: {TO_DO}\n    # approved_on: {today}\n    # valid_to: {today + _A_YEAR}\n"
    )
    files = {"mandates.yaml": _APPROVAL.sub(open_approval, mandates).replace(_THEIRS, company)}
    for language in spoken:
        name = f"boundaries.{language}.yaml"
        text = (_EXAMPLE / name).read_text(encoding="utf-8")
        files[name] = _BOUNDARIES + text[text.index("boundaries:") :]
    for name, part in yaml.safe_load(_DATA.read_text(encoding="utf-8")).items():
        content = _filled(part["content"], regions, spoken)
        if name == "topics.yaml":
            content = {"regions": {r: list(langs) for r, langs in regions.items()}} | content
        else:
            owner = {} if name == "facts.yaml" else {"owner": TO_DO}
            holds = {"valid_from": today, "valid_to": today + _A_YEAR}
            content = {"defaults": {**owner, "approver": TO_DO, **holds}} | content
        files[name] = part["head"] + yaml.dump(
            content, Dumper=_Indented, allow_unicode=True, sort_keys=False, width=100
        )
    return files


class _Indented(yaml.SafeDumper):
    """Lists are indented below their key, as in the example."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _filled(value: Any, regions: Mapping[str, Sequence[str]], spoken: Sequence[str]) -> Any:
    """The content for these regions: only their languages, and a value for each of both."""
    if isinstance(value, list):
        return [_filled(entry, regions, spoken) for entry in value]
    if not isinstance(value, dict):
        return value
    if value.keys() >= set(LANGUAGES):
        return {language: value[language] for language in spoken}
    entry: dict[str, Any] = {}
    for key, inner in value.items():
        if key in ("texts", "in_all_regions"):
            entry["regions"] = list(regions)
        if key == "value":
            entry["values"] = {r: dict.fromkeys(langs, inner) for r, langs in regions.items()}
        elif key != "in_all_regions":
            entry[key] = _filled(inner, regions, spoken)
    return entry
