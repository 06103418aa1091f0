"""Which rules scrub: a value that travels with each batch and whose version marks what it made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa
from pydantic import TypeAdapter

from handrail import digests
from handrail.conversations.model import ARROW_SCHEMA
from handrail.errors import BadInput
from handrail.inference.weights import NAMES_NETWORK, NAMES_VOCABULARY
from handrail.redaction import presidio
from handrail.redaction.presidio import NOTHING_PLUGGED, Plugged
from handrail.redaction.recognizers import REGISTRY
from handrail.redaction.recognizers.base import Recognizer
from handrail.settings import Settings

# What decides how a chat is scrubbed, what of it is a credential, and whether it is held back: a
# change here makes redacted partitions stale, elsewhere not.
_SCRUBBING = (
    "conversations/wording.py",
    "inference/*.py",
    "redaction/bare.py",
    "redaction/checksums.py",
    "redaction/credentials.py",
    "redaction/doubts.py",
    "redaction/elsewhere.py",
    "redaction/known.py",
    "redaction/known_wordings.py",
    "redaction/labels.py",
    "redaction/locating.py",
    "redaction/model.py",
    "redaction/names_model.py",
    "redaction/openings.py",
    "redaction/opinion.py",
    "redaction/own_look.py",
    "redaction/placeholders.py",
    "redaction/plain.py",
    "redaction/prefilter.py",
    "redaction/prefilter_database.py",
    "redaction/presidio.py",
    "redaction/profile.py",
    "redaction/reading.py",
    "redaction/remembered.py",
    "redaction/recognizers/*.py",
    "redaction/ruleset.py",
    "redaction/scrubber.py",
    "redaction/second_look.py",
    "redaction/spans.py",
    "redaction/turns/*.py",
    "redaction/undoubted.py",
    "redaction/tables/*.txt",
)
_METADATA = b"handrail.ruleset"


@dataclass(frozen=True)
class Ruleset:
    """What a company chose of the scrubber; the rest of it is code.

    `names` says who decides what may be a name and isn't sure: the network that knows names, or the
    rules alone. `without` names recognizers that are turned off, as in the config file: `phone`.
    `plugged` are recognizers of the company's own.
    """

    names: Literal["model", "rules"] = "model"
    without: tuple[str, ...] = ()
    plugged: Plugged = NOTHING_PLUGGED

    def __post_init__(self) -> None:
        known = {one.name for one in REGISTRY}
        unknown = sorted(set(self.without) - known)
        if unknown:
            msg = (
                f"[redaction] without names no recognizer: {', '.join(unknown)}; there are "
                f"{', '.join(sorted(known))}"
            )
            raise BadInput(msg)
        object.__setattr__(self, "without", tuple(sorted(set(self.without))))

    @property
    def recognizers(self) -> tuple[Recognizer, ...]:
        """The recognizers that look at a text, ours in the order of the registry, then theirs."""
        return _recognizers(self)

    @cached_property
    def version(self) -> str:
        """Content hash (64 hex digits) of code, tables, numbering plans, network and choices.

        It changes exactly when a conversation might be scrubbed or held back differently.
        """
        return _version(self)


# The rules as they are when a company chooses nothing.
STANDARD = Ruleset()


def ruleset_of(settings: Settings) -> Ruleset:
    """The rules that `[redaction]` in the config file asks for; refuses a name nobody knows."""
    chosen = settings.redaction
    plugged = Plugged(
        chosen.presidio, tuple(sorted(chosen.presidio_types.items())), chosen.presidio_threshold
    )
    return Ruleset(names=chosen.names, without=chosen.without, plugged=plugged)


def schema_with(ruleset: Ruleset) -> pa.Schema:
    """`ARROW_SCHEMA` of a batch that is to be scrubbed by these rules."""
    return ARROW_SCHEMA.with_metadata({_METADATA: orjson.dumps(asdict(ruleset))})


def ruleset_in(schema: pa.Schema) -> Ruleset:
    """The rules that a batch says it is to be scrubbed by; refuses one that doesn't say."""
    said = (schema.metadata or {}).get(_METADATA)
    if said is None:
        msg = "a batch to redact names its rules: give it the schema of ruleset.schema_with()"
        raise BadInput(msg)
    return _adapter().validate_json(said)


@cache
def _recognizers(ruleset: Ruleset) -> tuple[Recognizer, ...]:
    ours = tuple(one for one in REGISTRY if one.name not in ruleset.without)
    return (*ours, *presidio.recognizers(ruleset.plugged))


@cache
def _version(ruleset: Ruleset) -> str:
    network = [NAMES_NETWORK.sha256, NAMES_VOCABULARY.sha256, version("onnxruntime")]
    return digests.digest(
        [
            _code_digest(),
            asdict(ruleset),
            network if ruleset.names == "model" else None,
            presidio.content(ruleset.plugged),
        ]
    )


@cache
def _adapter() -> TypeAdapter[Ruleset]:
    return TypeAdapter(Ruleset)


@cache
def _code_digest() -> str:
    import phonenumbers

    root = Path(__file__).parent.parent
    files = [file for pattern in _SCRUBBING for file in sorted(root.glob(pattern))]
    return digests.digest(
        [digests.digest_of_files(root, files), f"phonenumbers {phonenumbers.__version__}"]
    )
