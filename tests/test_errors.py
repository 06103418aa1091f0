"""R36: no message of a parser, a cast or a library reaches a log with chat text in it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from handrail.conversations.model import decode
from handrail.errors import HandrailError, Refused, Withheld, without_chat_text

SECRET = "my card is 4111 1111 1111 1111"


@pytest.mark.parametrize(
    "quotes",
    [
        lambda: int(SECRET),
        lambda: datetime.fromisoformat(SECRET),
        lambda: json.loads(SECRET),
        lambda: TypeAdapter(int).validate_python(SECRET),
        lambda: pa.array([SECRET]).cast(pa.int64()),
        lambda: {}[SECRET],
        lambda: decode(SECRET.encode()),
    ],
    ids=["int", "date", "json", "pydantic", "arrow", "key", "decode"],
)
def test_an_error_that_quotes_its_input_is_withheld_R36(quotes: Callable[[], object]) -> None:
    with pytest.raises(HandrailError) as caught, without_chat_text("record 7"):
        quotes()
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "4111" not in str(caught.value)
    assert "4111" not in shown
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_the_record_is_named() -> None:
    with pytest.raises(Withheld, match="ValueError at record 7"), without_chat_text("record 7"):
        int("x")


def test_our_own_errors_keep_their_sentence() -> None:
    with pytest.raises(Refused, match="do this instead"), without_chat_text("record 7"):
        msg = "do this instead"
        raise Refused(msg)
