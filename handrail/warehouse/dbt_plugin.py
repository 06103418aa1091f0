"""The dbt-duckdb plugin that opens a region's encrypted warehouse for dbt.

The profile names the region; the key goes from the keyring to DuckDB inside this process. It is in
no environment variable, profile, log or `target/` file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from handrail.access import Purpose
from handrail.clock import system_clock
from handrail.errors import HandrailError
from handrail.settings import load_settings
from handrail.vault.primitives import SecretKey
from handrail.vault.region_vault import open_vault, pipeline
from handrail.warehouse.connection import SESSION, attach_encrypted


class Plugin(BasePlugin):  # type: ignore[misc]
    """Attaches the warehouse of the profile's `region`; dbt's keyless attach is then a no-op."""

    region: str

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Remember which region the profile asked for."""
        self.region = plugin_config["region"]

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """No downloads, encrypted spill files: the same session as everywhere else."""
        config.update(SESSION)

    def configure_connection(self, conn: Any) -> None:
        """Attach and lock down; what goes wrong reaches dbt's user in our words."""
        try:
            path, key = path_and_key(self.region)
            attach_encrypted(conn, path, key, alias=self.region)
        except HandrailError as error:
            raise DbtRuntimeError(str(error)) from None


def path_and_key(region: str) -> tuple[Path, SecretKey]:
    """Where the region's warehouse lies and the key that opens it; the use is logged first."""
    settings = load_settings()
    vault = open_vault(settings, settings.region(region), clock=system_clock)
    try:
        key = vault.warehouse_key(access=pipeline("dbt", Purpose.WAREHOUSE))
    finally:
        vault.close()
    return settings.region_home(region) / "warehouse.duckdb", key
