"""What may be sent at all, spelled out from the playbook without the code that decides it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.agent.types import Case
from handrail.playbook.model import Playbook


def licensed_texts(playbook: Playbook, case: Case) -> frozenset[str]:
    """Every template x licensed values x what its region says beside it, for this case."""
    here, day = (case.region, case.language), case.at.date()
    facts = {
        fact.name: fact.value
        for fact in playbook.facts
        if (fact.region, fact.language) == here and fact.valid_from <= day <= fact.valid_to
    }
    said: dict[str, list[str]] = {}
    for one in playbook.disclosures:
        if (one.region, one.language) == here:
            said.setdefault(one.when, []).append(one.text)

    def texts() -> Iterator[str]:
        for template in playbook.templates:
            if (template.region, template.language) != here or not template.valid_on(day):
                continue
            values = {
                slot.name: (facts if slot.source == "fact" else case.context).get(slot.name)
                for slot in template.slots
            }
            if None in values.values():
                continue
            body = re.sub(r"\{(\w+)\}", lambda hole: str(values[hole[1]]), template.text)  # noqa: B023
            for first in ([], said.get("first_turn", [])):
                yield "\n\n".join((body, *first, *said.get(f"topic:{template.topic}", [])))

    return frozenset(texts())
