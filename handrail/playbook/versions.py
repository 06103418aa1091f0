"""Every version of the playbook that was ever read, kept by its content hash.

What a release was made with is asked months later (`handrail why`, the dossier, a diff), when the
files on disk say something else. It is the company's own text and holds no chat.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handrail.digests import canonical, short
from handrail.errors import BadInput, Tampered
from handrail.playbook.changes import changes, sentence
from handrail.playbook.model import Playbook, digest_of
from handrail.vault.files import AlreadyThere, write_once
from handrail.vault.names import Artifact

_TOLD = 20


class Versions:
    """The versions of one region: `<region home>/playbooks/<digest>.json`, never overwritten."""

    def __init__(self, region_home: Path) -> None:
        self._folder = region_home / "playbooks"

    def keep(self, playbook: Playbook) -> None:
        """Store a version; storing it again changes nothing."""
        path = self._folder / f"{playbook.digest}.json"
        try:
            write_once(path, canonical(playbook), staging=self._folder)
        except AlreadyThere:
            self.read(playbook.digest)

    def read(self, name: str) -> Playbook:
        """The version whose digest begins with `name`; `Tampered` if its content has another."""
        found = [version for version in self.names() if version.startswith(name)]
        if len(found) != 1:
            has = ", ".join(map(short, self.names())) or "none"
            problem = "is no version of the playbook" if not found else "is the start of several"
            msg = f"{name!r} {problem}; there are: {has}"
            raise BadInput(msg)
        data = (self._folder / f"{found[0]}.json").read_bytes()
        try:
            playbook = _adapter().validate_json(data)
        except ValidationError:
            playbook = None
        if playbook is None or content_digest(playbook) != found[0]:
            msg = f"playbook version {short(found[0])} was edited: restore it from a backup"
            raise Tampered(msg)
        return playbook

    def names(self) -> tuple[str, ...]:
        """The digests of all stored versions, sorted."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.json")))


def content_digest(playbook: Playbook) -> str:
    """What the digest of a playbook has to be by its content."""
    parts = [field.name for field in fields(playbook) if field.name != "digest"]
    return digest_of({name: getattr(playbook, name) for name in parts})


def changed_since(last: Artifact | None, versions: Versions, now: Playbook) -> str:
    """What is other than in the last version that was read, as a markdown list."""
    if last is None:
        return "this is the first version"
    if last.digest not in versions.names():
        return f"the words of {short(last.digest)}, the version before, were not kept"
    told = [sentence(change) for change in changes(versions.read(last.digest), now)]
    more = [f"and {len(told) - _TOLD} more: `handrail playbook diff`"] if len(told) > _TOLD else []
    return "\n".join(f"- {line}" for line in (*told[:_TOLD], *more)) or "nothing"


@cache
def _adapter() -> TypeAdapter[Playbook]:
    return TypeAdapter(Playbook)
