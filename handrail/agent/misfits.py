"""Whether a vetted answer fits a message of its topic; in doubt it doesn't, and people decide.

The topic alone says little of that: "I don't want a new password" and "the link has expired" are
both about passwords. What a message excludes, what it says has failed, and whether it asks for
more than one thing is read by rule (`misfits.yaml`): everybody can read why a reply is held. What
is put in other words than the rules' is left to a head that learned from examples (`fit_head.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from handrail.agent.asks import asks
from handrail.agent.fit_head import MISFIT, load_fit_head
from handrail.agent.router import Router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import MisfitRules, Reason, Route
from handrail.conversations.wording import unquoted, words
from handrail.dataset.signals import is_order
from handrail.playbook.boundaries import phrases_in

# Words hint at a topic from here up. Below, no more second requests were found (503 chats).
_HINT = 0.2
_SILENT = RegulatedTriggers(keywords={}, topics=frozenset(), suspicion=1.0, patterns={})
_FEWEST_TO_ANSWER = 2
_FEWEST_WORDS = 3  # fewer name no request of their own
_SENTENCE_END = re.compile(r"(?<=[.!?;\u2026])\s+|\s*\n\s*")
# "My address is [ADDRESS_1]" gives a value and asks for nothing.
_GIVES_VALUE = re.compile(r"(?:\b(?:is|ist|est|es)|:)\s*\[[A-Z][A-Z_]*_\d+\]", re.IGNORECASE)


def misfits(
    message: str, earlier: Sequence[str], route: Route, answer: str, rules: MisfitRules
) -> Iterator[Reason]:
    """Why `answer` may not be what the customer asks for, though the topic is right.

    What the customer said `earlier` counts where it closes a way: that stays closed.
    """
    if is_order(message):
        sentence = "likely prompt injection: the message gives orders to a machine"
        yield Reason("orders_to_machine", sentence)
    own = unquoted(message)
    if not earlier and len(words(own)) < _FEWEST_TO_ANSWER:
        yield Reason("one_word", "one word says too little, neither a request nor a language")
    if asks(own, rules.refusals):
        sentence = "the customer says what they do not want, or have tried: the answer may be that"
        yield Reason("answer_excluded", sentence)
    if any(asks(said, rules.failures) for said in (own, *earlier)):
        sentence = "a way that answers count on (a link, an address, a device) fails the customer"
        yield Reason("way_closed", sentence)
    if _is_settled(own, rules):
        yield Reason("settled", "the customer says that it is settled: there is nothing to answer")
    for name in _other_means(own, answer, rules.means):
        yield Reason("other_means", f"the message names {name}, the answer only other means")
    if route.also:
        topics = ", ".join(route.also)
        yield Reason(
            "second_request", f"another part of the message, or its slips mended, is about {topics}"
        )
    elif asks(own, rules.more):
        yield Reason("second_request", "the message says that it asks for more than one thing")
    if route.unfit >= MISFIT:
        sentence = "messages like this one ask for what their topic's ready answers don't give"
        yield Reason("answer_may_miss", sentence)


def _is_settled(own: str, rules: MisfitRules) -> bool:
    """Whether nothing is asked any more: the customer says so, or only tells what went well."""
    if asks(own, rules.settled):
        return True
    return "?" not in own and asks(own, rules.reports) and not asks(own, rules.troubles)


def read_closely(
    routed: Iterable[tuple[Route, str, str]],
    router: Router,
    rules: MisfitRules,
    *,
    triggers: RegulatedTriggers,
    topics: Collection[str],
) -> list[Route]:
    """The routes of (route, message, language) with all that messages say beside their topic.

    That is what else they are about and how likely an answer misses their point; the latter takes
    meaning, so a router that goes by words alone doesn't ask.
    """
    rows = list(routed)
    routes = with_second_requests(rows, router, rules, triggers=triggers, topics=topics)
    encoder = router.intents.encoder
    if encoder is None:
        return routes
    head = load_fit_head()
    asked = [at for at, route in enumerate(routes) if route.topic is not None]
    scores = head.scores(
        [rows[at][1:] for at in asked], head.reads_with(encoder), own=router.own_fits
    )
    for at, score in zip(asked, scores, strict=True):
        routes[at] = replace(routes[at], unfit=score)
    return routes


def with_second_requests(
    routed: Iterable[tuple[Route, str, str]],
    router: Router,
    rules: MisfitRules,
    *,
    triggers: RegulatedTriggers,
    topics: Collection[str],
) -> list[Route]:
    """The routes of (route, message, language), each with what other parts of it are about.

    A part is also all of it with its slips mended: a mistyped word may have led astray. The topics
    found are other ones of the playbook's `topics`, whatever floors say: a part of a message has
    too few words for them. A regulated one is a trigger like any other. Parts whose words hint at
    nothing else are not read for their meaning: that takes ten times as long.
    """
    rows = list(routed)
    parts = [
        (at, clause, language)
        for at, (route, message, language) in enumerate(rows)
        if route.topic is not None
        for clause in _parts(unquoted(message), language, router, rules)
    ]
    for sense, least in ((router.by_words, _HINT), (router, rules.second_request)):
        asked = sorted({(said, language) for _, said, language in parts})
        found = dict(zip(asked, sense.route_many(asked, triggers=_SILENT), strict=True))
        others = [_other(found[part[1:]], rows[part[0]][0].topic, topics) for part in parts]
        told = [(part, topic) for part, (topic, p) in zip(parts, others, strict=True) if p >= least]
        parts = [part for part, _ in told]
    also: dict[int, dict[str, None]] = {}
    for (at, _, _), topic in told:
        also.setdefault(at, {})[topic] = None
    return [
        _with_also(route, tuple(also[at]), triggers) if at in also else route
        for at, (route, _, _) in enumerate(rows)
    ]


def _parts(message: str, language: str, router: Router, rules: MisfitRules) -> list[str]:
    mended = router.speller.respelled(message)
    parts = clauses_of(message, language, rules.joints)
    return parts if mended is None else [*parts, mended]


def _other(part: Route, own: str | None, topics: Collection[str]) -> tuple[str, float]:
    """What else than `own` a part is about, and how likely it is about any other topic at all."""
    scores = [(part.topic or "", part.probability), *part.alternatives]
    others = [(topic, p) for topic, p in scores if topic in topics and topic != own]
    likeliest = max(others, key=lambda pair: pair[1], default=("", 0.0))
    return likeliest[0], (1 - part.out_of_scope_score) * sum(p for _, p in others)


def _with_also(route: Route, also: tuple[str, ...], triggers: RegulatedTriggers) -> Route:
    fired = (f"topic:{topic}" for topic in also if topic in triggers.topics)
    return replace(route, also=also, regulated=tuple(dict.fromkeys((*route.regulated, *fired))))


def sentences_of(message: str) -> list[str]:
    """The sentences and lines of a message that hold words, in order."""
    return [part.strip() for part in _SENTENCE_END.split(message) if words(part)]


def clauses_of(message: str, language: str, joints: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The parts of a message that may each ask for something; none where it has only one.

    They are its sentences, parted at commas, dashes and words that join.
    """
    joint = _joint(joints.get(language, ()))
    parts = [part for sentence in sentences_of(message) for part in joint.split(sentence)]
    said = [part.strip() for part in parts if len(words(part)) >= _FEWEST_TO_ANSWER]
    if len(said) < 2:
        return []
    return [
        part for part in said if len(words(part)) >= _FEWEST_WORDS and not _GIVES_VALUE.search(part)
    ]


@lru_cache(maxsize=64)
def _joint(joining: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, joining)) or "(?!)"
    return re.compile(rf",?\s+(?:{either})\s+|,\s+|\s+[-\u2013\u2014+&/]\s+", re.IGNORECASE)


def _other_means(message: str, answer: str, means: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The means that a message names and an answer doesn't, if the answer names another one."""
    asked = [name for name, words in means.items() if phrases_in(message, words)]
    answered = {name for name, words in means.items() if phrases_in(answer, words)} if asked else {}
    return [name for name in asked if name not in answered] if answered else []
