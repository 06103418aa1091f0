"""The only reader of the environment and of the config file.

Everything else takes what it needs as an argument.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from handrail.digests import digest_of_files
from handrail.endpoints import Endpoint
from handrail.errors import BadInput
from handrail.residency import Region

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_CONFIG = PROJECT / "deploy" / "local.toml"

# Read by the libraries at import: set by `quiet_telemetry` before any of them is imported.
TELEMETRY_OFF = {
    "DO_NOT_TRACK": "true",  # MLflow ignores "1"
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "DAGSTER_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # eight workers for its own language model jobs
}


# No resource name of a cloud: one may address another region.
_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
_LOCATION = r"^[a-z0-9][a-z0-9-]{0,31}$"
_PREFIX = r"^([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BucketSettings(_Strict):
    """`[regions.NAME.store]`: the bucket that holds a region's sealed objects.

    `location` is what the cloud calls the place the data may lie in, and nowhere else.
    """

    kind: Literal["s3"]
    bucket: str = Field(pattern=_BUCKET)
    location: str = Field(pattern=_LOCATION)
    endpoint: Endpoint | None = None
    prefix: str = Field(default="", pattern=_PREFIX)


class KeyServiceSettings(_Strict):
    """`[regions.NAME.key_service]`: the key that wraps a region's class keys."""

    kind: Literal["kms"]
    key_id: str = Field(min_length=1)
    location: str = Field(pattern=_LOCATION)
    endpoint: Endpoint | None = None


# The grounds of GDPR article 6 that a company can have for its support chats.
LegalBasis = Literal["consent", "contract", "legal_obligation", "legitimate_interest"]
# The classes that are kept by day; everything else is derived from them.
Retained = Literal["raw", "redacted"]


class RegionSettings(_Strict):
    """One `[regions.NAME]` table; without store and key service, both lie on this machine.

    `exports` is where the region's exports arrive beside its watched folder.
    """

    jurisdiction: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    allowed_exports: tuple[str, ...] = ()
    no_mix_sectors: tuple[str, ...] = ()
    legal_basis: LegalBasis | None = None
    training_bases: tuple[LegalBasis, ...] = ("consent", "contract", "legitimate_interest")
    retention_days: Mapping[Retained, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    store: BucketSettings | None = None
    exports: BucketSettings | None = None
    key_service: KeyServiceSettings | None = None


class LeakBudget(_Strict):
    """The manual audit and the bound it must meet (R33).

    A round is so large that it still meets the budget with `tolerated_leaks` leaks found and
    `tolerated_missed_share` of the plants overlooked; what is tolerated costs chats to read, and
    loosens no bound. By default one leak and, of 60 plants, three: 160 chats for a budget of 5 % in
    each of three regions. A scrubber that leaks a tenth of that passes 81 % of such rounds when
    reviewers see every leak, 80 % when they see 98 of 100, 70 % when they see 95. Were no plant to
    be overlooked, 145 chats would do, and it would pass 84, 59 and 52 %; with no leak tolerated
    either, 101, and 60, 18 and 3 %: for no fault of the scrubber.
    """

    max_leaking_share: float = Field(gt=0, lt=1)
    family_error: float = Field(default=0.05, gt=0, lt=1)
    plants: int = Field(default=60, ge=1)
    tolerated_leaks: int = Field(default=1, ge=0)
    tolerated_missed_share: float = Field(default=0.05, ge=0, lt=1)
    max_unsampled_share: float = Field(default=0.2, ge=0, lt=1)


class RedactionSettings(LeakBudget):
    """`[redaction]`: the leak budget, how many processes redact (default: one a core), which rules.

    `names` says who decides what may be a name and isn't sure: the installed network, or the rules
    alone. `without` names recognizers that are turned off; what they would find stays in the chats.
    `presidio` names recognizers of the company's own (`module:Class`), `presidio_types` what their
    entities become (`EMPLOYEE_ID = "ACCOUNT"`), `presidio_threshold` the least score that counts.
    """

    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1)
    names: Literal["model", "rules"] = "model"
    without: tuple[str, ...] = ()
    presidio: tuple[str, ...] = ()
    presidio_types: Mapping[str, str] = Field(default_factory=dict)
    presidio_threshold: float = Field(default=0.5, gt=0, le=1)


class IntakeSettings(_Strict):
    """`[intake]`: limits of a record and a file, and the window in which a chat may be reopened."""

    max_record_bytes: int = Field(ge=1)
    max_unpacked_bytes: int = Field(ge=1)
    max_unpacked_ratio: int = Field(ge=1)
    reopening_days: int = Field(ge=0)


class DatasetSettings(_Strict):
    """`[dataset]`: what keeps one source from teaching the agent its own truth; what is held out.

    At most `synthetic_share` of what is trained on was written by a generator.
    The newest days that hold at most `held_out_share` of a region's rows are for testing only, once
    the rows span `held_out_least_days`; 0 holds none out.
    `burst_rows` near-duplicates from one customer are a burst; of chats whose export names no
    customer, those of one source, if they are `supplier_share` of these too. No customer and no
    agent supplies more than `supplier_rows` rows or `supplier_share` of a topic's training rows.
    """

    burst_rows: int = Field(default=4, ge=2)
    supplier_rows: int = Field(default=5, ge=1)
    supplier_share: float = Field(default=0.01, gt=0, le=1)
    synthetic_share: float = Field(default=0.3, ge=0, le=0.5)
    held_out_share: float = Field(default=0.05, ge=0, lt=0.5)
    held_out_least_days: int = Field(default=28, ge=2)


class RetrainingRules(_Strict):
    """`[retraining]`: how much that is new starts a training by itself (R23)."""

    new_chats: int = Field(ge=1)
    new_flags: int = Field(ge=1)
    new_risky: int = Field(ge=1)


class CustodySettings(_Strict):
    """`[custody]`: from which age on a class key is overdue."""

    rotate_after_days: int = Field(ge=1)


class TeamSettings(_Strict):
    """One `[teams.NAME]` table: whose rules the team shares; left out, it acts in every region."""

    like: str | None = None
    regions: tuple[str, ...] | None = None


class BreakGlassSettings(_Strict):
    """`[break_glass]`: the longest that raw data may be open to one person (R35)."""

    max_minutes: int = Field(default=60, ge=1, le=60)


class Settings(_Strict):
    """The deployment: config file plus the places the environment names."""

    home: Path
    keys_folder: Path
    exports_folder: Path
    audit_copy: Path
    passphrase_file: Path | None
    config_file: Path
    serves: tuple[str, ...]
    first_day: date
    seed: int
    regions: Mapping[str, RegionSettings]
    product_areas: tuple[str, ...]
    intake: IntakeSettings
    dataset: DatasetSettings = DatasetSettings()
    redaction: RedactionSettings
    retraining: RetrainingRules
    custody: CustodySettings
    mlflow_uri: Endpoint
    playbook: Path
    access_policy: Path
    teams: Mapping[str, TeamSettings] = Field(default_factory=dict)
    break_glass: BreakGlassSettings = BreakGlassSettings()

    @model_validator(mode="after")
    def _each_region_in_one_location(self) -> Self:
        """Where the exports lie, the store lies: one law holds for both."""
        for name, table in self.regions.items():
            store, exports = table.store, table.exports
            if store and exports and store.location != exports.location:
                msg = (
                    f"region {name} keeps its store in {store.location} and its exports in "
                    f"{exports.location}: give both tables the same location"
                )
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _each_region_in_its_own_place(self) -> Self:
        """What lies in a region's store is its own: the rest would be orphans there.

        What is in the place of its exports is taken for chats of that region.
        """
        tables = self.regions.items()
        places = [(name, place) for name, t in tables for place in (t.store, t.exports)]
        stores = [(name, place) for name, place in places if place is not None]
        for (one, a), (other, b) in combinations(stores, 2):
            if (a.endpoint, a.bucket) == (b.endpoint, b.bucket) and _overlap(a.prefix, b.prefix):
                msg = f"regions {one} and {other} share a place in bucket {a.bucket}: give each "
                raise ValueError(msg + "a bucket of its own, or prefixes that aren't in each other")
        return self

    def region(self, name: str) -> Region:
        """The region called `name`, if this deployment serves it."""
        if name not in self.regions or name not in self.serves:
            msg = f"region {name!r} is not served here; this deployment serves: " + ", ".join(
                self.serves
            )
            raise BadInput(msg)
        table = self.regions[name]
        return Region(name=name, **table.model_dump(exclude={"store", "exports", "key_service"}))

    def other_region_at(self, name: str, endpoint: str | None, bucket: str, key: str) -> str | None:
        """The region other than `name` in whose place `key` lies, or whose place lies below it."""
        for other, table in self.regions.items():
            for place in (table.store, table.exports) if other != name else ():
                if place is None or (place.endpoint, place.bucket) != (endpoint, bucket):
                    continue
                if _overlap(place.prefix, key.rstrip("/")):
                    return other
        return None

    def region_home(self, name: str) -> Path:
        """The folder of one region below the home."""
        return self.home / self.region(name).name

    def all_regions(self) -> tuple[Region, ...]:
        """The regions served, in the config's order."""
        return tuple(self.region(name) for name in self.serves)


@cache
def code_digest() -> str:
    """Content hash of the code and policy data that decide what Handrail does."""
    folders = ("handrail", "assets", "orchestration", "dbt_project")
    kinds = {".py", ".yaml", ".yml", ".sql", ".csv", ".cedar", ".cedarschema"}
    files = [
        file
        for folder in folders
        for file in (PROJECT / folder).rglob("*")
        if file.suffix in kinds and "target" not in file.parts
    ]
    return digest_of_files(PROJECT, files)


def quiet_telemetry() -> None:
    """Turn the telemetry of every tool off in this process and its children."""
    os.environ.update(TELEMETRY_OFF)


def export_places(settings: Settings) -> None:
    """Name the deployment's places, absolute, in the environment of child processes."""
    os.environ.update(
        HANDRAIL_HOME=str(settings.home),
        HANDRAIL_KEYS=str(settings.keys_folder),
        HANDRAIL_EXPORTS=str(settings.exports_folder),
        HANDRAIL_AUDIT_COPY=str(settings.audit_copy),
        HANDRAIL_CONFIG=str(settings.config_file),
        DAGSTER_HOME=str(settings.home / "dagster"),
    )


def load_settings(
    *, environ: Mapping[str, str] | None = None, config_file: Path | None = None
) -> Settings:
    """Read the config file and the environment; a wrong value is a `BadInput` that names its key.

    `HANDRAIL_HOME` (default `.handrail`), `HANDRAIL_CONFIG` (default `deploy/local.toml`),
    `HANDRAIL_KEYS` and `HANDRAIL_EXPORTS` (default: the home's name plus `-keys` and `-exports`,
    beside the home, so that a copy of the home opens nothing), `HANDRAIL_AUDIT_COPY` (`-audit`:
    the second place of the audit log's checkpoints), `HANDRAIL_PASSPHRASE_FILE`.
    """
    env = os.environ if environ is None else environ
    config = (config_file or Path(env.get("HANDRAIL_CONFIG", DEFAULT_CONFIG))).resolve()
    home = Path(env.get("HANDRAIL_HOME", ".handrail")).resolve()
    try:
        table = tomllib.loads(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"config file {config} does not exist: set HANDRAIL_CONFIG or use the default"
        raise BadInput(msg) from None
    except tomllib.TOMLDecodeError as error:
        msg = f"config file {config} is not TOML: {error}"
        raise BadInput(msg) from None
    passphrase = env.get("HANDRAIL_PASSPHRASE_FILE")
    places = {
        "home": home,
        "keys_folder": _beside(env, "HANDRAIL_KEYS", home, "keys"),
        "exports_folder": _beside(env, "HANDRAIL_EXPORTS", home, "exports"),
        "audit_copy": _beside(env, "HANDRAIL_AUDIT_COPY", home, "audit"),
        "passphrase_file": Path(passphrase) if passphrase else None,
        "config_file": config,
        "mlflow_uri": table.pop("mlflow_uri", f"sqlite:///{home / 'mlflow.db'}"),
        "playbook": _placed(table.pop("playbook", "handrail/playbook/example"), config),
        "access_policy": _placed(table.pop("access_policy", "handrail/access.cedar"), config),
    }
    try:
        return Settings(**{**table, **places})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        msg = f"config file {config}: {problems}"
        raise BadInput(msg) from None


def _beside(env: Mapping[str, str], name: str, home: Path, what: str) -> Path:
    return Path(env[name]).resolve() if name in env else home.with_name(f"{home.name}-{what}")


def _overlap(prefix: str, other: str) -> bool:
    longer, shorter = sorted((f"{prefix}/", f"{other}/"), key=len, reverse=True)
    return shorter == "/" or longer.startswith(shorter)


def _placed(path: str, config: Path) -> Path:
    """`./x` lies beside the config file, any other relative path below the project."""
    return (config.parent if path.startswith("./") else PROJECT) / path
