"""What can propose a reply. A backend is one file, one class and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.types import Backend
from handrail.playbook.model import Playbook

BACKENDS: Mapping[str, Callable[[Playbook], Backend]] = MappingProxyType(
    {GroundedBackend.name: GroundedBackend}
)
