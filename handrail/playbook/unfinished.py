"""What in the files of a playbook still waits for a person: words to write, and to sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handrail.playbook.authoring import PlaybookFile, to_do
from handrail.playbook.expansion import approval_of
from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource


def unfinished(
    sources: Iterable[YamlSource], files: Sequence[tuple[YamlSource, PlaybookFile]]
) -> Iterator[Problem]:
    """Every text that says TO DO, and every mandate without its three words of approval."""
    for source in sources:
        for keys, text in source.texts():
            if to_do(text):
                what = ".".join(str(key) for key in keys if not isinstance(key, int))
                yield Problem(source.at(*keys), Level.TO_DO, f"{what}: {_first_line(text)}")
    for source, file in files:
        for role, entry in file.mandates.items():
            if approval_of(entry) is None and not to_do(entry.approved_by or ""):
                needed = "approved_by, approved_on and valid_to are to be filled in by its approver"
                yield Problem(source.at("mandates", role), Level.TO_DO, f"{role}: {needed}")


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0]
    return line if len(line) <= 90 else f"{line[:87]}..."
