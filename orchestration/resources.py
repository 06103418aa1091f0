"""Config shells: each gives the assets a plain domain object."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from handrail.registry import Registry
from handrail.settings import PROJECT, load_settings
from handrail.vault.region_vault import RegionVaults

class RegionVaultsResource(dg.ConfigurableResource[RegionVaults]):
    """Sealed storage, keys, audit log and manifests of the regions served here."""

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator[RegionVaults, None, None]:
        """The vaults, closed when the run ends."""
        vaults = RegionVaults(load_settings())
        try:
            yield vaults
        finally:
            vaults.close()


class RegistryResource(dg.ConfigurableResource[Registry]):
    """The model registry: metadata only, names prefixed by region."""

    def create_resource(self, context: dg.InitResourceContext) -> Registry:
        """The registry at the address in the config file."""
        settings = load_settings()
        return Registry(settings.mlflow_uri, artifacts=settings.home / "mlflow-artifacts")


def resources() -> dict[str, object]:
    """Every resource by the name the assets ask for it."""
    return {
        "vaults": RegionVaultsResource(),
        "registry": RegistryResource(),
        "dbt": DbtCliResource(
            project_dir=str(PROJECT / "dbt_project"),
            profiles_dir=str(PROJECT / "dbt_project"),
            dbt_executable=str(Path(sys.executable).with_name("dbt")),
        ),
    }
