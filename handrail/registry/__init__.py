"""The door to MLflow: runs, prompt versions, model versions and aliases, as metadata only."""

from handrail.registry.mlflow_registry import WHAT, Registration, Registry, RegistryUnavailable
from handrail.settings import Settings

__all__ = ["WHAT", "Registration", "Registry", "RegistryUnavailable", "open_registry"]


def open_registry(settings: Settings) -> Registry:
    """The registry of this deployment; nothing is imported or opened before its first use."""
    return Registry(settings.mlflow_uri, artifacts=settings.home / "mlflow-artifacts")
