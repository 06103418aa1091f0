"""Which endpoints may be talked to at all: TLS, or on the loopback."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator

from handrail.errors import BadInput

_TLS = frozenset(["https", "rediss", "grpcs", "wss"])
_PLAIN = frozenset(["http", "redis", "grpc", "ws"])
_POSTGRES = frozenset(["postgresql", "postgres"])
_LOCAL = frozenset(["sqlite", "file"])


def require_tls(url: str) -> str:
    """Return `url` if it is TLS, a local file or database, or on the loopback; raise otherwise.

    The one validator for every endpoint of any kind (storage, key service, database, registry,
    language model, webhook). What two readers could take for two hosts is refused. R37.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        msg = "endpoint is not a URL: write scheme://host:port, and TLS unless on the loopback"
        raise BadInput(msg) from None
    scheme = parts.scheme.partition("+")[0]  # of postgresql+psycopg, only what comes first counts
    plain_text = url.isascii() and url.isprintable() and not set(url) & set(" \\\"'<>")
    if scheme in _LOCAL:
        is_safe = not parts.netloc
    elif scheme in _POSTGRES:
        is_safe = bool(host) and (
            query.get("sslmode") == ["verify-full"]
            # These would replace the host by another.
            or (_is_loopback(host) and not query.keys() & {"host", "hostaddr", "service"})
        )
    else:
        is_safe = "@" not in parts.netloc and (
            (scheme in _TLS and bool(host)) or (scheme in _PLAIN and _is_loopback(host))
        )
    if plain_text and is_safe:
        return url
    msg = (
        f"endpoint {parts.scheme}://{host} is not TLS: use https without a name or password in it "
        "(Postgres: sslmode=verify-full, once); plain connections are for the loopback only"
    )
    raise BadInput(msg)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return "%" not in host and ip_address(host).is_loopback
    except ValueError:
        return False


Endpoint = Annotated[str, AfterValidator(require_tls)]
