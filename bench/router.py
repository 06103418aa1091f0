"""The router on public sets, beside plain baselines and what papers report.

    python bench/router.py --json OUT [--seeds N] [--quick] [--only PART ...]
    python bench/router.py --json OUT --intents FILE.parquet

Banking77 (all rows, 10 and 5 a label), messages near the known topics and out of their scope,
CLINC150, what can be answered under a promise, milliseconds a route and an answer. Every weight
and threshold comes from training or validation rows; test rows decide nothing in a run. (The kinds
of features, and what the two thresholds of CLINC150 may cost, were settled on validation rows while
figures of the test rows were in view.) The baselines have the same rows, encoder and ways of
choosing.
`--quick` is one seed without CLINC150 and the promise. A FILE has the columns text, label and split
(train, test and perhaps valid); the label `oos` or `out_of_scope` means that none fits.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import versions, write_document
from bench.fits import UNSEEN
from bench.intents import measuring
from bench.intents.report import MEANINGS, OWN, Figures, Meaning
from bench.intents.sets import IntentSet, in_scope, out_of_scope, read_set
from bench.intents.systems import SYSTEMS, Fitting, Remembering
from bench.made.example_agent import example_agent
from handrail.agent.model import READ_LAST
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.errors import HandrailError
from handrail.inference.encoders import ENCODERS, encoder_for
from handrail.inference.encoders.remembering import remembering

PACKAGES = ("scikit-learn", "numpy", "scipy", "onnxruntime")
SEEDS, FOLDS = 5, 5
SHOTS = (10, 5)
HELD_OUT = 2_310
DRAWS = 400
PARTS = ("banking77", "few", "near", "clinc", "promise", "latency")
NOT_QUICK = frozenset({"clinc", "promise"})


def data() -> Path:
    """The folder of intent sets."""
    return Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data")) / "intent"


def sets(parts: Sequence[str]) -> dict[str, IntentSet]:
    """Those that the parts need."""
    found = {"banking77": read_set(data() / "banking77.parquet")}
    dialoglue = data() / "banking77_dialoglue.parquet"
    oos = data() / "banking77_oos.parquet"
    if "few" in parts:
        for n in SHOTS:
            name = f"banking77_{n}shot"
            found[name] = replace(read_set(dialoglue, train=f"train_{n}"), name=name)
    if "near" in parts:
        found["far"] = read_set(oos, without_domains=("id-oos",))
        nearby = read_set(oos, without_domains=("ood-oos",))
        found["near"] = replace(nearby, validation=read_set(oos).validation)
    if "clinc" in parts:
        found["clinc"] = read_set(data() / "clinc150_full.parquet")
    return found


class Run:
    """One run: the encoder that reads each text once, the figures, what is said on the way."""

    def __init__(
        self,
        meanings: Mapping[str, Meaning],
        *,
        seeds: int,
        folds: int,
        encoder: Remembering,
        out: Path | None,
    ) -> None:
        self.out = out
        self.seeds = range(seeds)
        self.folds = folds
        self.encoder = encoder
        self.figures = Figures(meanings)
        self.delta = load_terms().delta
        self.figures.facts = {
            "passes": measuring.PASSES,
            "folds": folds,
            "confidence": round(100 * (1 - self.delta)),
            "repeats": DRAWS,
            "calibration": f"{HELD_OUT:,}",
            "tested": "?",
            "held_tested": "?",
            "pool": "?",
        }
        self._began = time.monotonic()

    def say(self, what: str) -> None:
        """Progress."""
        spent = time.monotonic() - self._began
        print(f"[{spent:5.0f} s] {what}", file=sys.stderr, flush=True)

    def begin(self, largest: IntentSet, found: Sequence[IntentSet]) -> None:
        """Read all texts at once; models of the largest set are fitted once."""
        self.fitting = Fitting(largest.train, self.encoder)
        texts = {r.text for one in found for r in (*one.train, *one.validation, *one.test)}
        self.say(f"{self.encoder.name} reads {len(texts):,} texts")
        began = time.process_time()
        self.encoder.encode(sorted(texts))
        self.figures.add("", {"encode_cpu_ms": 1000 * (time.process_time() - began) / len(texts)})

    def turns(self) -> list[tuple[str, int]]:
        """System and seed; a baseline has nothing that a seed would change."""
        return [(system, 0) for system in SYSTEMS] + [("", seed) for seed in self.seeds[1:]]

    def add(self, system: str, found: measuring.Found) -> None:
        """Keep figures, and write all there are: who stops a run keeps what it measured."""
        self.figures.add(system, found)
        if self.out is not None:
            encoder = self.encoder
            used = versions(*PACKAGES) | {encoder.name: encoder.digest[:12]}
            write_document(self.out, self.figures.rows(), used=used)

    def over_seeds(self, what: str, measure: measuring.Measure) -> None:
        """One measurement of every system."""
        for system, seed in self.turns():
            self.say(f"{what}: {system or 'ours'}, seed {seed}")
            self.add(system, measure(SYSTEMS[system], seed=seed))

    def part(self, name: str, found: dict[str, IntentSet]) -> None:
        """Measure one part."""
        encoder, banking = self.encoder, found["banking77"]
        if name == "banking77":
            for system, seed in self.turns():
                self.say(f"Banking77: {system or 'ours'}, seed {seed}")
                model, spent = self.fitting.model(system, seed=seed)
                self.add(system, measuring.full(model, spent, banking))
        elif name == "few":
            for n in SHOTS:
                one = found[f"banking77_{n}shot"]
                self.over_seeds(one.name, partial(measuring.few, data=one, encoder=encoder))
        elif name == "near":
            given = {"far": out_of_scope(found["far"].test), "official": banking}
            self.over_seeds(
                "near out of scope",
                partial(measuring.near, data=found["near"], encoder=encoder, **given),
            )
        elif name == "clinc":
            self.over_seeds(
                "CLINC150", partial(measuring.clinc, data=found["clinc"], encoder=encoder)
            )
        elif name == "promise":
            self.promise(banking)
        elif name == "latency":
            self.latency(banking)
            self.answers()

    def promise(self, banking: IntentSet) -> None:
        """What can be answered under a promise, and whether draws of other rows keep it."""
        given = {"encoder": self.encoder, "delta": self.delta, "seed": 0}
        for system, fit in SYSTEMS.items():
            self.say(f"promise: {system or 'ours'}, {self.folds} folds")
            model, _ = self.fitting.model(system, seed=0)
            found, pairs, tested = measuring.promise(fit, model, banking, folds=self.folds, **given)
            self.add(system, found)
            if not system:
                self.figures.facts |= {"tested": f"{tested:,}", "pool": f"{len(pairs):,}"}
                found, tested = measuring.held_out(fit, banking, rows=HELD_OUT, **given)
                self.figures.facts["held_tested"] = f"{tested:,}"
                self.add(system, found)
                self.say(f"promise: {DRAWS} draws")
                self.add(
                    system,
                    measuring.kept(
                        pairs, delta=self.delta, calibration=HELD_OUT, repeats=DRAWS, seed=0
                    ),
                )

    def latency(self, one: IntentSet) -> None:
        """Milliseconds a message, the encoder reading each anew."""
        rows = in_scope(one.test)
        for system in SYSTEMS:
            self.say(f"latency: {system or 'ours'}")
            model, _ = self.fitting.model(system, seed=0)
            self.add(system, measuring.served_by_words(model, rows))
            self.add(system, measuring.latency(model, rows, encoder=self.encoder))

    def answers(self) -> None:
        """Milliseconds an answer, by an agent that is stored and read as one that serves."""
        lines = UNSEEN.read_text(encoding="utf-8").splitlines()
        asked = [(row["text"], row["language"]) for row in map(json.loads, lines)]
        languages = frozenset(language for _, language in asked)
        self.say(f"answers: an agent for {', '.join(sorted(languages))}")
        agent = example_agent(encoder=encoder_for(languages))
        served = Router.from_bytes(
            agent.router.to_bytes(), encoders=remembering(ENCODERS, most=READ_LAST)
        )
        self.say(f"answers: {len(asked)} messages")
        self.add("", measuring.answering(replace(agent, router=served).reply, asked))

    def own(self, one: IntentSet) -> None:
        """Somebody's own file."""
        self.begin(one, [one])
        for system, seed in self.turns():
            self.say(f"{one.name}: {system or 'ours'}, seed {seed}")
            found, tested = measuring.own(
                SYSTEMS[system],
                one,
                encoder=self.encoder,
                delta=self.delta,
                seed=seed,
                folds=self.folds,
            )
            self.figures.facts["tested"] = f"{tested:,}"
            self.add(system, found)
        self.latency(one)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"{SEEDS} by default")
    parser.add_argument("--quick", action="store_true", help="one seed, the cheaper parts")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--intents", type=Path, metavar="FILE", help="measure your own set")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error("--seeds takes a number from 1 up")
    if options.intents is not None and not options.intents.is_file():
        parser.error(f"there is no file {options.intents}")
    if options.intents is None and not data().is_dir():
        print(f"skipped: no intent sets in {data()}; set HANDRAIL_TEST_DATA", file=sys.stderr)
        return 0
    encoder = encoder_for(frozenset({"en"}))
    if encoder is None:
        print("no encoder is installed: type `make .venv/.ready`", file=sys.stderr)
        return 1
    run = Run(
        MEANINGS if options.intents is None else OWN,
        seeds=1 if options.quick else options.seeds,
        folds=FOLDS,
        encoder=Remembering(encoder),
        out=options.json,
    )
    if options.intents is not None:
        try:
            run.own(read_set(options.intents))
        except (HandrailError, KeyError) as error:
            print(f"{options.intents} can't be measured: {error}", file=sys.stderr)
            return 1
    else:
        parts = options.only or [p for p in PARTS if not (options.quick and p in NOT_QUICK)]
        found = sets(parts)
        run.begin(found["banking77"], list(found.values()))
        for part in parts:
            run.part(part, found)
    print(run.figures.table(list(SYSTEMS)), run.figures.legend(), sep="\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
