"""The routing machine as a picture in words: Mermaid text, drawn from what exploring it found."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from handrail.agent.routing.machine import Phase
from handrail.agent.routing.plan import Plan

_ORDER = {phase: place for place, phase in enumerate(Phase)}


def states_diagram(edges: Iterable[tuple[Phase, str, Phase]]) -> str:
    """Phases and what leads from one to the next."""
    lines = ["stateDiagram-v2", "    [*] --> start"]
    ordered = sorted(edges, key=lambda e: (_ORDER[e[0]], _ORDER[e[2]], e[1]))
    for (before, after), same in groupby(ordered, key=lambda e: (e[0], e[2])):
        why = ", ".join(event for _, event, _ in same)
        lines.append(f"    {_name(before)} --> {_name(after)}: {why}")
    lines.append(f"    {_name(Phase.HANDED_OVER)} --> [*]")
    return "\n".join(lines)


def queues_diagram(plan: Plan) -> str:
    """Who takes what in a region, and who is asked when a queue refuses."""
    lines = ["flowchart LR"]
    for queue in plan.queues.values():
        takes = ", ".join(queue.takes) + (" and all else" if queue.fallback else "")
        lines.append(
            f'    {queue.name}["{queue.name}: {takes} ({queue.max_questions} questions at most, '
            f'answers within {queue.answers_within_minutes} minutes)"]'
        )
    for queue in plan.queues.values():
        following = None if queue.fallback else plan.next_after(queue.name)
        if following:
            lines.append(f"    {queue.name} -- refused or full --> {following}")
    return "\n".join(lines)


def _name(phase: Phase) -> str:
    return phase.value.replace(" ", "_")
