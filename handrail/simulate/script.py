"""The turns of one conversation as they are said, with a record of what was planted in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random

from handrail.conversations.model import Channel, Role, Turn
from handrail.simulate.answer_key import Planted
from handrail.simulate.phrasing import Style, fill, slots_of, typed
from handrail.simulate.voice import Voice

PERSONAL = frozenset(
    {
        "name", "first_name", "agent_name", "email", "phone", "address", "birth_date", "username",
        "password", "api_key", "token", "session", "card", "iban", "account", "order_id", "missed",
    }
)  # fmt: skip

# At least so many seconds between two messages, and up to so many more.
_PACE_SECONDS = {
    Channel.CHAT: (4, 86),
    Channel.MESSAGING: (20, 1780),
    Channel.EMAIL: (600, 28200),
    Channel.VOICE: (3, 37),
}


class Script:
    """What has been said so far. With a `voice` it is a call, and what people say is heard."""

    def __init__(
        self,
        rng: Random,
        *,
        values: Mapping[str, str],
        as_customer_types: Mapping[str, str],
        missed_kind: str | None,
        style: Style,
        voice: Voice | None,
        channel: Channel,
        started_at: datetime,
    ) -> None:
        self._rng = rng
        self._values = values
        self._said = values if voice is None else voice.spoken(values)
        self._customers = as_customer_types if voice is None else self._said
        self._missed_kind = missed_kind
        self._style = style
        self._voice = voice
        self._pace = _PACE_SECONDS[channel]
        self.started_at = started_at
        self.now = started_at
        self.turns: list[Turn] = []
        self.planted: list[Planted] = []

    def say(self, role: Role, phrase: str, *, template: str | None = None) -> int:
        """Add a turn, its slots filled; returns its index."""
        if role in _WRITTEN:
            return self._add(role, phrase, self._values, template=None, is_private=False)
        if self._voice is not None:
            phrase = self._voice.heard(phrase, self._rng)
        elif role is Role.CUSTOMER:
            phrase = typed(phrase, self._style, self._rng)
        values = self._customers if role is Role.CUSTOMER else self._said
        return self._add(role, phrase, values, template=template, is_private=False)

    def paste(self, text: str) -> int:
        """Add a turn of the customer's with text from a screen: nobody typed it."""
        return self._add(Role.CUSTOMER, text, self._values, template=None, is_private=False)

    def note(self, phrase: str) -> int:
        """Add an agent's private note."""
        return self._add(Role.AGENT, phrase, self._values, template=None, is_private=True)

    def reason(self, phrase: str, turn: int) -> str:
        """The text of a flag's reason, its slots filled."""
        self._plant(phrase, self._values, turn, "flag")
        return fill(phrase, self._values)

    def arguments(self, names: Iterable[str], after_turn: int) -> dict[str, str]:
        """The values of those names, as a step behind the chat is given them."""
        given = {name: self._values[name] for name in names}
        for name in given:
            self._plant(f"{{{name}}}", given, after_turn, "action")
        return given

    def wait(self, least: timedelta, most: timedelta) -> datetime:
        """Let time pass; returns the new time."""
        self.now += least + (most - least) * self._rng.random()
        return self.now

    def _add(
        self,
        role: Role,
        phrase: str,
        values: Mapping[str, str],
        *,
        template: str | None,
        is_private: bool,
    ) -> int:
        index = len(self.turns)
        if index:
            least, more = self._pace
            self.now += timedelta(seconds=least + more * self._rng.random())
        text = fill(phrase, values)
        self.turns.append(Turn(index, role, text, self.now, is_private, template))
        self._plant(phrase, values, index, "note" if is_private else "turn")
        return index

    def _plant(self, phrase: str, values: Mapping[str, str], turn: int, place: str) -> None:
        for slot in slots_of(phrase):
            if slot in PERSONAL:
                is_missed = slot == "missed"
                kind = (self._missed_kind or slot) if is_missed else slot
                self.planted.append(Planted(kind, values[slot], turn, place, is_missed))


# What systems write is written in a call too.
_WRITTEN = frozenset({Role.SYSTEM, Role.TOOL})
