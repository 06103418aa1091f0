"""Contamination: nothing of another region reaches this region's customers."""

from __future__ import annotations

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score
from handrail.playbook.model import Playbook


class Contamination:
    """1 if a reply rests on nothing, and repeats nothing, that only other regions have.

    Counted are ids of templates, facts and disclosures, and the texts of other regions' facts
    (links above all) and disclosures.
    """

    measure = "contamination"

    def __init__(self, playbook: Playbook) -> None:
        self._region_of_id = {
            **{template.id: template.region for template in playbook.templates},
            **{fact.id: fact.region for fact in playbook.facts},
            **{disclosure.id: disclosure.region for disclosure in playbook.disclosures},
        }
        self._regions_of_text: dict[str, set[str]] = {}
        for fact in playbook.facts:
            self._regions_of_text.setdefault(fact.value, set()).add(fact.region)
        for disclosure in playbook.disclosures:
            self._regions_of_text.setdefault(disclosure.text, set()).add(disclosure.region)

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Look for ids and texts of other regions."""
        region = case.case.region
        used = (
            *record.decision.disclosures,
            *(ground.id for ground in record.proposal.grounds),
            record.proposal.template_id or "",
        )
        foreign = sorted({i for i in used if self._region_of_id.get(i, region) != region})
        if foreign:
            return Score(self.measure, 0.0, "rests on " + ", ".join(foreign))
        own = [text for text, regions in self._regions_of_text.items() if region in regions]
        for text, regions in self._regions_of_text.items():
            if region in regions or not _telling(text) or any(text in mine for mine in own):
                continue
            if text in record.decision.text or text in record.proposal.text:
                return Score(self.measure, 0.0, "repeats a text of " + ", ".join(sorted(regions)))
        return Score(self.measure, 1.0, "nothing of another region in it")


def _telling(text: str) -> bool:
    """A number of days can't be told apart from any other number; a link or a sentence can."""
    return len(text) >= 12 and not text.replace(" ", "").isdigit()
