"""The door to MLflow: runs, prompt versions, model versions and aliases, as metadata only."""

from handrail.registry.mlflow_registry import Registry, RegistryUnavailable

__all__ = ["Registry", "RegistryUnavailable"]
