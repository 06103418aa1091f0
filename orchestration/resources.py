"""Config shells: each gives the assets a plain domain object."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from handrail.errors import Refused
from handrail.registry import Registry, open_registry
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
        return open_registry(load_settings())


class NothingPassesBetweenAssets(dg.IOManager):
    """The default IO manager, in place of Dagster's, which would pickle chats to disk (R36).

    Assets store through the vault and return a `MaterializeResult`; a returned value is refused.
    """

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Refuses everything but None, and never quotes it."""
        if obj is not None:
            msg = (
                f"{context.step_key} returned a {type(obj).__name__}, which would be written as "
                "plain text: store it through the vault and return a MaterializeResult"
            )
            raise Refused(msg)

    def load_input(self, context: dg.InputContext) -> object:
        """Refuses: an asset reads its upstream through the vault."""
        msg = "an asset names its upstream in `deps` and reads it through the vault"
        raise Refused(msg)


def resources() -> dict[str, object]:
    """Every resource by the name the assets ask for it."""
    return {
        "io_manager": NothingPassesBetweenAssets(),
        "vaults": RegionVaultsResource(),
        "registry": RegistryResource(),
        "dbt": DbtCliResource(
            project_dir=str(PROJECT / "dbt_project"),
            profiles_dir=str(PROJECT / "dbt_project"),
            dbt_executable=str(Path(sys.executable).with_name("dbt")),
        ),
    }
