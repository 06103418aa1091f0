"""Templates and hand-offs on STAR: people's next reply template, and which chats need a person.

    python bench/star.py --json OUT [--chats N] [--choose]

6,652 real service dialogues whose agents answered from 165 labeled reply templates, read by the
product's mapping and redacted by its scrubber. Dialogues are split by seed: 70 % to learn from,
15 % to choose on, 15 % to measure. How many chats vote and the encoder's part were chosen on the
middle part, which `--choose` prints.

Template: what people said next, given the topic, the templates said before and what the customer
said since. Of dialogues of one topic that people completed; free text (`custom`) is no template.
First reply: the first one after the customer has written 25 characters, as in the training set.

Hand-off: the product's router learns from completed dialogues of 20 topics; every sixth topic is
held out, so that its dialogues are out of scope. Handed off is what the router finds out of scope
or less sure than the threshold promised for 5 % wrong, on the dialogue's opening alone. A dialogue
needs a person if people didn't complete it or its topic is held out. Dialogues of several topics
are told apart and count in neither: their opening has one request.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import Row, row, show_rows, versions, write_document
from bench.replies import REGION, SEED, Dialogue, Reply, dialogues, say
from handrail.agent import retrieval, similarity
from handrail.agent.learn_then_test import starting_points
from handrail.agent.promise import promise
from handrail.agent.retrieval import Index, ResolvedChat, Scope
from handrail.agent.router import Router
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import RiskTier
from handrail.bounds import interval
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.inference.encoders import Encoder, encoder_for
from handrail.playbook.model import Template

HELD_OUT_EVERY = 6
ALPHA, DELTA = 0.05, 0.10
SCOPE = Scope(REGION, "en", "bench", "star")
FROM, TO = date(2020, 1, 1), date(2030, 1, 1)


Ranking = Callable[[Reply], Sequence[str]]


class Remembering:
    """An encoder that is asked once for each text, whatever index asks."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.languages = encoder.name, encoder.languages
        self.dimensions, self.digest = encoder.dimensions, encoder.digest
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts to an array, texts x dimensions."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._known[text] for text in texts])


def rankings(learned: Sequence[Reply], encoder: Encoder | None) -> dict[str, Ranking]:
    """Each way to rank a topic's templates, learned from the same replies."""
    by_topic, by_last = defaultdict(Counter), defaultdict(Counter)
    for reply in learned:
        by_topic[reply.topic][reply.template] += 1
        by_last[reply.topic, _last(reply)][reply.template] += 1

    def majority(reply: Reply) -> list[str]:
        return [name for name, _ in by_topic[reply.topic].most_common()]

    def majority_after_last(reply: Reply) -> list[str]:
        after = [name for name, _ in by_last[reply.topic, _last(reply)].most_common()]
        return list(dict.fromkeys([*after, *majority(reply)]))

    ways: dict[str, Ranking] = {"majority": majority, "majority_after_last": majority_after_last}
    ways["bm25"] = _by_index(learned, None)
    if encoder is not None:
        ways["bm25_encoder"] = _by_index(learned, encoder)
    return ways


def _last(reply: Reply) -> str:
    return reply.said[-1] if reply.said else ""


def _by_index(learned: Sequence[Reply], encoder: Encoder | None) -> Ranking:
    """The product's index: a chat is what was there before a reply, a template its usual words."""
    texts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for reply in learned:
        texts[reply.topic, reply.template][reply.text] += 1
    templates = [
        Template(name, topic, REGION, "en", usual.most_common(1)[0][0], (), "", "", FROM, TO)
        for (topic, name), usual in sorted(texts.items())
    ]
    chats = [
        ResolvedChat(f"{r.chat}.{n:03}", "", SCOPE.dataset, REGION, "en", r.topic, r.template,
                     r.context)
        for n, r in enumerate(learned)
    ]  # fmt: skip
    index = Index(SCOPE, templates=templates, chats=chats, encoder=encoder)

    def ranked(reply: Reply) -> list[str]:
        found = index.rank(reply.context, topic=reply.topic, scope=SCOPE)
        return [one.template_id for one in found]

    return ranked


def template_rows(name: str, ranking: Ranking, asked: Sequence[Reply], *, best: bool) -> list[Row]:
    """Accuracy and top 3, of all replies and of the first one of each dialogue."""
    found = [(reply, ranking(reply)) for reply in asked]
    first = [(reply, names) for reply, names in found if reply.is_first]
    rows = []
    for kind, some in (("template", found), ("first_template", first)):
        for measure, most in (("accuracy", 1), ("top3", 3)):
            right = sum(reply.template in names[:most] for reply, names in some)
            metric = f"star.{kind}_{measure}" + ("" if best else f".{name}")
            rows.append(_share(metric, right, len(some), name if best else ""))
    return rows


def examples(chats: Iterable[Dialogue], held_out: frozenset[str]) -> list[TrainingExample]:
    """Openings as training rows: completed dialogues of the topics that are not held out."""
    return [
        TrainingExample(
            example_id=chat.id, source_system="star", region=REGION, language="en", channel="chat",
            product_area="information", severity="normal", sector="unlabeled", basis="consent",
            topic=chat.topic, topic_set_by="export", message=chat.opening, reply="",
            template=None, agent=None, weight=1.0, outcome_weight=0.0, accepted=None,
            reply_accepted=None, flagged=None, signals=(),
            group=chat.id, day=FROM, split=chat.split, simulated=False, synthesis=None,
        )
        for chat in chats
        if chat.topic and chat.completed and chat.topic not in held_out and chat.opening.strip()
    ]  # fmt: skip


def handoff_rows(chats: Sequence[Dialogue], encoder: Encoder | None) -> list[Row]:
    """How well the openings that go to people are those of dialogues that needed one."""
    topics = sorted({chat.topic for chat in chats if chat.topic})
    held_out = frozenset(topics[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY])
    learned = examples(chats, held_out)
    router = train_router(learned, region=REGION, seed=SEED, encoder=encoder)
    fit, tested = (
        [_answered(router, row.message, row.topic) for row in part]
        for part in calibration_parts(learned, seed=SEED)
    )
    starts = starting_points([p for p, _ in fit], tested=len(tested), alpha=ALPHA, delta=DELTA)
    made = promise(
        tested, starts=starts, region=REGION, tier=RiskTier.LOW, alpha=ALPHA, delta=DELTA,
        least_rows=0, simulated=False,
    )  # fmt: skip
    say(f"promise: {made.reason}")
    threshold = made.threshold
    if threshold is None:
        return []
    groups: dict[str, list[bool]] = defaultdict(list)
    wrong = kept = 0
    for chat in chats:
        if chat.split is not Split.TEST or not chat.opening.strip():
            continue
        sure, right = _answered(router, chat.opening, chat.topic)
        group = _group(chat, held_out)
        groups[group].append(sure < threshold)
        if group == "completed" and sure >= threshold:
            kept, wrong = kept + 1, wrong + (not right)
    needed = [*groups["not_completed"], *groups["held_out_topic"]]
    handed = sum(needed) + sum(groups["completed"])
    how = f"threshold {threshold:.3f} promised at {ALPHA:.0%} wrong on {made.n} openings"
    shares = [
        ("star.handoff_recall", sum(needed), len(needed), how),
        ("star.handoff_precision", sum(needed), handed, "of those handed off"),
        *((f"star.handed_off.{n}", sum(g), len(g), "") for n, g in sorted(groups.items())),
        ("star.kept_wrong", wrong, kept, "completed, kept, and the topic wrong"),
    ]
    return [_share(*share) for share in shares if share[2]]


def _group(chat: Dialogue, held_out: frozenset[str]) -> str:
    if not chat.topic:
        return "several_topics"
    if chat.topic in held_out:
        return "held_out_topic"
    return "completed" if chat.completed else "not_completed"


def _answered(router: Router, message: str, topic: str) -> tuple[float, bool]:
    """How sure the router is of its topic (0 out of scope), and whether it is the right one."""
    quiet = RegulatedTriggers(keywords={}, topics=frozenset(), suspicion=1.0, patterns={})
    route = router.route(message, "en", triggers=quiet)
    return (0.0 if route.out_of_scope else route.probability), route.topic == topic


def _share(metric: str, right: int, n: int, note: str) -> Row:
    low, high = interval(right, n, delta=0.05)
    told = f"{right} of {n}, 95 % interval {100 * low:.1f} to {100 * high:.1f}"
    return row(metric, 100 * right / n, "%", f"{told}; {note}" if note else told)


def choose(learned: Sequence[Reply], asked: Sequence[Reply], encoder: Encoder | None) -> None:
    """Print accuracy on the middle part for each setting; the constants are the best of them."""
    for part in (0.0, 0.2, 0.3, 0.5, 0.7):
        similarity.ENCODER_PART = part
        ranking = _by_index(learned, encoder if part else None)
        for neighbors in (5, 10, 20, 40):
            retrieval.NEIGHBORS = neighbors
            found = [(reply.template, ranking(reply)) for reply in asked]
            one, three = (
                100 * sum(name in names[:most] for name, names in found) / len(found)
                for most in (1, 3)
            )
            print(f"encoder {part} neighbors {neighbors}: {one:.1f} {three:.1f}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chats", type=int, help="read so many dialogues only")
    parser.add_argument("--choose", action="store_true", help="print the middle part's accuracies")
    arguments = parser.parse_args()
    data = Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data"))
    file = data / "chats" / "star.jsonl.gz"
    if not file.exists():
        say(f"{file} is not there: set HANDRAIL_TEST_DATA")
        return 1
    installed = encoder_for(frozenset({"en"}))
    encoder = Remembering(installed) if installed else None
    chats = list(dialogues(file, limit=arguments.chats))
    parts: dict[Split, list[Reply]] = defaultdict(list)
    for chat in chats:
        if chat.topic and chat.completed:
            parts[chat.split] += chat.replies
    if arguments.choose:
        choose(parts[Split.TRAIN], parts[Split.CALIBRATION], encoder)
        return 0
    ways = rankings(parts[Split.TRAIN], encoder)
    best = list(ways)[-1]
    rows: list[Row] = []
    for name, ranking in ways.items():
        say(name)
        rows += template_rows(name, ranking, parts[Split.TEST], best=name == best)
    rows += handoff_rows(chats, encoder)
    rows.append(row("star.dialogues", len(chats), "", f"{len(parts[Split.TRAIN])} replies learned"))
    show_rows(rows)
    if arguments.json:
        write_document(arguments.json, rows, used=versions("numpy", "scikit-learn", "onnxruntime"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
