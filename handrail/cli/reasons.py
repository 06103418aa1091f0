"""What people give as a reason stays in an audit log for ever, where nothing of a chat belongs."""

from __future__ import annotations

from datetime import datetime

from handrail.agent.answer import redact_message
from handrail.errors import BadInput
from handrail.redaction.ruleset import Ruleset
from handrail.residency import Region


def require_impersonal(reason: str, region: Region, *, at: datetime, ruleset: Ruleset) -> None:
    """Refuse a reason in which the scrubber finds something to remove."""
    clean = redact_message(
        reason, language=region.languages[0], region=region.name, at=at, ruleset=ruleset
    )
    if clean != reason:
        msg = "the reason names what looks personal or secret: say what happened without it"
        raise BadInput(msg)
