"""What the audit of redaction says of a release: its bound, and what it covers (R33)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handrail.redaction.audit import AUDIT, unsampled_share
from handrail.redaction.rounds import SAMPLE
from handrail.redaction.sampling import LEAK_BOUND, ReviewerKind
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.verdicts import Finding, Verdict, not_measured


def bound_for_release(
    lineage: Lineage, region: str, *, made_of: Collection[Artifact], simulated: bool
) -> tuple[Finding, Artifact | None]:
    """The newest round's bound as it holds for a release made of these redacted days.

    NOT MEASURED when there is none, when a newer round waits for its verdicts, when too many of the
    release's chats could not have been drawn, and for real chats when simulated reviewers alone
    have read. The second is the audit the finding comes from.
    """
    audit, drawn = lineage.current(AUDIT, region), lineage.current(SAMPLE, region)
    if audit is None or drawn is None:
        return not_measured(LEAK_BOUND, "no audit sample was drawn and reviewed"), None
    finding = next(f for f in lineage.findings(audit) if f.check == LEAK_BOUND)
    if drawn.digest not in {used.digest for used in lineage.inputs(audit)}:
        reason = "a newer round was drawn: review it with `handrail sample review`"
        return not_measured(LEAK_BOUND, reason), audit
    if not finding.verdict.passed:
        return finding, audit
    outside = unsampled_share(lineage.inputs(drawn), made_of)
    measures = {**finding.measures, "unsampled_share": outside}
    if outside > float(finding.measures["max_unsampled_share"]):
        reason = (
            f"{outside:.0%} of the chats the release is made of came after round "
            f"{finding.measures['round']}: draw another, `handrail sample draw`"
        )
        return Finding(LEAK_BOUND, Verdict.NOT_MEASURED, reason, True, measures), audit
    if not simulated and finding.measures["reviewer_kind"] == ReviewerKind.SIMULATED:
        reason = "the release is made of real chats, and only simulated ones were reviewed"
        return Finding(LEAK_BOUND, Verdict.NOT_MEASURED, reason, True, measures), audit
    reason = f"{finding.reason}; it covers {1 - outside:.0%} of what the release is made of"
    return replace(finding, reason=reason, measures=measures), audit
