"""Where a region's sealed bytes and its root key are, as its settings say.

Without a word about it both are on this machine. Wherever they are, the region's audit log,
manifests and wrapped keys stay below its home.
"""

from __future__ import annotations

from handrail.settings import Settings
from handrail.vault.aws import PATIENCE, Patience, Site
from handrail.vault.key_service import KeyService
from handrail.vault.kms import KmsKeyService
from handrail.vault.s3_store import S3Store
from handrail.vault.stores import DirectoryStore, Store


def store_of(settings: Settings, region: str, *, patience: Patience = PATIENCE) -> Store:
    """The store of a served region; refused where its bucket is in another place than it says."""
    home = settings.region_home(region)
    bucket = settings.regions[region].store
    if bucket is None:
        return DirectoryStore(home / "vault")
    return S3Store(
        Site(bucket.location, bucket.endpoint),
        bucket=bucket.bucket,
        prefix=bucket.prefix,
        staging=home / "staging",
        patience=patience,
    )


def remote_key_service_of(
    settings: Settings, region: str, *, patience: Patience = PATIENCE
) -> KeyService | None:
    """The key service of a served region, or None where its root key is on this machine."""
    named = settings.regions[region].key_service
    if named is None:
        return None
    site = Site(named.location, named.endpoint)
    return KmsKeyService(site, key_id=named.key_id, patience=patience)
