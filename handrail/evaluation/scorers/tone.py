"""Tone: lexical rules from `tone.yaml`. They find plain rudeness, not every unkind sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score
from handrail.playbook.boundaries import banned_language, phrases_in
from handrail.playbook.model import Playbook

RULES = Path(__file__).with_name("tone.yaml")
_LINK_OR_PLACEHOLDER = re.compile(r"https?://\S+|\[[A-Z][A-Z_]*_\d+\]")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class ToneRules:
    """Phrases by language and kind, and the limits that hold in every language."""

    fewest_words: int
    most_shouted_words: int
    most_exclamation_marks: int
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def read(cls, path: Path) -> ToneRules:
        """The rules in a YAML file."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        phrases = {
            language: {kind: tuple(listed) for kind, listed in kinds.items()}
            for language, kinds in table["phrases"].items()
        }
        return cls(**table["limits"], phrases=phrases)


class Tone:
    """1 if what the customer would read is neither rude, shouted, blaming nor curt."""

    measure = "tone"

    def __init__(self, playbook: Playbook) -> None:
        self._boundaries = playbook.boundaries
        self._rules = ToneRules.read(RULES)

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Apply the rules of the case's language to the reply."""
        text = _LINK_OR_PLACEHOLDER.sub(" ", record.decision.text)
        if not text.strip():
            return Score(self.measure, None, "nothing is said")
        if case.case.language not in self._rules.phrases:
            return Score(self.measure, None, "no rules for this language")
        problems = self._problems(text, case.case.language)
        if problems:
            return Score(self.measure, 0.0, ", ".join(problems))
        return Score(self.measure, 1.0, "no rule is broken")

    def _problems(self, text: str, language: str) -> list[str]:
        rules = self._rules
        found = [
            kind for kind, listed in rules.phrases[language].items() if phrases_in(text, listed)
        ]
        if banned_language(text, language=language, boundaries=self._boundaries):
            found.append("banned by the playbook")
        if len(text.split()) < rules.fewest_words:
            found.append("curt")
        if sum(w.isupper() for w in _LONG_WORD.findall(text)) > rules.most_shouted_words:
            found.append("shouting")
        if text.count("!") > rules.most_exclamation_marks:
            found.append("too many exclamation marks")
        return found
