"""Chats that people resolved rank templates: within one region, language, release; nothing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from handrail.access import Access, Purpose
from handrail.agent.answer import answer
from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.correctness import Correctness
from handrail.agent.retrieval import (
    NEIGHBORS,
    Index,
    ResolvedChat,
    Retrieval,
    Scope,
)
from handrail.agent.similarity import Bm25, Similarity
from handrail.agent.types import Action, Case, Policy, Route, Switches
from handrail.conversations.wording import unnumbered, unquoted
from handrail.digests import canonical, digest
from handrail.errors import Refused, ResidencyViolation
from handrail.inference.encoders import encoder_for
from handrail.playbook.model import Playbook
from handrail.vault.region_vault import pipeline

SCOPE = Scope("eu", "en", "r1", "d" * 64)
FIRST, SECOND = "password_reset.eu.en.1", "password_reset.eu.en.2"
TRAINS = pipeline("test", Purpose.TRAINING)
SERVES = Access("test", "agent", Purpose.SERVING)
LEADS = Access("test", "support-operations", Purpose.SERVING)


def chat(number: int, message: str, template: str = SECOND, **changes: Any) -> ResolvedChat:
    one = ResolvedChat(
        id=f"c{number:03}", digest=digest(message), dataset="d" * 64, region="eu", language="en",
        topic="password_reset", template=template, message=message,
    )  # fmt: skip
    return replace(one, **changes)


CHATS = (
    chat(1, "the mail with the reset link never arrived", FIRST),
    chat(2, "no reset mail in my inbox and none in spam", FIRST),
    chat(3, "i want to choose another password on my phone", SECOND),
    chat(4, "someone saw my old password, how do i change it", SECOND),
)


@pytest.fixture
def index(playbook: Playbook) -> Callable[..., Index]:
    def made(chats: Sequence[ResolvedChat] = CHATS, *, scope: Scope = SCOPE, **of: Any) -> Index:
        templates = of.get("templates", playbook.templates_for("password_reset", "eu", "en"))
        return Index(scope, templates=templates, chats=chats, encoder=of.get("encoder"))

    return made


def best(index: Index, message: str) -> str:
    return index.rank(message, topic="password_reset", scope=SCOPE)[0].template_id


def test_template_of_the_nearest_chats_comes_first(index: Callable[..., Index]) -> None:
    assert best(index(), "i never got the mail to reset it") == FIRST
    assert best(index(), "how can i change my old password") == SECOND


def test_chats_that_ranked_are_cited_without_their_words(index: Callable[..., Index]) -> None:
    first, second = index().rank("reset mail never arrived", topic="password_reset", scope=SCOPE)
    assert [(g.kind, g.id) for g in first.chats] == [("resolved", "c001"), ("resolved", "c002")]
    assert first.chats[0].digest == digest(CHATS[0].message)
    assert {one.template_id for one in (first, second)} == {FIRST, SECOND}
    assert b"inbox" not in canonical([first, second])


def test_every_chat_is_scored_and_the_nearest_decide_whatever_their_order(
    index: Callable[..., Index],
) -> None:
    """Exact: the one near chat among many is found, and the order of the rows doesn't matter."""
    far = [chat(n, f"word{chr(97 + n % 26)} other words {n}", SECOND) for n in range(10, 400)]
    near = [chat(n, "zebra crossing quagga", FIRST) for n in range(500, 500 + NEIGHBORS)]
    asked = "a zebra crossing with a quagga"
    forward, backward = index([*far, *near]), index([*reversed(near), *reversed(far)])
    ranked = forward.rank(asked, topic="password_reset", scope=SCOPE)
    assert ranked[0].template_id == FIRST
    assert len(ranked[0].chats) == NEIGHBORS
    assert ranked == backward.rank(asked, topic="password_reset", scope=SCOPE)


def test_without_a_chat_that_is_near_the_playbooks_order_stands(
    index: Callable[..., Index],
) -> None:
    assert index([]).rank("reset", topic="password_reset", scope=SCOPE) == ()
    assert index().rank("qqq", topic="password_reset", scope=SCOPE) == ()
    assert index().rank("reset mail", topic="order_status", scope=SCOPE) == ()


def test_chat_whose_template_the_playbook_no_longer_has_ranks_nothing(
    index: Callable[..., Index],
) -> None:
    gone = [chat(1, "reset mail", "password_reset.eu.en.9")]
    assert index(gone).rank("reset mail", topic="password_reset", scope=SCOPE) == ()


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"region": "us"}, ResidencyViolation, "belongs to region 'us'"),
        ({"language": "de"}, Refused, "is in 'de', the index in 'en'"),
        ({"dataset": "e" * 64}, Refused, "another data set"),
    ],
)
def test_chat_of_another_scope_is_refused_and_not_left_out(
    changes: dict[str, str], error: type[Exception], says: str, index: Callable[..., Index]
) -> None:
    """R21, R38: scope is enforced when the index is made."""
    with pytest.raises(error, match=says):
        index([*CHATS, chat(9, "reset", **changes)])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"region": "us"}, ResidencyViolation),
        ({"language": "de"}, Refused),
        ({"release": "r2"}, Refused),
        ({"dataset": "e" * 64}, Refused),
    ],
)
def test_question_of_another_scope_is_refused(
    changes: dict[str, str], error: type[Exception], index: Callable[..., Index]
) -> None:
    """R21: another region, language, release or data set gets no answer, not an empty one."""
    with pytest.raises(error):
        index().rank("reset", topic="password_reset", scope=replace(SCOPE, **changes))


def test_template_of_another_region_or_language_is_refused(
    index: Callable[..., Index], playbook: Playbook
) -> None:
    for region, language, error in (("us", "en", ResidencyViolation), ("eu", "de", Refused)):
        with pytest.raises(error):
            index(templates=playbook.templates_for("password_reset", region, language))


def test_encoder_that_doesnt_read_the_language_is_refused(index: Callable[..., Index]) -> None:
    encoder = encoder_for(frozenset({"en"}))
    if encoder is None:
        pytest.skip("no sentence encoder is installed")
    german = replace(SCOPE, language="de")
    if "de" in encoder.languages:
        pytest.skip("this encoder reads German")
    with pytest.raises(Refused, match="doesn't read 'de'"):
        index([], scope=german, templates=(), encoder=encoder)


def test_encoder_finds_what_shares_no_word() -> None:
    encoder = encoder_for(frozenset({"en"}))
    if encoder is None:
        pytest.skip("no sentence encoder is installed")
    texts = ["my parcel is late", "i forgot my password"]
    asked = "the package hasn't been delivered"
    by_both = Similarity(texts, encoder=encoder).scores(asked)
    assert by_both.argmax() == 0
    assert 0 <= by_both.min() <= by_both.max() <= 1


class _Lengths:
    """Notes what it reads."""

    name, languages, dimensions, digest = "lengths", frozenset({"en"}), 1, "a" * 64

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.read += texts
        return np.ones((len(texts), 1), dtype=np.float32)


def test_ranking_by_words_alone_encodes_nothing(index: Callable[..., Index]) -> None:
    encoder = _Lengths()
    ranked = index(encoder=encoder).by_words.rank(
        "the reset mail never arrived", topic="password_reset", scope=SCOPE
    )
    assert ranked == index().rank(
        "the reset mail never arrived", topic="password_reset", scope=SCOPE
    )
    assert encoder.read == []


def test_message_is_encoded_as_the_router_encodes_it_so_that_one_vector_serves_both() -> None:
    encoder = _Lengths()
    near = Similarity(["about [ORDER_1]"], encoder=encoder)
    near.scores("> somebody else's words\nwhere is [ORDER_2]?")
    asked = [unnumbered(unquoted("> somebody else's words\nwhere is [ORDER_2]?"))]
    assert encoder.read == [unnumbered("about [ORDER_1]"), *asked]
    assert "somebody" not in asked[0]


def test_bm25_is_the_published_formula() -> None:
    """Two texts, by hand: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), k1 = 1.2, b = 0.75."""
    scores = Bm25(["red red car", "blue car"]).scores("red car")
    # N = 2, mean length 2.5; "red": n = 1, idf = ln 2; "car": n = 2, idf = ln 1.2.
    red, car = 0.6931472, 0.1823216
    long, short = 1.2 * (0.25 + 0.75 * 3 / 2.5), 1.2 * (0.25 + 0.75 * 2 / 2.5)
    assert scores[0] == pytest.approx((red * 2 / (2 + long) + car / (1 + long)) / (red + car))
    assert scores[1] == pytest.approx((car / (1 + short)) / (red + car))
    assert Bm25(["red"]).scores("").tolist() == Bm25(["red"]).scores("???").tolist() == [0.0]
    assert Bm25(["", "red"]).scores("red")[0] == 0.0


DISCOUNT = "they gave me 20 % off with code SAVE20 when i forgot my password"


def test_illegal_discount_in_a_resolved_chat_cant_reach_a_reply(
    playbook: Playbook, policy: Policy, case: Case, route: Route, router: Any
) -> None:
    """R11: the chat ranks, and neither its words nor its reply fill a slot or license a claim."""
    chats = [chat(n, f"{DISCOUNT} {n}", SECOND) for n in range(NEIGHBORS)]
    retrieval = Retrieval.of(
        playbook.templates, chats, region="eu", release="r1", dataset="d" * 64, encoder=None
    )
    backend = GroundedBackend(playbook, retrieval)
    asked = replace(case, message="i forgot my password, do i get 20 % off with SAVE20 too?")
    record = answer(
        asked, release_id="r1", hashes={}, router=router,
        correctness=Correctness.untaught(playbook, region="eu"), backend=backend,
            policy=policy, switches=Switches(), playbook=playbook, reply_id="x",
    )  # fmt: skip
    proposal = record.proposal
    assert proposal.template_id == SECOND
    assert sum(ground.kind == "resolved" for ground in proposal.grounds) == NEIGHBORS
    for words in ("20 %", "SAVE20", "off"):
        assert words not in proposal.text.split() and words not in record.decision.text.split()
    assert not {slot.licensed_by.partition(":")[0] for slot in proposal.slots} - {"fact", "context"}
    assert SECOND in {ground.id for ground in proposal.grounds if ground.kind == "template"}


def test_ranked_reply_is_sent_and_says_which_chats_ranked_it(
    playbook: Playbook, policy: Policy, case: Case, router: Any
) -> None:
    """R49: the record names the chats by id and content hash; without them the first template."""
    chats = [chat(n, "hi, i forgot my password", SECOND) for n in range(3)]
    retrieval = Retrieval.of(
        playbook.templates, chats, region="eu", release="r1", dataset="d" * 64, encoder=None
    )
    records = [
        answer(
            case, release_id="r1", hashes={}, router=router,
            correctness=Correctness.untaught(playbook, region="eu"),
            backend=GroundedBackend(playbook, ranking), policy=policy, switches=Switches(),
            playbook=playbook, reply_id="x",
        )
        for ranking in (retrieval, None)
    ]  # fmt: skip
    assert [r.decision.action for r in records] == [Action.SEND, Action.SEND]
    assert [r.proposal.template_id for r in records] == [SECOND, FIRST]
    cited = [g.id for g in records[0].proposal.grounds if g.kind == "resolved"]
    assert cited == ["c000", "c001", "c002"]
    with pytest.raises(ResidencyViolation):
        retrieval.rank(replace(case, region="us"), "password_reset")
