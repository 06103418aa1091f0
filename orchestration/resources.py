"""Config shells: each gives the assets a plain domain object."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource
from dagster_dbt.compat import DBT_PYTHON_VERSION

from assets.partitions import regions_of_run
from handrail.errors import Refused
from handrail.registry import Registry, open_registry
from handrail.settings import PROJECT, load_settings
from handrail.vault.presence import at_work
from handrail.vault.region_vault import RegionVaults


class RegionVaultsResource(dg.ConfigurableResource[RegionVaults]):
    """Sealed storage, keys, audit log and manifests of the regions served here.

    Open as long as the run goes, so this is also where a run says that it is alive and the only one
    at work on its region: one started from a button waits for one from a terminal, and the reverse.
    """

    patience_minutes: float = 60

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator[RegionVaults, None, None]:
        """The vaults, closed when the run ends; raises `Busy` when another run never ends."""
        settings = load_settings()
        run = context.run
        with at_work(
            settings.home,
            (regions_of_run(run.tags) if run else ()) or settings.serves,
            run_id=run.run_id if run else "without-a-run",
            patience=timedelta(minutes=self.patience_minutes),
            on_wait=context.log.info if context.log else _say_nothing,
        ):
            vaults = RegionVaults(settings)
            try:
                yield vaults
            finally:
                vaults.close()


class RegistryResource(dg.ConfigurableResource[Registry]):
    """The model registry: metadata only, names prefixed by region."""

    def create_resource(self, context: dg.InitResourceContext) -> Registry:
        """The registry at the address in the config file."""
        return open_registry(load_settings())


def _say_nothing(sentence: str) -> None:
    """Where there is no log."""


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


class Dbt(DbtCliResource):
    """dbt as it is, without what dagster-dbt asks of it first at 3 CPU seconds a call.

    Its version comes from the installed package instead of a process of its own, and no adapter is
    made in this process: it could not open the encrypted file, and shows only row counts.
    """

    @cached_property
    def _cli_version(self) -> Any:
        return DBT_PYTHON_VERSION

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


def resources() -> dict[str, object]:
    """Every resource by the name the assets ask for it."""
    return {
        "io_manager": NothingPassesBetweenAssets(),
        "vaults": RegionVaultsResource(),
        "registry": RegistryResource(),
        "dbt": Dbt(
            project_dir=str(PROJECT / "dbt_project"),
            profiles_dir=str(PROJECT / "dbt_project"),
            dbt_executable=str(Path(sys.executable).with_name("dbt")),
        ),
    }
