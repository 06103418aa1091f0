"""The key service of a cloud: AWS KMS, whose key never leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.errors import HandrailError, Refused, ResidencyViolation, Tampered
from handrail.vault.aws import PATIENCE, Declined, Patience, Service, Site, having
from handrail.vault.key_service import OBJECT, REGION

_FOREIGN = frozenset(["InvalidCiphertextException", "IncorrectKeyException"])
_SHUT = frozenset(["DisabledException", "KMSInvalidStateException", "KeyUnavailableException"])


class KmsKeyService:
    """Wraps and unwraps with one KMS key of one location; the context is bound by KMS and logged.

    Opening it checks that the key is enabled and lies in the region's location and nowhere else.
    """

    def __init__(self, site: Site, *, key_id: str, patience: Patience = PATIENCE) -> None:
        self._key_id = key_id
        self._location = site.location
        self._service = Service("kms", site, what=f"key {key_id}", patience=patience)
        if key_id.startswith("arn:"):
            self._require_location(key_id)
        self._require_key()

    def wrap(self, key: bytes, *, context: Mapping[str, str]) -> bytes:
        """`key` (32 bytes), wrapped by the root."""
        doing = f"{_named(context)} can't be wrapped"
        answer = self._call(
            "encrypt",
            "CiphertextBlob",
            doing=doing,
            Plaintext=key,
            EncryptionContext=dict(context),
        )
        return bytes(answer)

    def unwrap(self, sealed: bytes, *, context: Mapping[str, str]) -> bytes:
        """The key again; `Tampered` when this root did not wrap it, or not in this context."""
        doing = f"{_named(context)} can't be unwrapped"
        answer = self._call(
            "decrypt",
            "Plaintext",
            doing=doing,
            CiphertextBlob=sealed,
            EncryptionContext=dict(context),
        )
        return bytes(answer)

    def _require_key(self) -> None:
        doing = f"{self._service.what} can't be used"
        about = self._call("describe_key", "KeyMetadata", doing=doing)
        self._require_location(about["Arn"])
        if about.get("MultiRegion"):
            msg = (
                f"{self._service.what} is a multi-region key, which opens this region's data in "
                f"other places too: use a key of {self._location} only"
            )
            raise ResidencyViolation(msg)
        if about["KeyState"] != "Enabled":
            msg = (
                f"{self._service.what} is {about['KeyState']}: enable it, or cancel its deletion, "
                "then try again"
            )
            raise Refused(msg)

    def _call(self, operation: str, wanted: str, *, doing: str, **parameters: Any) -> Any:
        try:
            answer = self._service.call(
                operation, having(wanted), doing=doing, KeyId=self._key_id, **parameters
            )
        except Declined as declined:
            raise self._ours(declined, doing) from None
        if "KeyId" in answer:
            self._require_location(answer["KeyId"])
        return answer[wanted]

    def _ours(self, declined: Declined, doing: str) -> HandrailError:
        if declined.code in _FOREIGN:
            return Tampered(
                f"{doing}: {self._service.what} did not wrap it, or not for what it is used for "
                "now; it was moved, edited, or is another region's"
            )
        if declined.code in _SHUT:
            return Refused(
                f"{doing}: {self._service.what} is disabled or to be deleted: enable it, then try "
                "again"
            )
        if declined.code == "NotFoundException":
            return Refused(
                f"{doing}: there is no {self._service.what} in {self._location}: correct the "
                "region's key_service in the config file"
            )
        return self._service.refused(declined, doing)

    def _require_location(self, arn: str) -> None:
        found = arn.split(":")[3] if arn.count(":") >= 5 else ""
        if found != self._location:
            msg = (
                f"{self._service.what} lies in {found or 'no known place'}, and the region's keys "
                f"may lie in {self._location} only: name a key of {self._location}"
            )
            raise ResidencyViolation(msg)


def _named(context: Mapping[str, str]) -> str:
    return f"the key {context[OBJECT]} of region {context[REGION]}"
