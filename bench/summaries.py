"""Summaries of chats: faithful, neutral, with the numbers in them, beside two plain baselines.

`python bench/summaries.py --json OUT [--chats N]`. Measured on STAR and SGD (English, by their
mappings) and on simulated chats in four languages, all scrubbed by rules first. Nothing here was
fitted: a summary is made by rule.

Baselines in the same run: the first three sentences of the chat (lead-3), its first 240 characters
(a preview), and three sentences by TextRank (Mihalcea and Tarau, EMNLP 2004: sentences ranked by
the words they share, damping 0.85).

faithful   share of chats that are summarized, and whose every statement the evaluation's second
           reading finds in the chat: it shares no rule with the check that each summary has passed
numbers    of the numbers and names in the customer's first message that has any, the share shown
neutral    share of summaries that break no rule of the evaluation's tone lists
caught     share of errors planted into faithful statements that the check finds, and the second
           reading: a changed number, another placeholder, a negation lost or added, a word swapped,
           another turn cited
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from handrail.agent.summarizer import (
    Form,
    Part,
    Source,
    Statement,
    Summary,
    WindowRead,
    declared_window,
    summarize,
    unfaithful,
)
from handrail.agent.summarizer.reading import Chat
from handrail.agent.summarizer.rules import QUOTE, load_rules
from handrail.agent.summarizer.tokens import (
    GAP,
    is_number,
    is_placeholder,
    negators_in,
    sentences,
    stands_in,
    tokens,
)
from handrail.agent.types import Switches
from handrail.bounds import interval
from handrail.conversations.intake import Accepted, Export, load_mapping, read_exports
from handrail.conversations.model import Conversation, Role
from handrail.evaluation.second_reading import stands_in_chat
from handrail.evaluation.summaries import length_ratio, neutral, numbers_kept
from handrail.evaluation.summary_cases import CONTENT, read_cases
from handrail.playbook.reader import read_playbook
from handrail.redaction.model import RedactedConversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.settings import PROJECT, Settings, load_settings
from handrail.simulate.exports import histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World

SEED = 11
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = Ruleset(names="rules")
PLAYBOOK = PROJECT / "handrail" / "playbook" / "example"
MAPPINGS = PROJECT / "deploy" / "mappings"
SAID = {
    Role.CUSTOMER: "customer_said",
    Role.AGENT: "agent_said",
    Role.BOT: "bot_said",
}


# Whether each planted error was found, by who looked and by its kind.
Caught = dict[str, dict[str, list[bool]]]


@dataclass
class Tally:
    """What was seen of one way to summarize, chat by chat."""

    faithful: list[bool] = field(default_factory=list)
    neutral: list[bool] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def add(self, text: str, chat: RedactedConversation, *, faithful: bool, ms: float) -> None:
        """One chat's summary."""
        language = chat.language.value if chat.language else ""
        tone, kept = neutral(text, language=language).value, numbers_kept(text, chat).value
        self.faithful.append(faithful)
        self.neutral += [] if tone is None else [tone == 1.0]
        self.numbers += [] if kept is None else [kept]
        self.ratio.append(length_ratio(text, chat))
        self.ms.append(ms)


def sources(data: Path, home: Path, most: int) -> Iterator[tuple[str, list[Conversation]]]:
    """A seeded sample of each source's chats."""
    settings = load_settings(environ={"HANDRAIL_HOME": str(home)})
    for name in ("star", "sgd"):
        path = data / f"{name}.jsonl.gz"
        if path.exists():
            yield name, sampled(exported(path, name, settings), most)
        else:
            print(f"{path} is not there: set HANDRAIL_TEST_DATA", file=sys.stderr)
    world = World("eu", read_playbook(PLAYBOOK), locales_of("eu"), SEED)
    made = histories(world, chats=2 * most, days=14, first_day=date(2026, 1, 5))
    yield "simulated", sampled((history.last for history in made), most)


def exported(path: Path, name: str, settings: Settings) -> Iterator[Conversation]:
    reading = read_exports(
        [Export(path, None, load_mapping(MAPPINGS / f"{name}.yaml"), simulated=False)],
        region=settings.region("eu"),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=date(2000, 1, 1),
        kept_since="",
        now=datetime(2100, 1, 1, tzinfo=UTC),
    )
    yield from (row.conversation for row in reading if isinstance(row, Accepted))


def sampled(chats: Iterable[Conversation], most: int) -> list[Conversation]:
    found = list(chats)
    return random.Random(SEED).sample(found, min(most, len(found)))


def quoted(sentence: str, chat: Chat, turn: int) -> Statement:
    rule = SAID.get(chat.role_of(turn), "agent_said")
    before, after = chat.rules.sentences[rule].split(QUOTE)
    parts = (Part(before, Source.OURS), Part(sentence, Source.TURN, turn), Part(after, Source.OURS))
    return Statement(rule, parts, (turn,))


def sentences_of(chat: Chat) -> list[tuple[str, int]]:
    return [
        (sentence, number)
        for number, turn in enumerate(chat.conversation.turns, 1)
        if turn.role in SAID
        for sentence in sentences(turn.text, abbreviations=chat.rules.abbreviations)
    ]


def lead3(chat: Chat) -> list[tuple[str, int]]:
    return sentences_of(chat)[:3]


def preview(chat: Chat) -> list[tuple[str, int]]:
    left, shown = 240, []
    for sentence, turn in sentences_of(chat):
        if left <= 0:
            break
        shown.append((sentence[:left].strip(), turn))
        left -= len(sentence) + 1
    return [pair for pair in shown if pair[0]]


def textrank(chat: Chat) -> list[tuple[str, int]]:
    told = sentences_of(chat)
    words = [set(tokens(sentence)) for sentence, _ in told]
    weights = [
        [
            len(a & b) / (math.log(len(a) + 1) + math.log(len(b) + 1)) if i != j and a & b else 0.0
            for j, b in enumerate(words)
        ]
        for i, a in enumerate(words)
    ]
    sums = [sum(row) or 1.0 for row in weights]
    ranks = [1.0] * len(told)
    for _ in range(15):
        ranks = [
            0.15 + 0.85 * sum(weights[j][i] / sums[j] * ranks[j] for j in range(len(told)))
            for i in range(len(told))
        ]
    best = sorted(sorted(range(len(told)), key=lambda i: -ranks[i])[:3])
    return [told[i] for i in best]


BASELINES: Mapping[str, Callable[[Chat], list[tuple[str, int]]]] = {
    "lead3": lead3,
    "preview240": preview,
    "textrank3": textrank,
}


class SecondReading:
    """Whether a chat says what is told of it, by the evaluation's reading."""

    def __init__(self, made: Summary, chat: RedactedConversation, read: WindowRead) -> None:
        self._chat = chat
        self._empty = replace(
            made,
            form=Form.FULL,
            window=read,
            issue=(),
            steps=(),
            open_question=(),
            state=(),
            next_action=(),
        )
        language = chat.language.value if chat.language else ""
        self._negations = read_negations()[language]

    def bears_out(self, told: Iterable[Statement]) -> bool:
        """Every one of the statements."""
        summary = replace(self._empty, issue=tuple(told))
        return stands_in_chat(summary, self._chat, negations=self._negations).value == 1.0


@cache
def read_negations() -> Mapping[str, frozenset[str]]:
    return read_cases(CONTENT).negations


def planted(
    statement: Statement, chat: Chat, rng: random.Random
) -> Iterator[tuple[str, Statement]]:
    """Errors of each kind that the quotation has room for."""
    place = next((n for n, p in enumerate(statement.parts) if p.source is Source.TURN), None)
    if place is None:
        return
    part = statement.parts[place]

    def changed(text: str, turn: int | None = part.turn) -> Statement:
        parts = [*statement.parts]
        parts[place] = replace(part, text=text, turn=turn)
        return replace(statement, parts=tuple(parts), turns=(turn or 0,))

    words = part.text.split(" ")
    for n, word in enumerate(words):
        if is_number(word) and any(c.isdigit() for c in word):
            digit = next(c for c in word if c.isdigit())
            other = word.replace(digit, str((int(digit) + rng.randint(1, 9)) % 10), 1)
            yield "number", changed(" ".join([*words[:n], other, *words[n + 1 :]]))
            break
    for n, word in enumerate(words):
        if any(map(is_placeholder, tokens(word))):
            kind, _, rest = word.rpartition("_")
            other = f"{kind}_{int(''.join(c for c in rest if c.isdigit()) or 0) + 1}]"
            yield "name", changed(" ".join([*words[:n], other, *words[n + 1 :]]))
            break
    negating = [n for n, w in enumerate(words) if any(negators_in(w, chat.rules.negators))]
    if negating:
        lost = rng.choice(negating)
        yield "negation lost", changed(" ".join([*words[:lost], *words[lost + 1 :]]))
    at = rng.randrange(len(words))
    not_ = {"en": "not", "de": "nicht", "fr": "pas", "es": "no"}
    language = chat.conversation.language.value if chat.conversation.language else "en"
    yield "negation added", changed(" ".join([*words[:at], not_[language], *words[at:]]))
    if len(words) > 3:
        a, b = rng.sample(range(len(words)), 2)
        if tokens(words[a]) != tokens(words[b]) and tokens(words[a]) and tokens(words[b]):
            swapped = [*words]
            swapped[a], swapped[b] = words[b], words[a]
            yield "words swapped", changed(" ".join(swapped))
    same = [t for t in chat.window.read if chat.role_of(t) is chat.role_of(part.turn or 1)]
    held = [token for token in tokens(part.text) if token != GAP]
    others = [t for t in same if t != part.turn and not stands_in(held, tokens(chat.text_of(t)))]
    if others:
        yield "another turn", changed(part.text, rng.choice(others))


def measure(
    chats: Iterable[RedactedConversation], *, note: str
) -> tuple[dict[str, Tally], Caught, int]:
    playbook = read_playbook(PLAYBOOK)
    rules, rng = load_rules(), random.Random(SEED)
    tallies = {name: Tally() for name in ("ours", *BASELINES)}
    caught: Caught = {"planted_caught": {}, "planted_reread": {}}
    refused = untagged = 0
    for number, conversation in enumerate(chats, 1):
        began = time.process_time()
        made = summarize(
            conversation,
            playbook=playbook,
            switches=Switches(),
            window=declared_window(),
            at=AT,
        )
        ms = 1000 * (time.process_time() - began)
        language = rules.languages.get(conversation.language.value if conversation.language else "")
        if language is None:
            untagged += 1
            continue
        chat = Chat(conversation, window=rules.window, rules=language, limits=rules.limits)
        if made.form is Form.NONE:
            refused += 1
        second = SecondReading(made, conversation, chat.window)
        # What isn't summarized counts against the share: nobody was told anything.
        is_faithful = made.form is not Form.NONE and second.bears_out(made.statements())
        tallies["ours"].add(made.text, conversation, faithful=is_faithful, ms=ms)
        for name, choose in BASELINES.items():
            began = time.process_time()
            chosen = choose(chat)
            ms = 1000 * (time.process_time() - began)
            told = [quoted(sentence, chat, turn) for sentence, turn in chosen]
            text = "\n".join(sentence for sentence, _ in chosen)
            tallies[name].add(text, conversation, faithful=second.bears_out(told), ms=ms)
        for statement in made.statements():
            for kind, error in planted(statement, chat, rng):
                found = {
                    "planted_caught": bool(unfaithful([error], chat)),
                    "planted_reread": not second.bears_out([error]),
                }
                for metric, is_found in found.items():
                    caught[metric].setdefault(kind, []).append(is_found)
        if number % 500 == 0:
            print(f"{note}: {number} chats", file=sys.stderr)
    if untagged:
        print(f"{note}: {untagged} chats name no language and are in no figure", file=sys.stderr)
    return tallies, caught, refused


def share(kept: Sequence[bool]) -> tuple[float, str]:
    low, high = interval(sum(kept), len(kept), delta=0.05)
    value = 100 * sum(kept) / len(kept) if kept else 0.0
    return value, f"n {len(kept)}, 95 % interval {100 * low:.2f} to {100 * high:.2f}"


def rows_of(
    name: str, tallies: Mapping[str, Tally], caught: Caught, refused: int
) -> Iterator[dict[str, object]]:
    for way, tally in tallies.items():
        end = f"{name}" if way == "ours" else f"{name}.{way}"
        value, note = share(tally.faithful)
        if way == "ours":
            note += f"; {refused} not summarized, counted as not faithful"
        yield _row(f"summaries.faithful.{end}", value, "%", note)
        yield _row(f"summaries.neutral.{end}", *_with_unit(share(tally.neutral)))
        if tally.numbers:
            yield _row(
                f"summaries.numbers_kept.{end}",
                100 * statistics.fmean(tally.numbers),
                "%",
                f"n {len(tally.numbers)}",
            )
        yield _row(f"summaries.length_ratio.{end}", statistics.median(tally.ratio), "", "median")
        yield _row(f"summaries.ms.{end}", statistics.fmean(tally.ms), "ms", "mean CPU a chat")
    for metric, kinds in caught.items():
        every = [one for found in kinds.values() for one in found]
        yield _row(f"summaries.{metric}.{name}", *_with_unit(share(every)))
        for kind, found in sorted(kinds.items()):
            yield _row(
                f"summaries.{metric}.{name}.{kind.replace(' ', '_')}", *_with_unit(share(found))
            )


def _with_unit(measured: tuple[float, str]) -> tuple[float, str, str]:
    return measured[0], "%", measured[1]


def _row(metric: str, value: float, unit: str, note: str) -> dict[str, object]:
    return {"metric": metric, "value": round(value, 3), "unit": unit, "note": note}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chats", type=int, default=200, help="chats a source at most")
    arguments = parser.parse_args()
    data = Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data")) / "chats"
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, chats in sources(data, Path(folder), arguments.chats):
            redacted = (scrub(conversation, ruleset=RULES) for conversation in chats)
            rows += rows_of(name, *measure(redacted, note=name))
    for row in rows:
        print(f"{row['metric']:52}{row['value']:>10} {row['unit']:3}{row['note']}")
    if arguments.json:
        report = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "versions": {"python": platform.python_version()},
            "rows": rows,
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
