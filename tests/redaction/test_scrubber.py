"""What `scrub` makes of whole conversations."""

from __future__ import annotations

import dataclasses
import gc
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from handrail.conversations.model import (
    Action,
    Conversation,
    Customer,
    Flag,
    FlagLabel,
    Role,
    SetBy,
    Tag,
    Turn,
)
from handrail.errors import Refused, Withheld
from handrail.redaction import ruleset
from handrail.redaction.model import RedactedConversation, open_redacted, seal_redacted
from handrail.redaction.recognizers.person import Person
from handrail.redaction.ruleset import STANDARD, Ruleset
from handrail.redaction.scrubber import scrub
from handrail.settings import PROJECT

Chat = Callable[..., Conversation]
LARRY = Customer(
    "CUS-99812",
    {
        "name": ("Larry Würmeling",),
        "email": ("larry.w@example.org",),
        "phone": ("+49 171 5550199",),
        "address": ("Am Anger 7, 99084 Erfurt",),
        "username": ("larrydog",),
    },
)


def texts(conversation: Conversation) -> list[str]:
    return [turn.text for turn in scrub(conversation, ruleset=STANDARD).turns]


def test_one_person_has_one_placeholder_in_a_conversation(chat: Chat) -> None:
    """R32"""
    said = texts(
        chat(
            ("agent", "Thanks for contacting us Elizabeth Powell! My name is Thomas."),
            "hello thomas, elizabeth here",
            ("agent", "Thank you Elizabeth, anything else?"),
        )
    )
    assert said == [
        "Thanks for contacting us [PERSON_1]! My name is [PERSON_2].",
        "hello [PERSON_2], [PERSON_1] here",
        "Thank you [PERSON_1], anything else?",
    ]


def test_placeholders_mean_nothing_outside_their_conversation(chat: Chat) -> None:
    """R32"""
    first = texts(chat("my name is Anna Berg"))
    second = texts(chat("my name is Otto Kern"))
    assert first == second == ["my name is [PERSON_1]"]


@pytest.mark.parametrize(
    "written",
    [
        "LARRY WÜRMELING",
        "larry wurmeling",
        "Larry Wuermeling",
        "Würmeling",
        "larry  würmelling",
        "LARRY.W@EXAMPLE.ORG",
        "larry.w@exmaple.org",
        "0171-5550199",
        "+491715550199",
        "am anger 7",
        "Am Anger 7 , 99084 Erfurt",
        "larrydog",
        "larrydgo",
        "CUS-99812",
        "cus 99812",
    ],
)
def test_a_known_value_goes_wherever_and_however_it_is_written(chat: Chat, written: str) -> None:
    """R32"""
    (said,) = texts(chat(f"so it is about {written} ok", customer=LARRY))
    assert said.startswith("so it is about [")
    assert said.endswith("] ok")


def test_a_known_name_that_is_a_word_stays_a_word_in_lower_case(chat: Chat) -> None:
    """R32"""
    mark = Customer(None, {"name": ("Mark Bill",)})
    said = texts(chat("the mark on the bill is ugly, says Mark", customer=mark))
    assert said == ["the mark on the bill is ugly, says [PERSON_1]"]


def test_a_value_recognized_once_goes_everywhere(chat: Chat) -> None:
    """R31"""
    said = texts(
        chat("my name is ilvy tarnok", ("agent", "Is Tarnok spelled with k?"), "yes, ILVY TARNOK")
    )
    assert said == ["my name is [PERSON_1]", "Is [PERSON_1] spelled with k?", "yes, [PERSON_1]"]


def test_a_card_sent_in_pieces_is_found_as_one(chat: Chat) -> None:
    """R31"""
    assert texts(chat("4111 1111", "1111 1111", "thanks")) == ["[CARD_1]", "[CARD_1]", "thanks"]
    assert texts(chat("here: 4111", "1111", "1111", "1111"))[1:] == ["[CARD_1]"] * 3


def test_a_number_begun_in_one_message_and_sent_in_the_next_is_found(chat: Chat) -> None:
    """R31"""
    assert texts(chat("my number is", "555 014 2277")) == ["my number is", "[PHONE_1]"]
    assert texts(chat("the password is", "tigerlily")) == ["the password is", "[SECRET_1]"]


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("What is your date of birth?", "3.4.1980", "DATE_OF_BIRTH"),
        ("May I have your full name please?", "sure, tamsin okonjo", "PERSON"),
        ("Könnten Sie mir bitte Ihre Bestellnummer nennen?", "4711223", "ORDER"),
        ("Can you confirm your username?", "annabanana", "USERNAME"),
        ("Please confirm the PIN", "8841", "SECRET"),
    ],
)
def test_an_answer_is_read_with_its_question(
    chat: Chat, question: str, answer: str, kind: str
) -> None:
    """R31"""
    said = texts(chat(("agent", question), answer))
    assert said[1].endswith(f"[{kind}_1]")
    assert texts(chat(answer)) != said[1:] or kind == "PERSON"


def test_invisible_characters_and_foreign_digits_hide_nothing(chat: Chat) -> None:
    """R31"""
    said = texts(
        chat(
            "card 4111\u200b1111\u200b1111\u200b1111",
            "mail b\u00adob@example.org",
            "4111 1111 1111 1111".translate({48 + d: 0xFF10 + d for d in range(10)}),
        )
    )
    assert said == ["card [CARD_1]", "mail [EMAIL_1]", "[CARD_1]"]


def test_private_turns_profile_and_arguments_are_dropped_and_indices_stay(chat: Chat) -> None:
    conversation = chat("hello", "bye", customer=LARRY)
    turns = (
        conversation.turns[0],
        Turn(1, Role.AGENT, "internal: call Bob", is_private=True),
        dataclasses.replace(conversation.turns[1], index=2),
    )
    redacted = scrub(
        dataclasses.replace(
            conversation,
            turns=turns,
            actions=(Action("reset_password", 0, True, {"to": "x@y.org"}),),
        ),
        ruleset=STANDARD,
    )
    assert [turn.index for turn in redacted.turns] == [0, 2]
    stored = seal_redacted(redacted)
    assert not any(word in stored for word in (b"Bob", b"x@y.org", b"larry", b"99812"))
    assert redacted.actions[0].name == "reset_password"


@pytest.mark.parametrize(
    "label", ["call Anna Berg", "a@b.org", "4111111111111111", "reset larrydog", ""]
)
def test_a_label_that_could_hold_anything_is_dropped(chat: Chat, label: str) -> None:
    conversation = chat(
        "hello", customer=LARRY, actions=(Action(label),), topic=Tag(label, SetBy.EXPORT)
    )
    turns = (dataclasses.replace(conversation.turns[0], template=label),)
    redacted = scrub(dataclasses.replace(conversation, turns=turns), ruleset=STANDARD)
    assert redacted.turns[0].template is None
    assert redacted.topic is None
    assert redacted.actions == ()


@pytest.mark.parametrize(
    "label",
    ["password_reset.eu.de.1", "ask_name", "order_status", "refund-status.v2", "account_balance"],
)
def test_a_label_stays(chat: Chat, label: str) -> None:
    conversation = chat("hello", actions=(Action(label),), topic=Tag(label, SetBy.EXPORT))
    redacted = scrub(conversation, ruleset=STANDARD)
    assert redacted.topic == conversation.topic
    assert [action.name for action in redacted.actions] == [label]


def test_flags_are_scrubbed_with_the_conversation_and_name_no_agent(
    chat: Chat, at: datetime
) -> None:
    """R32"""
    flags = tuple(
        Flag(f"f{i}", "c-1", 0, FlagLabel.RISKY, f"wrong for elsbeth{i}", by, at)
        for i, by in enumerate(["anna.berg@shop.example", "anna.berg@shop.example", "agent-17"])
    )
    redacted = scrub(
        chat("my name is Elsbeth1 Kruse", "call Elsbeth Kruse", flags=flags), ruleset=STANDARD
    )
    reviewers = [flag.reviewer for flag in redacted.flags]
    assert reviewers[0] == reviewers[1] == "reviewer-1"
    assert reviewers[2].startswith("reviewer-")
    assert reviewers[2] not in ("reviewer-1", "reviewer-2", "reviewer-agent-17")
    assert b"anna" not in seal_redacted(redacted)
    again = scrub(chat("hi", flags=flags[2:], conversation_id="c-2"), ruleset=STANDARD)
    assert again.flags[0].reviewer == reviewers[2]


def test_flag_reason_shares_the_conversations_placeholders(chat: Chat, at: datetime) -> None:
    """R32"""
    flag = Flag("f1", "c-1", 0, FlagLabel.HELPFUL, "told Elsbeth the wrong fee", "agent-1", at)
    redacted = scrub(chat("my name is Elsbeth Kruse", flags=(flag,)), ruleset=STANDARD)
    assert redacted.flags[0].reason == "told [PERSON_1] the wrong fee"


def test_only_the_scrubber_makes_a_redacted_conversation(chat: Chat) -> None:
    redacted = scrub(chat("hello"), ruleset=STANDARD)
    fields = {f.name: getattr(redacted, f.name) for f in dataclasses.fields(redacted)}
    with pytest.raises(Refused):
        RedactedConversation(**fields)
    assert open_redacted(seal_redacted(redacted)) == redacted


def test_the_stamp_counts_hits_and_names_the_scrubber(chat: Chat) -> None:
    """R31: upgrading the scrubber changes the stamp."""
    stamp = scrub(chat("mail a@b.org and c@d.org, card 4111111111111111"), ruleset=STANDARD).stamp
    assert stamp.hits == {"CARD": 1, "EMAIL": 2}
    assert stamp.scrubber == STANDARD.version
    assert len(stamp.scrubber) == 64


def test_a_changed_table_changes_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """R31"""
    before = ruleset._code_digest()
    monkeypatch.setattr(ruleset, "_SCRUBBING", ruleset._SCRUBBING[:-1])
    assert ruleset._code_digest.__wrapped__() != before


def test_the_version_covers_every_module_that_scrubs_or_looks() -> None:
    """R31: what a change of them would do to a stored day, an upgrade has to show as stale."""
    listing = """
import sys
import handrail.redaction.kernel, handrail.redaction.own_look, handrail.redaction.second_look
parts = ("handrail.redaction.", "handrail.inference.")
print(*(module.__file__ for name, module in sys.modules.items() if name.startswith(parts)))
"""
    run = [sys.executable, "-c", listing]
    imported = subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, check=True)
    package = PROJECT / "handrail"
    covered = {str(file) for one in ruleset._SCRUBBING for file in package.glob(one)}
    only_carries = {str(package / "redaction" / "kernel.py")}
    assert set(imported.stdout.split()) - covered == only_carries


def test_a_failure_quotes_no_chat_text(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Person, text: str, **__: object) -> list[object]:
        raise ValueError(text)

    monkeypatch.setattr(Person, "find", broken)
    with pytest.raises(Withheld) as failure:
        scrub(chat("my secret is tigerlily"), ruleset=STANDARD)
    assert "tigerlily" not in str(failure.value)
    assert "c-1" in str(failure.value)


def test_placeholders_a_customer_typed_are_not_reused(chat: Chat) -> None:
    assert texts(chat("see [EMAIL_1] or a@b.org")) == ["see [EMAIL_1] or [EMAIL_2]"]


def test_many_names_in_one_message_take_time_that_grows_with_its_length(chat: Chat) -> None:
    """R31: each doubling of the people costs less than 2.3 times as much, over three doublings."""
    letters = random.Random(1)
    people = ["".join(letters.choices("abdegiklmnorstuz", k=9)).title() for _ in range(8000)]

    def cpu_seconds(count: int) -> float:
        said = chat(" ".join(f"My name is {person}." for person in people[:count]))
        gc.disable()  # it looks through everything the tests before have left
        begun = time.process_time()
        scrub(said, ruleset=Ruleset(names="rules"))
        spent = time.process_time() - begun
        gc.enable()
        return spent

    cpu_seconds(100)
    # A neighbor on the machine can spoil one look, not five; squared it would be 64 times as much.
    assert any(cpu_seconds(8000) < 2.3**3 * cpu_seconds(1000) for _ in range(5))


def test_who_wrote_a_reply_is_the_same_opaque_number_in_each_chat(chat: Chat) -> None:
    """An agent is a data subject too (R40): no id of the export is left."""

    def authors(*ids: str | None) -> list[str | None]:
        turns = tuple(Turn(n, Role.AGENT, "Done.", None, author=one) for n, one in enumerate(ids))
        return [turn.author for turn in scrub(chat(turns=turns), ruleset=STANDARD).turns]

    first, second, nobody = authors("4711", "4712", None)
    assert nobody is None
    assert first != second and "4711" not in str(first)
    assert authors("4712", "4711") == [second, first]
    # A name is no opaque id: hashed it could be guessed, so it is a number within the chat.
    assert authors("Ada Lovelace", "4711", "Ada Lovelace") == ["agent-1", first, "agent-1"]
