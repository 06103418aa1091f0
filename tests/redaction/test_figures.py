"""What scrubbing left and took is counted exactly, from raw and redacted text side by side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.figures import Figures, figures_of, leaks
from handrail.redaction.model import RedactedConversation, open_redacted, seal_redacted
from handrail.redaction.ruleset import STANDARD, Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
NAME, EMAIL = ("name", "Anna Berg"), ("email", "anna@berg.example")


def counted(
    raw: Conversation, redacted: RedactedConversation, *planted: tuple[str, str]
) -> Figures:
    figures = Figures()
    figures.add(raw, redacted, truth={raw.conversation_id: planted})
    return figures


def rewritten(redacted: RedactedConversation, was: str, now: str) -> RedactedConversation:
    """The stored form with another text, as a broken scrubber would have made it."""
    sealed = seal_redacted(redacted)
    assert was.encode() in sealed
    return open_redacted(sealed.replace(was.encode(), now.encode()))


def test_what_is_removed_whole_is_no_leak_and_precise(chat: Chat) -> None:
    """R31: values count wherever they stand; nothing beside them was removed."""
    raw = chat("I am Anna Berg, anna@berg.example", "anna berg again", "Hello", simulated=True)
    figures = counted(raw, scrub(raw, ruleset=STANDARD), NAME, EMAIL)
    assert figures.cells["planted", "name", "en"] == 2
    assert figures.cells["planted", "email", "en"] == 1
    assert figures.of("leaked") == 0
    assert figures.of("needed") == figures.of("removed") > 0
    assert figures.messages == {
        "all": 3, "touched": 2, "clean": 1, "clean touched": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "leaked", "precise"),
    [
        ("I am Anna Berg, [EMAIL_1]", {"name": 1}, True),
        ("I am [PERSON_1] Berg, [EMAIL_1]", {"name": 1}, True),
        ("I am [PERSON_1], [EMAIL_1].example", {"email": 1}, True),
        ("I am [PERSON_1][EMAIL_1]", {}, True),
        ("[PERSON_1], [EMAIL_1]", {}, False),
    ],
)
def test_a_rest_is_a_leak_and_too_much_is_imprecise(
    chat: Chat, now: str, leaked: dict[str, int], precise: bool
) -> None:
    """R31: one letter left of a value leaks it, as the bench scores it; separators don't count."""
    raw = chat("I am Anna Berg, anna@berg.example", simulated=True)
    redacted = rewritten(scrub(raw, ruleset=STANDARD), "I am [PERSON_1], [EMAIL_1]", now)
    figures = counted(raw, redacted, NAME, EMAIL)
    found = {kind: n for (what, kind, _), n in figures.cells.items() if what == "leaked" and n}
    assert found == leaked
    assert (figures.of("needed") == figures.of("removed")) is precise


def test_a_switched_off_recognizer_shows_in_its_kind_alone(chat: Chat) -> None:
    """R31: leak is measured per kind and language."""
    raw = chat("Write to anna@berg.example or +49 30 1234567", simulated=True, language="de")
    without = Ruleset(without=("phone",))
    planted = (EMAIL, ("phone", "+49 30 1234567"))
    figures = counted(raw, scrub(raw, ruleset=without), *planted)
    assert figures.cells["leaked", "phone", "de"] == 1
    assert figures.cells["leaked", "email", "de"] == 0
    whole = counted(raw, scrub(raw, ruleset=STANDARD), *planted)
    assert whole.of("leaked") == 0


def test_of_real_chats_only_what_was_replaced_is_known(chat: Chat) -> None:
    """R31: whatever an answer key says, a chat that isn't simulated is not measured by it."""
    raw = chat("I am Anna Berg, anna@berg.example")
    figures = counted(raw, scrub(raw, ruleset=STANDARD), NAME, EMAIL)
    assert {what for what, _, _ in figures.cells} == {"replaced"}
    assert figures.cells["replaced", "EMAIL", "en"] == 1
    assert "clean" not in figures.messages


def test_figures_survive_the_manifest_and_add_up(chat: Chat) -> None:
    raw = chat("I am Anna Berg, anna@berg.example", "ok", simulated=True)
    figures = counted(raw, scrub(raw, ruleset=STANDARD), NAME, EMAIL)
    figures.cpu_seconds = 0.25
    twice = figures_of([figures.measures(), figures.measures()])
    assert twice.cells == {cell: 2 * n for cell, n in figures.cells.items() if n}
    assert twice.messages == {name: 2 * n for name, n in figures.messages.items() if n}
    assert twice.cpu_seconds == 0.5


def test_shapes_hold_placeholders_and_not_a_word(chat: Chat) -> None:
    """R36: examples are reduced to placeholders before they are kept."""
    raw = chat("I am Anna Berg from the walrus club, anna@berg.example", simulated=True)
    figures = counted(raw, scrub(raw, ruleset=STANDARD), NAME, EMAIL)
    [shape] = figures.shapes
    assert shape == "... [PERSON_1] ... [EMAIL_1] ..."
    assert "walrus" not in str(figures.measures())


@pytest.mark.parametrize(
    ("said", "kept"), [("de", "de"), ("pt-BR", "pt"), ("en_US", "en"), ("Swiss German", "unknown")]
)
def test_a_language_is_a_tag_and_nothing_else(chat: Chat, said: str, kept: str) -> None:
    """R36: whatever an export calls a language doesn't get into a manifest."""
    raw = chat("I am Anna Berg", language=said)
    figures = counted(raw, scrub(raw, ruleset=STANDARD))
    assert {language for _, _, language in figures.cells} == {kept}


@pytest.mark.parametrize(
    ("after", "leaking"),
    [
        ("call [PHONE_1]", False),
        ("call a b [PHONE_1]", True),
        ("call [PHONE_1] 03", True),
        ("call [PHONE_1]-0-[PHONE_2]", True),
        ("call a b 1-0-03", True),
        ("[PHONE_1]", False),
    ],
)
def test_one_letter_or_digit_of_a_value_is_a_leak(after: str, leaking: bool) -> None:
    """R31: there is no rest so small that it isn't counted."""
    assert leaks("call a b 1-0-03", after, planted=[("phone", "a b 1-0-03")]) is leaking


def test_a_word_beside_a_placeholder_is_no_leak_where_it_belongs_to_no_value() -> None:
    """R31: raw and redacted text together tell a value's rest from what was said around it."""
    planted = [("name", "de la Cruz")]
    assert not leaks("la de la Cruz", "la [PERSON_1]", planted=planted)
    assert leaks("la de la Cruz", "la de [PERSON_1]", planted=planted)
