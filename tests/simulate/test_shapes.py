"""`simulate --shape`: a help desk's export says what our own says of the same chats (R1, R2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from handrail.conversations.intake import Accepted
from handrail.conversations.model import Conversation, Role, Status
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey, read_answer_key
from handrail.simulate.exports import simulate
from handrail.simulate.shapes import OURS, SHAPES
from tests.simulate.conftest import FIRST_DAY, LANGUAGES, reading

HELP_DESKS = [name for name in SHAPES if name != OURS]
# What a help desk has no word for: it says the one on the right.
ROLES = {Role.SYSTEM: Role.BOT, Role.TOOL: Role.BOT}
STATUSES = {
    "intercom": {Status.RESOLVED: Status.CLOSED},
    "zendesk": {Status.ABANDONED: Status.PENDING},
}
RATINGS = {"zendesk": {1: 1, 2: 1, 4: 5, 5: 5}}  # bad and good; what is neither is no rating


def written(
    folder: Path, playbook: Playbook, shape: str
) -> tuple[dict[str, Conversation], dict[str, AnswerKey]]:
    """The chats of a small simulation and their keys, without the shape's own prefix of ids."""
    summary = simulate(
        folder, regions=["eu"], languages=LANGUAGES, chats=400, days=14, first_day=FIRST_DAY,
        seed=5, playbook=playbook, shape=shape, progress=lambda _: None,
    )  # fmt: skip
    exports = summary.exports["eu"]
    rows = [row for row in reading(exports, "eu") if isinstance(row, Accepted)]
    chats = {row.conversation.conversation_id: row.conversation for row in rows}
    keys: dict[str, AnswerKey] = {}
    for export in exports:
        keys |= read_answer_key(export.answer_key)
    assert chats.keys() == keys.keys()
    prefix = SHAPES[shape](1).id_prefix
    return (
        {identity.removeprefix(prefix): chat for identity, chat in chats.items()},
        {identity.removeprefix(prefix): key for identity, key in keys.items()},
    )


@pytest.mark.parametrize("shape", HELP_DESKS)
def test_the_same_chats_are_read_of_a_help_desks_export(
    tmp_path: Path, example_playbook: Playbook, shape: str
) -> None:
    """R2: texts, times and tags; the answer key holds of them turn by turn."""
    ours, _ = written(tmp_path / "ours", example_playbook, OURS)
    theirs, keys = written(tmp_path / "theirs", example_playbook, shape)
    assert theirs.keys() == ours.keys()
    for identity, chat in theirs.items():
        own = ours[identity]
        said = [(turn.role, turn.text, turn.is_private) for turn in chat.turns]
        assert said == [(ROLES.get(t.role, t.role), t.text, t.is_private) for t in own.turns]
        for tag in ("language", "product_area", "topic", "sector", "day", "region"):
            assert getattr(chat, tag) == getattr(own, tag), tag
        # Every ticket has a requester, if one of its own.
        customer = own.customer.customer_id or (identity if shape == "zendesk" else None)
        assert chat.customer == replace(own.customer, customer_id=customer)
        assert chat.simulated
        ended, own_end = chat.outcome, own.outcome
        assert ended.status == STATUSES[shape].get(own_end.status, own_end.status)
        rated = RATINGS[shape].get(own_end.csat or 0) if shape in RATINGS else own_end.csat
        assert (ended.csat, ended.escalated) == (rated, own_end.escalated)
        if shape != "zendesk" or own_end.status is not Status.ABANDONED:  # it is open there
            assert [at.timestamp() // 1 for at in (ended.closed_at, *ended.reopened_at) if at] == [
                at.timestamp() // 1 for at in (own_end.closed_at, *own_end.reopened_at) if at
            ]
        assert [replace(a, arguments={}) for a in chat.actions] == [
            replace(a, arguments={})
            for a in own.actions
            if shape != "zendesk" or a.succeeded  # what failed changed no field
        ]
        for planted in keys[identity].planted:
            if planted.place in ("turn", "note"):
                assert planted.value in chat.turns[planted.turn].text


def test_a_shape_nobody_knows_is_refused(tmp_path: Path, example_playbook: Playbook) -> None:
    with pytest.raises(BadInput, match="simulate one of handrail, intercom"):
        simulate(
            tmp_path, regions=["eu"], languages=LANGUAGES, chats=4, days=1, first_day=FIRST_DAY,
            seed=5, playbook=example_playbook, shape="pigeon", progress=lambda _: None,
        )  # fmt: skip
