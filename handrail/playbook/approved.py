"""That the playbook in hand is the one that was checked: what lineage names is what was used."""

from __future__ import annotations

from handrail.errors import NotPassed
from handrail.playbook.model import Playbook
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact

PLAYBOOK = "playbook"


def require_approved(lineage: Lineage, playbook: Playbook) -> Artifact:
    """The manifest of exactly this playbook; refuses one that did not pass or was edited since."""
    passed = lineage.require_passed(PLAYBOOK, "all")
    if playbook.digest != passed.digest:
        msg = (
            f"playbook {playbook.digest[:12]} is not the one that was checked "
            f"({passed.digest[:12]}): materialize `playbook`, or `handrail run`"
        )
        raise NotPassed(msg)
    return passed
