"""What has come since a region's model was trained, and whether it is reason to train again (R23).

Everything is read from the manifests: the model names its data set and playbook, the data set the
warehouse it was taken from, the warehouse its days and its feedback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handrail.agent.model import MODEL
from handrail.dataset.feedback import FEEDBACK
from handrail.dataset.landing import CORE
from handrail.dataset.stored import DATASET
from handrail.digests import digest
from handrail.errors import NotPassed
from handrail.playbook.approved import PLAYBOOK
from handrail.redaction.days import REDACTED
from handrail.settings import RetrainingRules
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact


@dataclass(frozen=True)
class News:
    """What the current warehouse holds that the model has not seen.

    `chats` counts chats of new or changed days, a changed day as at least one; `flags` and `risky`
    are more flags than before. `mark` names the content: training on it twice would change nothing.
    """

    mark: str
    chats: int
    flags: int
    risky: int
    playbook_changed: bool
    never_trained: bool

    @property
    def is_any(self) -> bool:
        """Whether there is anything new at all."""
        return self.never_trained or self.playbook_changed or self.chats > 0 or self.flags > 0


def news(lineage: Lineage, region: str) -> News:
    """What is new in a region; raises `NotPassed` while its warehouse is being made or failed."""
    core = lineage.require_passed(CORE, region)
    book = lineage.require_passed(PLAYBOOK, "all")
    if _of(lineage, core, PLAYBOOK, "all") != book:
        msg = f"the warehouse of {region} was built with an older playbook: it is made anew first"
        raise NotPassed(msg)
    seen = _seen(lineage, region)
    before = _days(lineage, seen) if seen else {}
    now = _days(lineage, core)
    labeled, labeled_before = (
        _of(lineage, made, FEEDBACK, region) if made else None for made in (core, seen)
    )
    model = lineage.current(MODEL, region)
    return News(
        mark=digest([core.digest, book.digest]),
        chats=sum(_new_chats(day, before.get(day.partition)) for day in now.values()),
        flags=_more("flags", labeled, labeled_before),
        risky=_more("risky", labeled, labeled_before),
        playbook_changed=model is not None and _of(lineage, model, PLAYBOOK, "all") != book,
        never_trained=seen is None,
    )


def chats_accumulated(found: News, rules: RetrainingRules) -> str | None:
    """The reason to train on new chats, as a sentence, or None."""
    if found.never_trained:
        return "no model was trained yet"
    if found.chats >= rules.new_chats:
        return f"{found.chats} new or changed chats since the last training ({rules.new_chats} do)"
    return None


def feedback_accumulated(found: News, rules: RetrainingRules) -> str | None:
    """The reason to train on feedback, by volume or by risk, as a sentence, or None."""
    if found.risky >= rules.new_risky:
        return f"{found.risky} more flags say risky since the last training ({rules.new_risky} do)"
    if found.flags >= rules.new_flags:
        return f"{found.flags} more flags since the last training ({rules.new_flags} do)"
    return None


def _seen(lineage: Lineage, region: str) -> Artifact | None:
    """The warehouse that the current model was trained from."""
    model = lineage.current(MODEL, region)
    dataset = _of(lineage, model, DATASET, region) if model else None
    return _of(lineage, dataset, CORE, region) if dataset else None


def _of(lineage: Lineage, made: Artifact, asset: str, partition: str) -> Artifact | None:
    inputs = lineage.inputs(made)
    return next((i for i in inputs if (i.asset, i.partition) == (asset, partition)), None)


def _days(lineage: Lineage, core: Artifact) -> Mapping[str, Artifact]:
    return {i.partition: i for i in lineage.inputs(core) if i.asset == REDACTED}


def _new_chats(day: Artifact, before: Artifact | None) -> int:
    if before is None:
        return day.records
    return 0 if day.digest == before.digest else max(1, day.records - before.records)


def _more(measure: str, now: Artifact | None, before: Artifact | None) -> int:
    counts = [int(made.measures.get(measure, 0)) if made else 0 for made in (now, before)]
    return max(0, counts[0] - counts[1])
