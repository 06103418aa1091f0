"""One task of `handrail run` in a process of its own, where nothing is loaded but the graph."""

from __future__ import annotations

import logging
import warnings

from handrail.apart import serve
from handrail.settings import load_settings
from orchestration.drive import Outcome, Task, open_instance, run_here


def run_task(task: Task) -> Outcome:
    """How it ended."""
    warnings.simplefilter("ignore")
    with open_instance(load_settings()) as instance:
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        from orchestration.definitions import defs

        return run_here(task, instance=instance, definitions=defs)


if __name__ == "__main__":
    serve(run_task, kind=Task)
