"""Prompts that make no text, found before a reply needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail.playbook.authoring import PlaybookFile
from handrail.playbook.model import Playbook
from handrail.playbook.problems import Level, Problem
from handrail.playbook.prompts import UnrenderablePrompt, render_prompt
from handrail.playbook.yaml_source import YamlSource


def unrenderable(
    files: Sequence[tuple[YamlSource, PlaybookFile]], book: Playbook
) -> Iterator[Problem]:
    """Each prompt that fails for a region in one of its languages, with its line (R14)."""
    cells = [
        (region, language)
        for _, file in files
        for region, languages in file.regions.items()
        for language in languages
    ]
    for source, file in files:
        for role, entry in file.mandates.items():
            written = source.value["mandates"][role]["prompt"]
            above = written[: written.index(entry.prompt)].count("\n")  # blank, and stripped
            failed: dict[tuple[int, str], list[str]] = {}
            for region, language in cells:
                cell = {"region": region, "language": language}
                try:
                    render_prompt(book, role, **cell, policy_digest="")
                except UnrenderablePrompt as error:
                    where = failed.setdefault((error.line, error.reason), [])
                    where.append(f"{region} in {language}")
            for (line, reason), where in failed.items():
                place = source.at("mandates", role, "prompt", line=line and line + above)
                only = "" if len(where) == len(cells) else f" for {', '.join(where)}"
                msg = f"the prompt of role {role!r} can't be rendered{only}: {reason}"
                yield Problem(place, Level.ERROR, msg)
