"""What MLflow may hold: hashes, numbers and playbook texts. Never a chat, never a model's bytes.

Traces, evaluation tables and MLflow data sets are stored as plain text, so none is used. Names are
prefixed by region (`eu.support-agent`). Importing MLflow takes 3 s and creating a new SQLite
database 4 s more, so both wait for the first call.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from handrail.digests import canonical, digest
from handrail.endpoints import require_tls
from handrail.errors import HandrailError, Refused
from handrail.registry.names_only import require_names_only, source_of
from handrail.settings import quiet_telemetry
from handrail.vault.export_gate import ExportGate, Receipt
from handrail.vault.files import locked, replace_atomically

AGENT = "support-agent"
WHAT = "model_registry"  # as `allowed_exports` names it
ALIASES = ("champion", "challenger", "previous")
_PLAIN = re.compile(r"^[A-Za-z0-9._:/+-]{1,128}$")  # a hash, a name, a number: no sentence
_DIGEST = "handrail.digest"
_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Registration:
    """What the registry is told of a release: hashes, names, numbers, and prompts by role.

    `manifest` is the bundle's content as a dictionary, kept as tags; prompts are playbook text.
    """

    region: str
    release: str
    prompts: Mapping[str, str]
    params: Mapping[str, str | int | float]
    metrics: Mapping[str, float]
    manifest: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """Exactly what leaves the region."""
        return canonical(asdict(self))


class RegistryUnavailable(HandrailError):
    """MLflow can't be reached or refused; nothing that is live depends on it."""


class Registry:
    """One MLflow server or SQLite file, for the regions that share it.

    `artifacts` is the folder that runs in a SQLite file name as theirs; nothing is put there.
    """

    def __init__(self, uri: str, *, artifacts: Path) -> None:
        self._uri = require_tls(uri)
        self._artifacts = artifacts.absolute().as_uri()

    @property
    def place(self) -> str:
        """Where it is, as receipts name it."""
        parts = urlsplit(self._uri)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def register(self, registration: Registration, *, receipt: Receipt, gate: ExportGate) -> int:
        """Show a release: prompts, run and model version; returns the version.

        The registry may be shared by regions, so it takes only what the region's gate has cleared.
        """
        gate.redeem(receipt, registration.to_bytes(), what=WHAT, place=self.place)
        region, release = registration.region, registration.release
        prompts = {
            role: self._register_prompt(f"{region}.{role}", text, release=release)
            for role, text in registration.prompts.items()
        }
        run_id = self._log_run(registration)
        return self._register_model_version(
            region, registration.manifest, release=release, prompts=prompts, run_id=run_id
        )

    def _log_run(self, registration: Registration) -> str:
        """Record one finished run under the region's experiment; returns its run id.

        Parameters are hashes, names and numbers; anything like a sentence is refused.
        """
        region, metrics = registration.region, registration.metrics
        plain = {key: _plain(key, value) for key, value in registration.params.items()}
        with self._reached() as client:
            from mlflow.entities import Metric, Param

            experiment = self._experiment(client, region)
            run_id: str = client.create_run(experiment, run_name=registration.release).info.run_id
            client.log_batch(
                run_id,
                metrics=[Metric(key, float(value), 0, 0) for key, value in sorted(metrics.items())],
                params=[Param(key, value) for key, value in sorted(plain.items())],
            )
            client.set_terminated(run_id)
            return run_id

    def _register_prompt(self, name: str, template: str, *, release: str) -> int:
        """The version of an approved prompt text; the same text keeps its version.

        `name` begins with the region (`eu.resolve`); `template` is playbook text. Tagged are its
        hash and the release that first used it; no alias points at it, a release names it (R14).
        """
        content = digest(template)
        with self._reached() as client:
            for known in self._prompt_versions(client, name):
                if known.tags.get(_DIGEST) == content:
                    return int(known.version)
            tags = {_DIGEST: content, "handrail.first_release": _plain("release", release)}
            return int(client.register_prompt(name, template, tags=tags).version)

    def _register_model_version(
        self,
        region: str,
        manifest: Mapping[str, Any],
        *,
        release: str,
        prompts: Mapping[str, int],
        run_id: str,
    ) -> int:
        """The version of a release; the same release keeps its version.

        `manifest` is the bundle's content as a dictionary, kept as tags beside the version of each
        role's prompt; MLflow holds no bytes.
        """
        known = self.version_of(region, release)
        if known is not None:
            return known
        with self._reached() as client:
            name = _name(region)
            _ensure_model(client, name)
            versions = {f"prompt_version.{role}": number for role, number in prompts.items()}
            tags = {key: _plain(key, value) for key, value in _flat({**manifest, **versions})}
            version = client.create_model_version(
                name,
                source=source_of(release),
                run_id=run_id,
                tags={**tags, "release": release, _DIGEST: digest(dict(manifest))},
            )
            return int(version.version)

    def version_of(self, region: str, release: str) -> int | None:
        """The registered version of a release, None if it isn't registered.

        `Refused` if a version that says it is this release brings a model of its own.
        """
        if not _PLAIN.match(release):
            msg = "that is no release id"
            raise Refused(msg)
        with self._reached() as client:
            found = client.search_model_versions(
                f"name = '{_name(region)}' and tags.release = '{release}'"
            )
            for version in found:
                require_names_only(version)
            return min((int(version.version) for version in found), default=None)

    def set_alias(self, region: str, alias: str, version: int | None) -> None:
        """Point a region's alias at a version, or remove it. Called by promotion only.

        It tells nothing of the region but which of the versions that are there is live.
        """
        if alias not in ALIASES:
            msg = f"{alias} is no alias; there are " + ", ".join(ALIASES)
            raise Refused(msg)
        with self._reached() as client:
            name = _name(region)
            _ensure_model(client, name)
            if version is None:
                client.delete_registered_model_alias(name, alias)
            else:
                require_names_only(client.get_model_version(name, str(version)))
                client.set_registered_model_alias(name, alias, str(version))

    def aliases(self, region: str) -> dict[str, int]:
        """Where the region's aliases point now."""
        with self._reached() as client:
            _ensure_model(client, _name(region))
            found = client.get_registered_model(_name(region)).aliases
            return {alias: int(version) for alias, version in found.items()}

    @cached_property
    def _client(self) -> Any:
        quiet_telemetry()  # read by MLflow at import
        for noisy in ("alembic", "mlflow.store.db.utils"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        from mlflow.tracking import MlflowClient

        if self._sqlite is None:
            return MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)
        # Two processes that create the tables at once both fail half-way.
        with locked(self._sqlite.with_name(f".{self._sqlite.name}.lock")), _whole(self._sqlite):
            client = MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)
            client.search_experiments(max_results=1)
            client.search_registered_models(max_results=1)
        return client

    @property
    def _sqlite(self) -> Path | None:
        is_file = self._uri.startswith(_SQLITE)
        return Path(self._uri.removeprefix(_SQLITE)).absolute() if is_file else None

    @contextmanager
    def _reached(self) -> Iterator[Any]:
        failure: str | None = None
        try:
            yield self._client
        except HandrailError:
            raise
        except Exception as error:  # noqa: BLE001 - MLflow, SQLAlchemy and urllib3 errors alike
            failure = type(error).__name__
        if failure is not None:
            msg = f"MLflow can't be used ({failure}): check its address and that it runs"
            raise RegistryUnavailable(msg) from None

    def _experiment(self, client: Any, region: str) -> str:
        known = client.get_experiment_by_name(_name(region))
        if known is not None:
            return str(known.experiment_id)
        location = self._artifacts if self._sqlite else None  # a server has a place of its own
        return str(client.create_experiment(_name(region), artifact_location=location))

    @staticmethod
    def _prompt_versions(client: Any, name: str) -> list[Any]:
        from mlflow.exceptions import MlflowException

        try:
            return list(client.search_prompt_versions(name))
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return []
            raise


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Create the database inside; one whose creation was killed before is begun anew.

    MLflow can't use tables that are half there. Until they are whole nobody has stored anything.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    if unfinished.exists():
        for half in (path, path.with_name(f"{path.name}-journal")):
            half.unlink(missing_ok=True)
    new = not path.exists()
    if new:
        replace_atomically(unfinished, b"")
    yield
    if new:
        unfinished.unlink()


def _name(region: str) -> str:
    if not region.isalnum():
        msg = "a region's name is letters and digits"
        raise Refused(msg)
    return f"{region}.{AGENT}"


def _ensure_model(client: Any, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _plain(key: str, value: object) -> str:
    text = str(value)
    if not (_PLAIN.match(key) and _PLAIN.match(text)):
        msg = f"the registry takes hashes, names and numbers only: {key[:40]!r} is none of them"
        raise Refused(msg)
    return text


def _flat(manifest: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in sorted(manifest.items()):
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            for number, name in enumerate(value):
                yield f"{prefix}{key}.{number}", str(name).replace(" ", "_")
        else:
            yield f"{prefix}{key}", value
