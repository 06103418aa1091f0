"""One task of `handrail run` in a process of its own, where nothing is loaded but the graph."""

from __future__ import annotations

import logging
import warnings

from pydantic import TypeAdapter

from handrail.apart import serve
from handrail.digests import canonical
from handrail.settings import load_settings
from orchestration.drive import Task, open_instance, run_here


def run_task(request: bytes) -> bytes:
    """The outcome of a task, both as JSON."""
    warnings.simplefilter("ignore")
    task = TypeAdapter(Task).validate_json(request)
    with open_instance(load_settings()) as instance:
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        from orchestration.definitions import defs

        return canonical(run_here(task, instance=instance, definitions=defs))


if __name__ == "__main__":
    serve(run_task)
