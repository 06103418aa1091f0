"""R31, R32 for texts nobody thought of."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.conversations.model import Conversation, Customer, Outcome, Role, Status, Turn
from handrail.redaction.checksums import luhn, mod97
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.recognizers.base import listed
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What people write around a value: words, punctuation, other numbers, scripts, line breaks.
AROUND = st.one_of(
    st.text(max_size=24),
    st.sampled_from(
        [
            "my card is ",
            "IBAN: ",
            "hi,\n",
            "call 0171 ",
            "order 12 ",
            "€ 12.50 ",
            "10.12.2026 ",
            "[CARD_1] ",
        ]
    ),
)
MARGIN = st.sampled_from([" ", "\n", ", ", ": ", "(", '"', " - "])


def redacted(*texts: str, customer: Customer | None = None) -> list[str]:
    turns = tuple(Turn(i, Role.CUSTOMER, text) for i, text in enumerate(texts))
    conversation = Conversation(
        "c-1",
        "shop",
        "eu",
        date(2026, 1, 5),
        turns,
        Outcome(Status.RESOLVED),
        customer or Customer(),
    )
    return [turn.text for turn in scrub(conversation, ruleset=STANDARD).turns]


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from("3456")) + draw(st.text("0123456789", min_size=14, max_size=14))
    number = next(body + d for d in "0123456789" if luhn(body + d))
    separator = draw(st.sampled_from(["", " ", "-"]))
    return separator.join(number[i : i + 4] for i in range(0, 16, 4))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from([("DE", 22), ("FR", 27), ("ES", 24), ("AT", 20)]))
    body = draw(st.text("0123456789", min_size=length - 4, max_size=length - 4))
    number = next(
        f"{country}{c:02d}{body}" for c in range(2, 99) if mod97(f"{country}{c:02d}{body}")
    )
    number = number if draw(st.booleans()) else number.lower()
    step = draw(st.sampled_from([4, 40]))
    return " ".join(number[i : i + step] for i in range(0, length, step))


EMAILS = st.from_regex(
    r"[a-z][a-z0-9._]{1,12}[a-z0-9]@[a-z]{2,10}\.(com|de|co\.uk)", fullmatch=True
)


@FEW
@given(AROUND, MARGIN, st.one_of(cards(), ibans(), EMAILS), MARGIN, AROUND)
def test_a_planted_card_iban_or_address_never_survives(
    before: str, left: str, value: str, right: str, after: str
) -> None:
    """R31"""
    (said,) = redacted(before + left + value + right + after)
    assert value.lower() not in said.lower()


# Names no rule knows, names that are words, and what makes a word a doubt or takes it away.
DOUBTFUL = st.lists(
    st.sampled_from(
        [
            *sorted(
                listed(
                    "Xiulan Bartosz zilvinka Anna anna jack Rose Madison sofa Kaiser Dyson Mr. K. "
                    "with by is from the and van de Ringvej 144 228 75012 Paris London . , ! "
                    "[PERSON_1] [ADDRESS_3]"
                )
            ),
            "\n",
        ]
    ),
    max_size=14,
).map(" ".join)


@FEW
@given(
    st.lists(
        st.one_of(st.text(max_size=60), cards(), EMAILS, AROUND, DOUBTFUL), min_size=1, max_size=4
    )
)
def test_scrubbing_what_was_scrubbed_changes_nothing(texts: list[str]) -> None:
    once = redacted(*texts)
    assert redacted(*once) == once


KNOWN = st.from_regex(r"[a-z]{5,9}[0-9]{2,4}", fullmatch=True)
NAMES = st.from_regex(r"[A-Z][a-zäöüéñ]{2,8} [A-Z][a-zäöüß]{3,9}", fullmatch=True)


@FEW
@given(
    AROUND,
    MARGIN,
    st.one_of(KNOWN, NAMES, EMAILS),
    MARGIN,
    AROUND,
    st.sampled_from([str.lower, str.upper, str]),
)
def test_a_known_value_never_survives(
    before: str, left: str, value: str, right: str, after: str, case: object
) -> None:
    """R32"""
    kind = "name" if " " in value else "username"
    customer = Customer(None, {kind: (value,)})
    written = case(value)  # type: ignore[operator]
    (said,) = redacted(before + left + written + right + after, customer=customer)
    assert value.casefold() not in said.casefold()


@FEW
@given(EMAILS, EMAILS, AROUND)
def test_one_value_has_one_placeholder(first: str, second: str, filler: str) -> None:
    """R32"""
    said = redacted(f"{first} {filler}", f"x {second}", first.upper())
    marks = [PLACEHOLDER.search(text) for text in said]
    names = [
        mark.group() if mark else "" for mark in (*marks[1:], re.search(r"\[EMAIL_\d+\]", said[0]))
    ]
    assert names[1] == names[2]
    assert (names[0] == names[1]) == (first.lower() == second.lower())
