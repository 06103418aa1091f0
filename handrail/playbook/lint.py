"""Everything that is wrong, unfinished or risky in the files of a playbook, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from handrail.errors import BadInput
from handrail.playbook.checks import (
    every_boundary_is_held_out_too,
    every_region_asks_in_each_language,
    every_region_has_disclosures,
    every_role_has_boundaries,
    everything_is_approved,
)
from handrail.playbook.expansion import Draft
from handrail.playbook.hidden import hidden_in
from handrail.playbook.model import Playbook, digest_of
from handrail.playbook.problems import Level, Problem
from handrail.playbook.reader import files_of, read_sources, shape_problems, unread
from handrail.playbook.style import Written, style_problems
from handrail.playbook.unfinished import unfinished
from handrail.playbook.unrenderable import unrenderable
from handrail.residency import Region
from handrail.verdicts import Finding


class Proof(Protocol):
    """A check on a playbook that is made further up than the playbook: it is passed in."""

    def __call__(self, playbook: Playbook, regions: Iterable[Region], *, on: date) -> Finding:
        """What it finds for the day `on`."""
        ...


def lint(
    folder: Path, *, regions: Iterable[Region], on: date, proofs: Sequence[Proof]
) -> tuple[Problem, ...]:
    """What `read_playbook` refuses, what the checks would fail on `on`, and what reads badly.

    `proofs` are further checks of the asset `playbook`. What can't be read hides what lies behind
    it: the list may be longer the next time. An empty list means that the asset passes.
    """
    try:
        sources = read_sources(folder)
    except BadInput as error:
        return (Problem("", Level.ERROR, str(error)),)
    beside = list(unread(folder))
    misshapen = shape_problems(sources)
    if misshapen:
        return (*beside, *misshapen)
    served = list(regions)
    files = files_of(sources)
    draft = Draft(files)
    content = draft.content()
    if draft.problems:
        return (*beside, *draft.problems)
    book = Playbook(**content, digest=digest_of(content))
    to_do = list(unfinished(sources, files))
    return tuple(
        dict.fromkeys(
            (
                *beside,
                *to_do,
                *unrenderable(files, book),
                *hidden_in(sources),
                *style_problems(Written(tuple(files), book, on)),
                *_failed_checks(book, served, on, proofs, waits=bool(to_do)),
            )
        )
    )


def _failed_checks(
    book: Playbook,
    regions: Sequence[Region],
    on: date,
    proofs: Sequence[Proof],
    *,
    waits: bool,
) -> Sequence[Problem]:
    findings = [
        every_role_has_boundaries(book),
        every_boundary_is_held_out_too(book),
        every_region_has_disclosures(book, regions, on=on),
        every_region_asks_in_each_language(book, regions, on=on),
        *(proof(book, regions, on=on) for proof in proofs),
    ]
    if not waits:  # else each thing to do is told by its line
        findings.append(everything_is_approved(book, on))
    return [
        Problem("", Level.ERROR, f"{finding.check}: {finding.reason}")
        for finding in findings
        if not finding.verdict.passed
    ]
