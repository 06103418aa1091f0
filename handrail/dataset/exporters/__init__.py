"""Formats that other trainers read: each is one file, one class, one line here.

A target is what an agent wrote, or the playbook; never what a customer did. A message with a sign
of an order to the assistant, and a reply that a person flagged, are nowhere taught as right.
"""

from __future__ import annotations

from collections.abc import Mapping

from handrail.dataset.exporters.base import Exporter
from handrail.dataset.exporters.openai_chat import OpenAIChat
from handrail.dataset.exporters.trl_dpo import TrlDpo
from handrail.dataset.exporters.trl_kto import TrlKto
from handrail.dataset.exporters.trl_prompt_completion import TrlPromptCompletion
from handrail.dataset.exporters.trl_sft import TrlSft
from handrail.errors import BadInput

_EXPORTERS: tuple[Exporter, ...] = (
    OpenAIChat(),
    TrlSft(),
    TrlPromptCompletion(),
    TrlKto(),
    TrlDpo(),
)
EXPORTERS: Mapping[str, Exporter] = {exporter.name: exporter for exporter in _EXPORTERS}


def exporter(name: str) -> Exporter:
    """The exporter of that name; `BadInput` says which there are."""
    if name not in EXPORTERS:
        msg = f"there is no format {name!r}: choose one of {', '.join(EXPORTERS)}"
        raise BadInput(msg)
    return EXPORTERS[name]
