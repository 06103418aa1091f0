"""R31: names that only a network knows, the same in every batch and process; R36: no text kept."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from handrail.conversations.model import Conversation, to_arrow
from handrail.inference.weights import (
    NAMES_NETWORK,
    NAMES_VOCABULARY,
    NoWeights,
    Weights,
    installed,
)
from handrail.redaction import names_model as module
from handrail.redaction import ruleset as ruleset_module
from handrail.redaction.kernel import redact
from handrail.redaction.model import open_redacted
from handrail.redaction.names_model import Likely, NamesModel, names_model
from handrail.redaction.opinion import Question
from handrail.redaction.ruleset import Ruleset, schema_with
from handrail.redaction.scrubber import scrub
from handrail.redaction.spans import Span, SpanType
from handrail.settings import PROJECT

Chat = Callable[..., Conversation]
MODEL, RULES = Ruleset(names="model"), Ruleset(names="rules")
WORDS = ["signed", "for", "by", "xiulan", "."]


def names(text: str, found: list[Span], *, model: NamesModel) -> list[Span]:
    """What the model makes of one message."""
    question = Question(text, found)
    return question.names([model.likely(stretch) for stretch in question.stretches])


def texts(conversation: Conversation, ruleset: Ruleset = MODEL) -> list[str]:
    return [turn.text for turn in scrub(conversation, ruleset=ruleset).turns]


@pytest.mark.parametrize(
    ("said", "redacted"),
    [
        ("apparently Xiulan moved out.", "apparently [PERSON_1] moved out."),
        ("After that Zdzislaw broke it", "After that [PERSON_1] broke it"),
        ("by NWANKWO QURESHI, flat below", "by [PERSON_1], flat below"),
        ("mariella eibl", "[PERSON_1]"),
        ("an appointment with Barskyeva Bryna G", "an appointment with [PERSON_1]"),
        ("Ich hatte gestern mit Thorben Achterberg telefoniert",
         "Ich hatte gestern mit [PERSON_1] telefoniert"),
        ("Lo mandó Nepomucena Larrañaga.", "Lo mandó [PERSON_1]."),
    ],
)  # fmt: skip
def test_a_name_that_no_rule_knows_is_found(chat: Chat, said: str, redacted: str) -> None:
    assert texts(chat(said)) == [redacted]
    assert texts(chat(said), RULES) != [redacted]


def test_a_name_the_model_found_goes_everywhere(chat: Chat) -> None:
    said = texts(
        chat("apparently Xiulan moved out.", ("agent", "And xiulan is?"), "XIULAN lives here")
    )
    assert said == [
        "apparently [PERSON_1] moved out.",
        "And [PERSON_1] is?",
        "[PERSON_1] lives here",
    ]


def test_more_unknown_words_than_the_network_reads_are_read_in_parts(chat: Chat) -> None:
    """R31: one such message would keep the whole day from being redacted."""
    letters = random.Random(1)
    words = ["".join(letters.choices("jkqvwxz", k=90)).title() for _ in range(40)]
    assert len(names_model().likely([word.lower() for word in words])) == len(words)
    joined = "-".join(words[:3] * 20)
    [said] = texts(chat(f"{' '.join(words)} {joined} apparently Xiulan moved out."))
    assert "Xiulan" not in said


def test_the_rules_that_decide_are_part_of_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ruleset without the network doesn't change with it."""
    assert MODEL.version != RULES.version
    before = MODEL.version, RULES.version
    other = Weights("names.onnx", "0" * 64)
    monkeypatch.setattr(ruleset_module, "NAMES_NETWORK", other)
    ruleset_module._version.cache_clear()
    # Anew: a ruleset keeps the version that it once had.
    assert replace(MODEL).version != before[0]
    assert replace(RULES).version == before[1]
    ruleset_module._version.cache_clear()


def test_without_the_files_redaction_stops_and_says_what_to_type(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fail closed: nothing is redacted by less than what was asked for."""
    monkeypatch.setattr(module, "installed", lambda: tmp_path)
    names_model.cache_clear()
    with pytest.raises(NoWeights, match=r"make \.venv/\.ready"):
        texts(chat("apparently Xiulan moved out."))
    assert texts(chat("my name is Anna Berg"), RULES) == ["my name is [PERSON_1]"]
    names_model.cache_clear()


def test_a_chat_is_redacted_the_same_in_any_company(chat: Chat) -> None:
    """Alone, in a batch, after other batches: no answer depends on what else was asked."""
    said = "After that Bartosz broke it, Ngozi saw it, apparently Xiulan moved out."
    mine = chat(said)
    others = [chat(f"{name} sent it back", conversation_id=name) for name in ("Zsofi", "Oyelaran")]
    batch = to_arrow([*others, mine]).replace_schema_metadata(schema_with(MODEL).metadata)
    together = open_redacted(redact(batch).column("redacted")[2].as_py())
    assert [turn.text for turn in together.turns] == texts(mine)


def test_another_process_gives_the_same_answer_to_the_bit() -> None:
    code = (
        "from handrail.redaction.names_model import names_model\n"
        f"print(names_model().likely({WORDS!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(names_model().likely(WORDS))


def test_an_answer_is_one_per_word_and_remembered() -> None:
    model = Counting()
    first = model.likely(WORDS)
    assert len(first) == len(WORDS)
    assert model.likely(list(WORDS)) == first
    assert model.asked == 1


def test_so_many_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 2)
    model = Counting()
    for word in ("xiulan", "ngozi", "bartosz", "ngozi"):
        model.likely([word])
    assert model.asked == 3
    model.likely(["xiulan"])
    assert model.asked == 4  # it was forgotten first


def test_most_messages_ask_nothing() -> None:
    model = Counting()
    for text in ("my order has not arrived yet", "Die Lieferung fehlt", "gracias por su ayuda"):
        assert names(text, [], model=model) == []
    assert model.asked == 0


def test_a_long_run_of_doubts_is_read_in_stretches_the_model_can_hold() -> None:
    text = " ".join(f"Xiulan{'abcdefghij'[n % 10]}" for n in range(400))
    model = Counting()
    names(text, [], model=model)
    assert 1 < model.asked < 20
    assert model.longest <= 512


def test_an_initial_and_a_particle_belong_to_the_name_beside_them() -> None:
    text = "spoke to Zsofia K. Larranaga and Willemine ten Broek."
    found = names(text, [], model=names_model())
    assert [text[span.start : span.end] for span in found] == [
        "Zsofia K. Larranaga",
        "Willemine ten Broek",
    ]
    assert {span.type for span in found} == {SpanType.PERSON}


def test_the_model_adds_to_what_was_found_and_takes_nothing_away() -> None:
    text = "Anna Oyelaran called"
    (found,) = names(text, [Span(0, 4, SpanType.PERSON, 0.9)], model=names_model())
    assert text[found.start : found.end] == "Anna Oyelaran"


class Counting(NamesModel):
    """The installed network, which counts what reaches it."""

    def __init__(self) -> None:
        folder = installed()
        super().__init__(NAMES_NETWORK.read(folder), NAMES_VOCABULARY.read(folder).decode())
        self.asked = self.longest = 0

    def _ask(self, words: Sequence[str]) -> tuple[Likely, ...]:
        self.asked += 1
        self.longest = max(self.longest, sum(len(self._vocabulary.pieces(w)) for w in words) + 2)
        return super()._ask(words)
