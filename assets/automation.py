"""What follows by itself, and what waits for a reason.

From redacted chats to the warehouse everything follows its inputs: it is cheap and says what there
is. A training, and all that comes of it, starts for a reason that a person can read on the run: so
many new chats or flags, another playbook, the week is over (`orchestration/sensors.py`,
`schedules.py`).
"""

from __future__ import annotations

import dagster as dg

# Not `eager()` as it is: most days have no chats, so something is always missing upstream. Not
# `all_deps_blocking_checks_passed()`: a check's status has no partition, and one region's success
# would wave another's failure through. Every asset reads its upstream's verdict itself.
FOLLOWS_ITS_INPUTS = dg.AutomationCondition.eager().without(
    ~dg.AutomationCondition.any_deps_missing()
)

# The warehouse has two inputs of different partitions: a new playbook is no reason to build it in a
# region that never had a chat, nor are chats before a playbook was read.
FOLLOWS_WHERE_THERE_ARE_CHATS = (
    FOLLOWS_ITS_INPUTS
    & dg.AutomationCondition.asset_matches("redacted_chats", ~dg.AutomationCondition.missing())
    & dg.AutomationCondition.asset_matches("playbook", ~dg.AutomationCondition.missing())
)

# A rerun helps only where somebody was in the way; `behind_the_boundary` lets nothing else try.
RETRY_WHEN_BUSY = dg.RetryPolicy(max_retries=3, delay=10, backoff=dg.Backoff.EXPONENTIAL)
