"""The deployment's access policy: the company's rules with the teams and regions of its config."""

from __future__ import annotations

from handrail.access import AccessPolicy, Team
from handrail.settings import Settings


def open_policy(settings: Settings) -> AccessPolicy:
    """The policy the config names; `BadInput` says what is wrong with it."""
    everywhere = tuple(settings.regions)
    teams = [
        Team(name, table.like, everywhere if table.regions is None else table.regions)
        for name, table in settings.teams.items()
    ]
    return AccessPolicy.read(
        settings.access_policy,
        teams=teams,
        regions=everywhere,
        glass_minutes=settings.break_glass.max_minutes,
    )
