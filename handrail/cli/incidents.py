"""`handrail incidents`: what went wrong while nobody was looking."""

from __future__ import annotations

from handrail.cli.console import open_home, out, speaks_plainly
from handrail.custody.incidents import Incidents


@speaks_plainly
def incidents() -> None:
    """List what went wrong while nobody was looking: which run, of what, and why.

    The graph that `handrail ui` keeps running opens an incident for every run that fails.
    """
    settings, vaults = open_home()
    vaults.close()
    found = Incidents(settings.home).all()
    for incident in found:
        of = f" of {incident.partition}" if incident.partition else ""
        out.print(
            f"{incident.at[:19]}Z  {incident.kind}  {incident.job}{of}  run {incident.run_id}"
        )
        for problem in incident.problems:
            out.print(f"    {problem}", markup=False, soft_wrap=True)
    if not found:
        out.print("no incidents")
