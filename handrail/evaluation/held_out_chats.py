"""The whole chats behind a suite's real questions, for what is judged by more than a question."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.access import Access
from handrail.dataset.corrections import corrected, corrections_of
from handrail.digests import digest
from handrail.evaluation.questions import Stratum, Suite
from handrail.playbook.model import Playbook
from handrail.redaction.days import REDACTED
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

_REAL = "real."


@dataclass(frozen=True)
class HeldOutChats:
    """Redacted chats as people corrected them, and the days that they are of."""

    chats: tuple[RedactedConversation, ...]
    days: tuple[Artifact, ...]


def held_out_chats(
    vault: RegionVault, suite: Suite, playbook: Playbook, *, most: int, access: Access
) -> HeldOutChats:
    """At most so many chats of the suite; the same ones as long as the suite is the same.

    What was erased or destroyed since the suite was made is not among them. Refuses a redacted day
    that did not pass.
    """
    asked = [case.case_id for case in suite.cases if case.stratum is Stratum.REAL]
    # By digest: the ids of an export say when its chats were, and of which desk.
    wanted = {i.removeprefix(_REAL) for i in sorted(asked, key=digest)[:most]}
    said = corrections_of(vault)
    chats: list[RedactedConversation] = []
    days: list[Artifact] = []
    for day in vault.lineage.require_all_passed(REDACTED) if wanted else []:
        found = [
            (open_redacted(record.payload), record.subject)
            for record in vault.scan(day, data_class=DataClass.REDACTED, access=access)
            if record.record_id in wanted
        ]
        if found:
            days.append(day)
        chats += (chat for chat, _ in corrected(found, said, vault=vault, playbook=playbook))
    return HeldOutChats(tuple(chats), tuple(days))
