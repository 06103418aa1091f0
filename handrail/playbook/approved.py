"""That the playbook in hand is approved, and is the one that was checked."""

from __future__ import annotations

from datetime import date

from handrail.errors import NotPassed
from handrail.playbook.authoring import ROLES
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


def require_mandates(playbook: Playbook, *, on: date) -> None:
    """Refuse unless each role has a mandate that a person approved and that is in force on `on`.

    Approvals end by themselves, so it is asked again whenever something is trained (R10).
    """
    for role in ROLES:
        mandate = playbook.mandates.get(role)
        problem = mandate.problem_on(on) if mandate else f"role {role} has no mandate"
        if problem:
            msg = (
                f"{problem}: let its approver write approved_by, approved_on and valid_to under "
                f"`mandates: {role}` of the playbook, then `handrail playbook lint`"
            )
            raise NotPassed(msg)
