"""The door to `boto3`: a client of one service in one place, which goes nowhere else.

Left to itself the library follows a bucket into whatever region it is in, takes endpoints from the
environment and from profiles, and repeats calls as often as it is told there. Here the place is the
region's, a redirect is a `ResidencyViolation` (R38), and a call that fails for a passing reason is
repeated until its own deadline. Credentials come from the library's own chain (environment,
profile, role); nothing of ours holds them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from handrail.errors import Busy, HandrailError, Refused, ResidencyViolation

T = TypeVar("T")

_OPENING = threading.Lock()  # a session makes one client at a time
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
# A call that moves bytes has as much longer as they take at this rate.
_SLOWEST_BYTES_PER_SECOND = 1_000_000
_PASSING_STATUS = frozenset([408, 429, 500, 502, 503, 504])
_PASSING = frozenset(
    [
        "SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "TooManyRequests",
        "ConditionalRequestConflict", "OperationAborted",  # two conditional writes at one moment
        "BadDigest", "XAmzContentSHA256Mismatch",  # altered on its way; the server took nothing
    ]
)  # fmt: skip
_ELSEWHERE_STATUS = frozenset([301, 302, 307, 308])
_ELSEWHERE = frozenset(
    [
        "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ]
)  # fmt: skip
_STRANGER = frozenset(
    [
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException",
        "InvalidToken", "UnrecognizedClientException", "InvalidClientTokenId",
        "IncompleteSignature", "RequestTimeTooSkewed",
    ]
)  # fmt: skip
_FORBIDDEN = frozenset(["AccessDenied", "AccessDeniedException"])
_NO_BUCKET = "NoSuchBucket"
_ASK_AS = (
    "give this process credentials that are valid (environment, profile or role) and a clock that "
    "is right, then try again"
)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for the next bytes of an answer, and for a call in all.

    A call may be repeated until its deadline, so it ends at the latest one `answer` after it.
    """

    answer: float
    call: float


PATIENCE = Patience(answer=15.0, call=60.0)


@dataclass(frozen=True)
class Site:
    """Where a service is: its location as the cloud calls it, and its endpoint if not the cloud's.

    The endpoint was checked by `require_tls` when the settings were read.
    """

    location: str
    endpoint: str | None


class Declined(Exception):
    """The service answered no, and would again: with this status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class NotAnAnswer(Exception):
    """Somebody between answered in the service's place: what every answer of it holds is not in."""


def having(*fields: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Take an answer that holds these fields, and no other for one."""

    def take(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if not all(field in answer for field in fields):
            raise NotAnAnswer
        return answer

    return take


class Service:
    """One service in one place; `what` names its bucket or key in errors."""

    def __init__(
        self, kind: Literal["s3", "kms"], site: Site, *, what: str, patience: Patience
    ) -> None:
        self.site = site
        self.what = what
        self._patience = patience
        self._client = _client(kind, site, patience)
        # Before the library's own handler of redirects, which would follow them.
        self._client.meta.events.register_first(f"needs-retry.{kind}", self._stay)

    def call(
        self,
        operation: str,
        take: Callable[[Mapping[str, Any]], T],
        *,
        doing: str,
        size: int = 0,
        **parameters: Any,
    ) -> T:
        """What `take` makes of the answer to an operation that may be repeated.

        `take` reads the body too, and raises `NotAnAnswer` for what is none: both are repeated.
        `doing` says what fails, in errors (`object a/b/c can't be read`); `size` is how many bytes
        go over the wire. `Declined` where the service says no for a reason that depends on the
        operation (404, 412, ...), `Busy` at the deadline.
        """
        from botocore.exceptions import BotoCoreError, ClientError, SSLError

        until = time.monotonic() + self._patience.call + size / _SLOWEST_BYTES_PER_SECOND
        pause = _FIRST_PAUSE
        while True:
            if "Body" in parameters:
                parameters["Body"].seek(0)
            try:
                return take(getattr(self._client, operation)(**parameters))
            except ClientError as error:
                why = self._passing(error, doing)
            except _broken() as error:
                if isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
                    msg = (
                        f"{doing}: the certificate of {self._where} is not one this machine "
                        "trusts: correct the endpoint, or install the authority that signed it"
                    )
                    raise Refused(msg) from None
                why = f"{self._where} doesn't answer as it should ({type(error).__name__})"
            except BotoCoreError as error:
                msg = f"{doing}: {type(error).__name__} at {self._where}; {_ASK_AS}"
                raise Refused(msg) from None
            if time.monotonic() + pause > until:
                msg = (
                    f"{doing}: {why}, for {self._patience.call:g} seconds now; see to the "
                    "service or the network, then try again"
                )
                raise Busy(msg)
            time.sleep(pause * (0.5 + secrets.randbelow(501) / 1000))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def refused(self, declined: Declined, doing: str) -> HandrailError:
        """A no that no caller expects, in our words."""
        if declined.code in _STRANGER:
            return Refused(f"{doing}: {self._where} says {declined.code}; {_ASK_AS}")
        if declined.status == 403 or declined.code in _FORBIDDEN:
            return Refused(
                f"{doing}: these credentials may not do that at {self._where}: have the grant "
                "added to their role, or use a role that has it"
            )
        if declined.code == _NO_BUCKET:
            return Refused(
                f"{doing}: there is no {self.what} at {self._where}: create it in "
                f"{self.site.location}, or correct its name where it is given"
            )
        return Refused(
            f"{doing}: {self._where} says {declined.status} {declined.code}: see to "
            f"{self.what}, then try again"
        )

    @property
    def _where(self) -> str:
        return self.site.endpoint or self.site.location

    def _passing(self, error: Any, doing: str) -> str:
        """Why a call may be repeated; raises where repeating is no use."""
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if status in _PASSING_STATUS or code in _PASSING:
            return f"{self._where} says {status} {code}"
        declined = Declined(status, code)
        if status == 403 or code in _STRANGER | _FORBIDDEN | {_NO_BUCKET}:
            raise self.refused(declined, doing) from None
        raise declined from None

    def _stay(self, response: Any, **_: Any) -> None:
        """Raise on an answer that is from, or points to, another place."""
        if response is None:
            return
        http, parsed = response
        status = http.status_code
        error = parsed.get("Error", {})
        code = str(error.get("Code", ""))
        headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        named = headers.get("x-amz-bucket-region", self.site.location)
        if status in _ELSEWHERE_STATUS or code in _ELSEWHERE or named != self.site.location:
            msg = (
                f"{self.what} is not in {self.site.location}: {self._where} points elsewhere, and "
                "nothing of this region goes there; correct the location in the config file"
            )
            raise ResidencyViolation(msg)


def _client(kind: str, site: Site, patience: Patience) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=patience.answer,
        read_timeout=patience.answer,
        retries={"mode": "standard", "total_max_attempts": 1},  # repeated here, to one deadline
        ignore_configured_endpoint_urls=True,  # they would pass by the check for TLS
        signature_version="v4" if kind == "kms" else "s3v4",
        # We send SHA-256 and check it; older servers don't know the library's trailing checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "auto" if site.endpoint is None else "path",
            "payload_signing_enabled": True,  # so that any server checks what arrived
            "use_accelerate_endpoint": False,  # its edges are anywhere
            "use_arn_region": False,
        },
    )
    with _OPENING:
        return _session().client(
            kind, region_name=site.location, endpoint_url=site.endpoint, config=config
        )


@cache
def _session() -> Any:
    """One a process: it reads the descriptions of the services, which takes a while."""
    import boto3

    return boto3.session.Session()


def _broken() -> tuple[type[Exception], ...]:
    """What the library raises where no answer comes, or half of one, or something else."""
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError, IncompleteReadError
    from botocore.parsers import ResponseParserError

    return (NotAnAnswer, NoConnection, HTTPClientError, IncompleteReadError, ResponseParserError)
