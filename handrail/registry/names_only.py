"""A registered version names a release and leads to no file.

MLflow runs what a model's `MLmodel` file names (`loader_module`, the `python_function` flavor).
Nothing here loads a model from MLflow; that one is offered is refused all the same, so that nobody
who follows our aliases loads it.
"""

from __future__ import annotations

from typing import Any

from handrail.errors import Refused


def source_of(release: str) -> str:
    """What stands where MLflow expects the place of a model's files."""
    return f"handrail:{release}"


def require_names_only(version: Any) -> None:
    """Raise `Refused` if MLflow's model `version` leads to a model of its own."""
    expected = source_of(version.tags.get("release", ""))
    if version.source != expected or getattr(version, "model_id", None):
        msg = (
            f"version {version.version} of {version.name} leads to a model's files, and MLflow "
            "would run what they name (loader_module, python_function): delete that version"
        )
        raise Refused(msg)
