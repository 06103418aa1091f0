"""What a synthetic dialogue must not do, whoever wrote it, and the checks of what stays. R8."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum

from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.conversations.wording import signature
from handrail.dataset.coverage import Cell
from handrail.dataset.dialogue import ORDER, Dialogue, hand_off, stand_ins
from handrail.dataset.model import Split, TrainingExample
from handrail.playbook.boundaries import banned_language, human_claims, regulated_matters
from handrail.playbook.licensed_claims import CannotFill, FilledSlot, exceeding, fill
from handrail.playbook.model import Fact, Playbook
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.verdicts import Finding, holds


class Objection(StrEnum):
    """Why a dialogue is rejected; what is shown is how many, never which words."""

    NOT_IN_PLAYBOOK = "not_in_playbook"
    EXCEEDS_FACTS = "exceeds_facts"
    ESCALATION = "escalation_wrong"
    REGULATED_WORDS = "regulated_words"
    OFF_POLICY = "off_policy"
    PERSONAL_DATA = "personal_data"
    DUPLICATE = "duplicate"


class Checker:
    """Judges the dialogues of one region by the playbook as it holds on a day."""

    def __init__(self, book: Playbook, *, region: str, on: date, ruleset: Ruleset) -> None:
        self._book = book
        self._region = region
        self._on = on
        self._ruleset = ruleset
        self._facts = {
            fact.id: fact
            for fact in book.facts
            if fact.region == region and fact.valid_from <= on <= fact.valid_to
        }
        self._seen: set[str] = set()

    def rejects(self, dialogue: Dialogue, cell: Cell) -> Objection | None:
        """The first reason against a new dialogue, or None; what passes is remembered as said."""
        objection = self.beyond_playbook(dialogue, cell) or self._improper(dialogue, cell)
        if objection is None:
            said = signature(dialogue.opening)
            if said in self._seen:
                return Objection.DUPLICATE
            self._seen.add(said)
        return objection

    def beyond_playbook(self, dialogue: Dialogue, cell: Cell) -> Objection | None:
        """Whether it says what no approved text or fact licenses, or answers what is for people.

        The opening may hold no claim of its own either: a model that is trained on the dialogue
        would learn to say it.
        """
        topic = self._book.topics.get(cell.topic)
        if topic is None or cell.region != self._region:
            return Objection.NOT_IN_PLAYBOOK
        if dialogue.escalates != topic.regulated:
            return Objection.ESCALATION
        texts, slots, facts = [], [ORDER], []
        if dialogue.escalates:
            words, said = hand_off(self._book, cell)
            if not said or dialogue.reply != words:
                return Objection.ESCALATION
            if dialogue.facts != said or dialogue.template is not None:
                return Objection.NOT_IN_PLAYBOOK
            texts.append(words)
        else:
            template = next((t for t in self._book.templates if t.id == dialogue.template), None)
            facts = [self._facts[name] for name in dialogue.facts if name in self._facts]
            if (
                template is None
                or (template.topic, template.region) != (cell.topic, cell.region)
                or not template.valid_on(self._on)
                or len(facts) < len(dialogue.facts)
                or {template.language, *(fact.language for fact in facts)} != {cell.language}
            ):
                return Objection.NOT_IN_PLAYBOOK
            texts.append(template.text)
            slots += [
                FilledSlot(name, value, f"context:{name}")
                for name, value in stand_ins(template).items()
            ]
        beyond = any(
            exceeding(said, texts=texts, slots=slots, facts=facts)
            for said in (dialogue.opening, dialogue.reply)
        )
        return Objection.EXCEEDS_FACTS if beyond else None

    def _improper(self, dialogue: Dialogue, cell: Cell) -> Objection | None:
        language, bounds = cell.language, self._book.boundaries
        if not dialogue.escalates and regulated_matters(
            dialogue.opening, language=language, boundaries=bounds
        ):
            return Objection.REGULATED_WORDS
        if banned_language(dialogue.reply, language=language, boundaries=bounds) or human_claims(
            dialogue.reply, language=language, boundaries=bounds
        ):
            return Objection.OFF_POLICY
        said = [dialogue.opening]
        if dialogue.reply != self._vetted(dialogue, cell):
            said.append(dialogue.reply)  # vetted words with licensed values were read by people
        if self._scrubbed(said, language) != said:
            return Objection.PERSONAL_DATA
        return None

    def _vetted(self, dialogue: Dialogue, cell: Cell) -> str:
        """What people have approved for this reply, word for word; empty if it can't be filled."""
        if dialogue.template is None:
            return hand_off(self._book, cell)[0]
        template = self._book.template(dialogue.template)
        facts: list[Fact] = list(self._facts.values())
        try:
            return fill(template, context=stand_ins(template), facts=facts, on=self._on).text
        except CannotFill:
            return ""

    def _scrubbed(self, texts: Sequence[str], language: str) -> list[str]:
        at = datetime.combine(self._on, time(), UTC)
        roles = (Role.CUSTOMER, Role.AGENT)
        turns = (Turn(n, roles[n], text, at) for n, text in enumerate(texts))
        chat = Conversation(
            conversation_id="synthetic",
            source_system="synthetic",
            region=self._region,
            day=self._on,
            turns=tuple(turns),
            outcome=Outcome(Status.RESOLVED),
            customer=Customer(),
            language=Tag(language, SetBy.RULE, None),
        )
        return [turn.text for turn in scrub(chat, ruleset=self._ruleset).turns]


def findings(
    rows: Sequence[TrainingExample],
    *,
    checker: Checker,
    book: Playbook,
    cells: Collection[Cell],
    generator: str,
) -> tuple[Finding, ...]:
    """The blocking checks of `synthetic_chats`, on rows as they were read back."""
    by_name = {cell.name: cell for cell in cells}
    marked = [
        (row, row.synthesis, by_name[row.synthesis.cell])
        for row in rows
        if row.synthesis is not None
        and row.synthesis.generator == generator
        and row.synthesis.cell in by_name
        and row.split is Split.TRAIN
    ]
    unmarked = len(rows) - len(marked)
    beyond = sum(
        checker.beyond_playbook(
            Dialogue(row.message, row.reply, row.template, mark.facts, mark.escalates), cell
        )
        is not None
        for row, mark, cell in marked
    )
    due = [(row, mark, cell) for row, mark, cell in marked if book.topics[row.topic].regulated]
    answered = sum(
        not mark.escalates or row.reply != hand_off(book, cell)[0] for row, mark, cell in due
    )
    return (
        holds(
            "all_marked",
            unmarked == 0,
            f"{unmarked} of {len(rows)} dialogues don't say what wrote them and for which deficit",
            dialogues=len(rows),
            dialogues_without_mark=unmarked,
        ),
        holds(
            "facts_from_playbook",
            beyond + unmarked == 0,
            f"{beyond} of {len(rows)} dialogues say what the playbook does not, of {unmarked} "
            "nobody knows",
            dialogues=len(rows),
            dialogues_beyond_the_playbook=beyond,
        ),
        holds(
            "escalation_present",
            answered + unmarked == 0,
            f"{answered} of {len(due)} dialogues about what only people may answer lack the "
            f"hand-off, of {unmarked} nobody knows",
            dialogues_for_people=len(due),
            dialogues_without_hand_off=answered,
        ),
    )
